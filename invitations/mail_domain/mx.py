"""Where the answers of the guests arrive."""

from ipaddress import ip_address

from invitations.mail_domain.finding import Finding, Record, Status
from invitations.mail_domain.lookup import Exchange, Resolver, Unreachable

SUBJECT = "MX"
WHAT = (
    "MX dit quel serveur reçoit le courrier\u202f: les réponses des invités y arrivent."
)
NOTHING = (
    "Aucun serveur ne reçoit le courrier de ce domaine\u202f: les réponses se perdent."
    " Publiez la ligne que donne votre hébergeur, de cette forme."
)
IMPLICIT = (
    "Sans MX, le courrier va au serveur du site web, qui le refuse souvent."
    " Publiez la ligne que donne votre hébergeur, de cette forme."
)
REFUSES = (
    "Ce domaine annonce qu’il refuse tout courrier (MX «\u202f.\u202f»)."
    " Remplacez la ligne par celle de votre hébergeur, de cette forme."
)


def explain_mx(domain: str, resolver: Resolver) -> Finding:
    try:
        exchanges = resolver.exchanges(domain)
        if not exchanges:
            return without_exchange(domain, resolver)
        found = tuple(f"{one.host or '.'} ({one.preference})" for one in exchanges)
        if any(not one.host for one in exchanges):
            return wanting(domain, Status.TO_CORRECT, REFUSES, found)
        dead = tuple(lost(one, resolver) for one in exchanges)
    except Unreachable as error:
        return Finding.unreachable(SUBJECT, WHAT, error)
    said = tuple(sentence for sentence in dead if sentence)
    status = Status.TO_CORRECT if said else Status.GOOD
    alive = zip(exchanges, dead, strict=True)
    kept = (
        Record(domain, "MX", f"{one.preference} {one.host}.")
        for one, sentence in alive
        if not sentence
    )
    return Finding(SUBJECT, status, WHAT, found, said, tuple(kept) if said else ())


def without_exchange(domain: str, resolver: Resolver) -> Finding:
    """RFC 5321 5.1: the mail then goes to the address of the name itself."""
    addresses = tuple(resolver.addresses(domain))
    if addresses:
        return wanting(domain, Status.TO_CORRECT, IMPLICIT, addresses)
    return wanting(domain, Status.MISSING, NOTHING, ())


def wanting(domain: str, status: Status, said: str, found: tuple[str, ...]) -> Finding:
    line = Record(domain, "MX", "10 SERVEUR-DE-VOTRE-HÉBERGEUR.")
    return Finding(SUBJECT, status, WHAT, found, (said,), (line,))


def lost(exchange: Exchange, resolver: Resolver) -> str:
    """Why no mail can reach this server; "" when it can."""
    try:
        ip_address(exchange.host)
    except ValueError:
        pass
    else:
        return f"{exchange.host} est une adresse\u202f: il faut le nom d’un serveur."
    if resolver.addresses(exchange.host):
        return ""
    return f"{exchange.host} n’existe pas ou n’a pas d’adresse\u202f: retirez sa ligne."
