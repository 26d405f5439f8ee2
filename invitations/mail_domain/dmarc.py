"""DMARC (RFC 9989): what receivers do with a message that proves nothing."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings

from invitations.mail_domain.finding import (
    Finding,
    Record,
    Status,
    Tags,
    cited,
    shown,
    written,
)
from invitations.mail_domain.lookup import Resolver, Unreachable

SUBJECT = "DMARC"
WHAT = "DMARC dit aux serveurs que faire d’un faux message écrit en votre nom."
VERSION = re.compile(r"v\s*=\s*DMARC1\s*(;|$)")
POLICIES = ("none", "quarantine", "reject")
MOST_LABELS, KEPT_LABELS = 8, 7  # RFC 9989 4.10
MAILTO = re.compile(
    r"mailto:([^@\s,!]+@((?:[a-z0-9_-]{1,63}\.)+[a-z0-9-]{2,63}))(!\d+[kmgt]?)?", re.I
)


class Policy(NamedTuple):
    """The record that counts for a domain, and the name that publishes it."""

    name: str
    values: dict[str, str]
    text: str


def explain_dmarc(domain: str, resolver: Resolver) -> Finding:
    try:
        texts = resolver.texts(f"_dmarc.{domain}")
        ours = [text for text in texts if VERSION.match(text)]
        near = [text for text in texts if re.search(r"DMARC|\bp\s*=", text, re.I)]
        if len(ours) > 1:
            said = (
                "Il y a plusieurs DMARC\u202f: aucun ne compte. Gardez une seule ligne."
            )
            return finding(domain, ours, [said], gentlest(ours))
        if near and not ours:
            said = "La ligne doit commencer par «\u202fv=DMARC1\u202f», en majuscules."
            return finding(domain, near, [said], Tags.read(near[0]).values)
        policy = policy_of(domain, resolver)
        if policy is None:
            return absent(domain)
        return judge(domain, policy, resolver)
    except Unreachable as error:
        return Finding.unreachable(SUBJECT, WHAT, error)


def absent(domain: str) -> Finding:
    said = (
        "Publiez cette ligne pour commencer\u202f: elle ne bloque rien et vous envoie"
        " des rapports."
    )
    line = Record(f"_dmarc.{domain}", "TXT", written(repaired(domain, {})))
    advice = (said, *made_up(domain, line))
    return Finding(SUBJECT, Status.MISSING, WHAT, (), advice, (line,))


def made_up(domain: str, line: Record) -> tuple[str, ...]:
    """A word about an address that nobody gave us."""
    address = report_address(domain)
    if address == settings.ORGANISATION_CONTACT or address not in line.value:
        return ()
    return (f"{address} doit exister\u202f; sinon, mettez une adresse de ce domaine.",)


def finding(
    domain: str, texts: list[str], said: list[str], values: dict[str, str]
) -> Finding:
    line = Record(f"_dmarc.{domain}", "TXT", written(repaired(domain, values)))
    found, advice = tuple(map(shown, texts)), (*said, *made_up(domain, line))
    return Finding(SUBJECT, Status.TO_CORRECT, WHAT, found, advice, (line,))


def gentlest(texts: list[str]) -> dict[str, str]:
    """Of several records, which count for none, the one that harms least by counting;
    a report address comes from any of them."""
    read = [Tags.read(text).values for text in texts]
    reports = next(({"rua": one["rua"]} for one in read if "rua" in one), {})
    known = [one for one in read if one.get("p", "").lower() in POLICIES]
    chosen = min(known, key=lambda one: POLICIES.index(one["p"].lower()), default={})
    return {**reports, **chosen}


def repaired(domain: str, values: dict[str, str]) -> dict[str, str]:
    """A sound record that keeps what was sound."""
    kept = {n: v for n, v in values.items() if n.lower() not in ("v", "p", "rua")}
    policy = values.get("p", "").lower()
    rua = values.get("rua", "")
    return {
        "v": "DMARC1",
        "p": policy if policy in POLICIES else "none",
        "rua": rua if reports_to(rua) else f"mailto:{report_address(domain)}",
        **kept,
    }


def report_address(domain: str) -> str:
    contact: str = settings.ORGANISATION_CONTACT
    own = contact.rpartition("@")[2].lower() == domain
    return contact if own else f"dmarc@{domain}"


def reports_to(rua: str) -> list[tuple[str, str]]:
    """Each address and its domain; empty when one of them cannot be read."""
    found = [MAILTO.fullmatch(one.strip()) for one in rua.split(",")]
    return [(one[1], one[2].lower()) for one in found if one] if all(found) else []


def judge(domain: str, policy: Policy, resolver: Resolver) -> Finding:
    values, inherited = policy.values, policy.name != domain
    found = [shown(policy.text)]
    if inherited:
        found.append(f"Publié pour {policy.name}, dont {domain} dépend.")
    asked = (values.get("sp") if inherited else None) or values.get("p", "")
    asked = asked.lower()
    wrong = [f"{cited(one)} n’est pas lisible." for one in Tags.read(policy.text).wrong]
    if asked not in POLICIES:
        wrong.append("La règle p= doit être none, quarantine ou reject.")
    rua = values.get("rua", "")
    if rua and not reports_to(rua):
        wrong.append(
            "L’adresse des rapports (rua=) doit être «\u202fmailto:adresse\u202f»."
        )
    if asked == "none" and not rua:
        wrong.append("Sans adresse de rapports (rua=), p=none ne sert à rien.")
    if wrong:
        # What a registry publishes is not ours to repair.
        place = domain if is_registry(policy) else policy.name
        return finding(place, found, wrong, values)
    return sound(policy, found, asked, resolver)


def sound(policy: Policy, found: list[str], asked: str, resolver: Resolver) -> Finding:
    silent = tuple(unauthorised(policy, resolver))
    if silent:
        said = (
            "Les rapports vont à un autre domaine, qui ne les a pas acceptés\u202f:"
            " il doit publier cette ligne.",
        )
        return Finding(SUBJECT, Status.TO_CORRECT, WHAT, tuple(found), said, silent)
    advice, lines = next_step(policy, asked)
    return Finding(SUBJECT, Status.GOOD, WHAT, tuple(found), tuple(advice), lines)


def next_step(policy: Policy, asked: str) -> tuple[list[str], tuple[Record, ...]]:
    """What would be better, without anything being wrong."""
    advice = []
    lines: tuple[Record, ...] = ()
    if asked == "none" and not is_registry(policy):
        advice.append(
            "C’est un bon début. Quand les rapports sont propres pendant un mois,"
            " publiez cette ligne."
        )
        better = {**policy.values, "p": "quarantine"}
        lines = (Record(f"_dmarc.{policy.name}", "TXT", written(better)),)
    if "rua" not in policy.values:
        advice.append("Ajoutez rua= et votre adresse pour recevoir des rapports.")
    if policy.values.get("t", "n").lower() == "y":
        advice.append(
            "t=y demande un essai\u202f: la règle est appliquée d’un cran moins fort."
        )
    if policy.values.get("pct", "100") != "100":
        advice.append("pct= n’existe plus\u202f: les serveurs récents l’ignorent.")
    return advice, lines


def unauthorised(policy: Policy, resolver: Resolver) -> Iterator[Record]:
    """Lines without which another domain gets no reports (RFC 9990)."""
    own = organisational(policy.name, resolver)
    for _, target in reports_to(policy.values.get("rua", "")):
        if organisational(target, resolver) == own:
            continue
        name = f"{policy.name}._report._dmarc.{target}"
        if not any(VERSION.match(text) for text in resolver.texts(name)):
            yield Record(name, "TXT", "v=DMARC1;")


def policy_of(domain: str, resolver: Resolver) -> Policy | None:
    """The domain's own record, or its organisation's, or that of the registry above."""
    if own := record_at(domain, resolver):
        return own
    above = organisational(domain, resolver)
    if above != domain and (theirs := record_at(above, resolver)):
        return theirs
    registries = (record_at(name, resolver) for name in walk(above))
    return next((one for one in registries if one and is_registry(one)), None)


def organisational(domain: str, resolver: Resolver) -> str:
    """By walking up the tree (RFC 9989 4.10): the highest name with a record, unless
    one of them says where the organisation begins (psd=n) or lies above (psd=y)."""
    highest, below = domain, domain
    for name in walk(domain):
        found = record_at(name, resolver)
        if found and found.values.get("psd", "u").lower() == "n":
            return name
        if found and is_registry(found):
            return below
        highest = name if found else highest
        below = name
    return highest


def is_registry(policy: Policy) -> bool:
    return policy.values.get("psd", "u").lower() == "y"


def walk(domain: str) -> Iterator[str]:
    """The domain and the names above it, at most eight in all."""
    labels = domain.split(".")
    yield domain
    labels = labels[-KEPT_LABELS:] if len(labels) > MOST_LABELS else labels[1:]
    while labels:
        yield ".".join(labels)
        labels = labels[1:]


def record_at(name: str, resolver: Resolver) -> Policy | None:
    """None when there is no record, or more than one, which counts as none."""
    texts = resolver.texts(f"_dmarc.{name}")
    ours = [text for text in texts if VERSION.match(text)]
    if len(ours) != 1:
        return None
    values = Tags.read(ours[0]).values
    return Policy(name, {tag.lower(): value for tag, value in values.items()}, ours[0])
