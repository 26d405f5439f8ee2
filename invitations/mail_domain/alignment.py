"""DMARC believes SPF and DKIM only when they speak of the domain that people read."""

from invitations.mail_domain.dmarc import organisational, policy_of
from invitations.mail_domain.finding import Finding, Status
from invitations.mail_domain.lookup import Resolver, Unreachable
from invitations.mail_domain.providers import mail_host, provider

SUBJECT = "Alignement"
WHAT = "L’adresse que lit l’invité doit être du domaine que prouvent SPF ou DKIM."
NEITHER = (
    "Rien ne prouve l’adresse d’envoi. Demandez à l’hébergeur de courrier de signer"
    " (DKIM) avec ce domaine\u202f: c’est le plus sûr."
)
ONLY_SPF = (
    "Seul SPF prouve l’adresse, et il se perd quand un message est transféré."
    " Ajoutez DKIM."
)
REWRITTEN = (
    "{} met d’habitude son propre domaine dans Return-Path\u202f:"
    " SPF ne prouve alors rien pour vous, DKIM est indispensable."
)
LOOK = (
    "Pour vérifier\u202f: envoyez-vous une invitation, affichez son texte d’origine,"
    " puis donnez Return-Path avec --return-path et d= avec --signed-by."
)


def explain_alignment(
    domain: str,
    resolver: Resolver,
    *,
    spf: Finding,
    dkim: Finding,
    return_path: str,
    signed_by: str,
) -> Finding:
    path, signer = return_path or domain, signed_by or domain
    try:
        policy = policy_of(domain, resolver)
        modes = policy.values if policy else {}
        by_path = aligned(domain, path, modes.get("aspf"), resolver)
        by_key = aligned(domain, signer, modes.get("adkim"), resolver)
    except Unreachable as error:
        return Finding.unreachable(SUBJECT, WHAT, error)
    read = f"Adresse lue (From)\u202f: {domain}"
    found = (read, told("Return-Path", path, by_path), told("DKIM d=", signer, by_key))
    # What another domain publishes is proved by the message that was looked at.
    proved_by_path = by_path and (spf.status == Status.GOOD or path != domain)
    proved_by_key = by_key and (dkim.status == Status.GOOD or signer != domain)
    advice = [] if return_path and signed_by else [LOOK]
    if not return_path and is_rewritten():
        proved_by_path = False
        advice.insert(0, REWRITTEN.format(mail_host()))
    if not proved_by_path and not proved_by_key:
        return Finding(SUBJECT, worst(spf, dkim), WHAT, found, (NEITHER, *advice))
    only_spf = [] if proved_by_key else [ONLY_SPF]
    return Finding(SUBJECT, Status.GOOD, WHAT, found, (*only_spf, *advice))


def aligned(domain: str, other: str, mode: str | None, resolver: Resolver) -> bool:
    """Strict (s) wants the same name, relaxed the same organisation (RFC 9989)."""
    if domain == other or (mode or "r").lower() == "s":
        return domain == other
    return organisational(domain, resolver) == organisational(other, resolver)


def told(what: str, domain: str, is_aligned: bool) -> str:
    same = "même organisation" if is_aligned else "autre organisation"
    return f"{what}\u202f: {domain}, {same}"


def is_rewritten() -> bool:
    known = provider()
    return known is not None and known.rewrites


def worst(spf: Finding, dkim: Finding) -> Status:
    """Nothing is known to be wrong while a name server keeps silent."""
    silent = Status.UNREACHABLE in (spf.status, dkim.status)
    return Status.UNREACHABLE if silent else Status.TO_CORRECT
