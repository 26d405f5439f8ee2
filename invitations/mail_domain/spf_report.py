"""What SPF says of a domain, and the record it should publish."""

import re

from invitations.mail_domain.finding import Finding, Record, Status, cited, shown
from invitations.mail_domain.lookup import Resolver, Unreachable
from invitations.mail_domain.providers import mail_host, spf_term
from invitations.mail_domain.spf import (
    MOST_LOOKUPS,
    MOST_VOID,
    Problem,
    Walk,
    parse,
    spf_records,
)

SUBJECT = "SPF"
WHAT = "SPF dit quels serveurs ont le droit d’envoyer du courrier pour ce domaine."
LOOKS_LIKE = re.compile(
    r"v=spf|\bspf\d|(^|\s)(include|ip4|ip6):|\s[+?~-]all\b", re.IGNORECASE
)
VERSION_OR_NEARLY = re.compile(r"\s*(v=)?spf1?[\s:;]*", re.IGNORECASE)
MOST_SAID = 10
ENDINGS = {
    "+": "La fin «\u202f+all\u202f» permet à tout le monde d’écrire en votre nom.",
    "?": "La fin «\u202f?all\u202f» ne dit rien des autres serveurs.",
    "": "Il manque la fin «\u202f~all\u202f», qui écarte les autres serveurs.",
    "~": "Les autres serveurs sont jugés douteux (~all).",
    "-": "Les autres serveurs sont refusés (-all).",
}
PTR = "Le terme «\u202fptr\u202f» est abandonné\u202f: retirez-le."


def explain_spf(domain: str, resolver: Resolver) -> Finding:
    found: tuple[str, ...] = ()
    try:
        texts = resolver.texts(domain)
        records = spf_records(texts)
        found = tuple(map(shown, records))
        if not records:
            return without_record(domain, texts)
        if len(records) > 1:
            return with_several(domain, records)
        return judge(domain, records[0], resolver)
    except Unreachable as error:
        return Finding.unreachable(SUBJECT, WHAT, error, found)


def without_record(domain: str, texts: list[str]) -> Finding:
    near = [text for text in texts if LOOKS_LIKE.search(text)]
    if not near:
        advice = f"Publiez cette ligne. Elle autorise {allowed()}."
        line = f"v=spf1 {spf_term()} ~all"
        records = (Record(domain, "TXT", line),)
        return Finding(SUBJECT, Status.MISSING, WHAT, (), (advice,), records)
    advice = (
        "Cette ligne ressemble à un SPF, mais personne ne la lit\u202f: elle doit"
        " commencer par «\u202fv=spf1\u202f» et une espace. Remplacez-la."
    )
    records = (Record(domain, "TXT", repaired(near, ())),)
    found = tuple(map(shown, near))
    return Finding(SUBJECT, Status.TO_CORRECT, WHAT, found, (advice,), records)


def allowed() -> str:
    return f"le serveur {mail_host()}" if mail_host() else "vos serveurs de réception"


def with_several(domain: str, records: list[str]) -> Finding:
    advice = (
        f"Il y a {len(records)} SPF\u202f: les serveurs n’en croient alors aucun."
        " Supprimez-les et publiez une seule ligne."
    )
    line = Record(domain, "TXT", repaired(records, ()))
    found = tuple(map(shown, records))
    return Finding(SUBJECT, Status.TO_CORRECT, WHAT, found, (advice,), (line,))


def judge(domain: str, record: str, resolver: Resolver) -> Finding:
    walk = Walk(resolver)
    sign = walk.read(domain, record)
    counted = (
        f"Questions posées au DNS\u202f: {walk.lookups} sur {MOST_LOOKUPS} permises.",
        *(f"{shown(term)}\u202f: {cost}" for term, cost in walk.costs.items()),
    )
    problems = [*walk.problems, *limits(walk)]
    wrong = [problem.sentence for problem in problems[:MOST_SAID]]
    terms = parse(record)[0]
    if sign in ("~", "-"):
        counted = (*counted, ENDINGS[sign])
    elif sign or not any(term.name == "redirect" for term in terms):
        wrong.append(ENDINGS[sign])
    if any(term.name == "ptr" for term in terms):
        wrong.append(PTR)
    found = (shown(record), *counted)
    if not wrong:
        return Finding(SUBJECT, Status.GOOD, WHAT, found)
    lines = line(domain, record, problems)
    return Finding(SUBJECT, Status.TO_CORRECT, WHAT, found, tuple(wrong), lines)


def limits(walk: Walk) -> list[Problem]:
    """The two counts of RFC 7208 4.6.4 that make a receiver give up."""
    over = []
    if walk.lookups > MOST_LOOKUPS:
        said = (
            f"Ce SPF pose plus de {MOST_LOOKUPS} questions\u202f: il n’est plus lu."
            " Retirez les services qui n’envoient plus pour vous."
        )
        over.append(Problem("", said))
    if len(walk.voids) > MOST_VOID:
        names = ", ".join(map(cited, walk.voids[:MOST_LOOKUPS]))
        said = f"Plus de {MOST_VOID} questions restent sans réponse\u202f: {names}."
        over.append(Problem("", said))
    return over


def line(domain: str, record: str, problems: list[Problem]) -> tuple[Record, ...]:
    """The record without what harms it; nothing when that would not be enough, since
    only the association knows who sends for it."""
    if any(not problem.removable for problem in problems):
        return ()
    without = tuple(problem.term for problem in problems)
    return (Record(domain, "TXT", repaired([record], without)),)


def repaired(records: list[str], without: tuple[str, ...]) -> str:
    """One record with the terms of all of them, that ends as it should."""
    bodies = [VERSION_OR_NEARLY.sub("", record) for record in records]
    read = [term for body in bodies for term in parse(f"v=spf1 {body}")[0]]
    terms = [term for term in read if term.text not in without]
    signs = {term.sign or "+" for term in terms if term.name == "all"}
    redirects = [term for term in terms if term.name == "redirect"]
    kept = [t.text for t in terms if t.name not in ("all", "redirect", "ptr")]
    if len(records) == 1 and redirects and not signs:
        ending = redirects[0].text
    else:
        kept += [f"include:{term.value}" for term in redirects]
        kept = kept or [spf_term()]
        ending = "-all" if signs == {"-"} else "~all"
    return " ".join(dict.fromkeys(["v=spf1", *kept, ending]))
