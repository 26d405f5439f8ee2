"""SPF as a receiver reads it (RFC 7208), in the worst case: every term is followed,
since the server that matches none of them costs the receiver all the questions."""

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

from invitations.mail_domain.finding import cited
from invitations.mail_domain.lookup import BadName, Resolver

MOST_LOOKUPS, MOST_VOID, MOST_EXCHANGES = 10, 2, 10  # RFC 7208 4.6.4
ENOUGH = 60  # questions, after which counting stops

VERSION = re.compile(r"v=spf1(?= |$)", re.IGNORECASE)
MECHANISM = re.compile(
    r"(?P<sign>[+?~-]?)(?P<name>all|include|a|mx|ptr|ip4|ip6|exists)"
    r"(?::(?P<value>[!-~]+?))?(?P<length>(?:/\d{1,3})?(?://\d{1,3})?)",
    re.IGNORECASE,
)
MODIFIER = re.compile(r"(?P<name>[a-z][a-z0-9_.-]*)=(?P<value>[!-~]*)", re.IGNORECASE)
MECHANISMS = {"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"}
NEEDS_VALUE = {"include", "ip4", "ip6", "exists"}
TAKES_LENGTH = {"a", "mx", "ip4", "ip6"}


class Term(NamedTuple):
    text: str
    sign: str
    name: str
    value: str


class Problem(NamedTuple):
    """`term` is the one of the domain's own record; `removable`, whether the record
    loses nothing without it."""

    term: str
    sentence: str
    removable: bool = False


@dataclass
class Walk:
    """One reading of a record and all that it includes."""

    resolver: Resolver
    lookups: int = 0
    voids: list[str] = field(default_factory=list)
    costs: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    top: str = ""  # the term of the domain's own record that is being followed

    def read(self, domain: str, record: str, path: tuple[str, ...] = ()) -> str:
        """The sign before the final « all », "" when there is none."""
        path = (*path, domain.lower())
        terms, wrong = parse(record)
        for text in wrong:
            said = f"{cited(text)} n’est pas un terme de SPF."
            self._note(path, text, said, removable=len(path) == 1)
        for term in terms:
            if self.lookups >= ENOUGH:
                break
            if len(path) == 1:
                self.top = term.text
            before = self.lookups
            sign = self._follow(term, domain, path)
            if len(path) == 1 and self.lookups > before:
                self.costs[term.text] = self.lookups - before
            if term.name in ("all", "redirect"):
                return sign
        return ""

    def _follow(self, term: Term, domain: str, path: tuple[str, ...]) -> str:
        if term.name == "all":
            return term.sign or "+"
        if term.name in ("ip4", "ip6"):
            if term.text.endswith("/0") and term.sign in ("", "+"):
                said = f"{cited(term.text)} permet au monde entier d’écrire pour vous."
                self._note(path, term.text, said, removable=True)
            return ""
        self.lookups += 1
        target = (term.value or domain).rstrip(".")
        if "%" in target or term.name == "ptr":
            return ""  # depends on the message
        try:
            if term.name in ("include", "redirect"):
                return self._enter(term, target, path)
            self._look(term, target, path)
        except BadName:
            said = f"{cited(target)} n’est pas un nom de domaine."
            self._note(path, term.text, said, removable=True)
        return ""

    def _enter(self, term: Term, target: str, path: tuple[str, ...]) -> str:
        if target.lower() in path:
            said = (
                f"{cited(term.text)} revient à son point de départ\u202f: une boucle."
            )
            self._note(path, term.text, said, removable=True)
            return ""
        texts = self.resolver.texts(target)
        if not texts:
            self.voids.append(term.text)
        records = spf_records(texts)
        if len(records) == 1:
            sign = self.read(target, records[0], path)
            if sign == "+" and term.name == "include":
                said = f"{cited(term.text)} permet au monde entier d’écrire pour vous."
                self._note(path, term.text, said, removable=True)
            return sign if term.name == "redirect" else ""
        said = "n’a pas de SPF" if not records else f"a {len(records)} SPF"
        said = f"{cited(term.text)} ne marche pas\u202f: {target} {said}."
        self._note(path, term.text, said, removable=not records)
        return ""

    def _look(self, term: Term, target: str, path: tuple[str, ...]) -> None:
        found: list[object]
        if term.name == "mx":
            found = [*self.resolver.exchanges(target)]
        else:
            found = [*self.resolver.addresses(target)]
        if not found:
            self.voids.append(term.text)
        if term.name == "mx" and len(found) > MOST_EXCHANGES:
            said = f"{cited(term.text)} donne plus de {MOST_EXCHANGES} serveurs."
            self._note(path, term.text, said)

    def _note(
        self, path: tuple[str, ...], term: str, said: str, *, removable: bool = False
    ) -> None:
        """What is wrong further away can only be repaired there."""
        if len(path) == 1:
            self.problems.append(Problem(term, said, removable))
        else:
            there = f"{said} (dans le SPF de {path[-1]})"
            self.problems.append(Problem(self.top, there))


def spf_records(texts: list[str]) -> list[str]:
    return [text for text in texts if VERSION.match(text)]


def parse(record: str) -> tuple[list[Term], list[str]]:
    """Terms in the order a receiver follows them, and what it cannot read. Nothing
    after « all » counts, and « redirect » only counts without it (RFC 7208 6.1)."""
    terms: list[Term] = []
    redirects: list[Term] = []
    wrong = []
    for text in record.split(" ")[1:]:
        if "\\" in text:  # a sign that is not ASCII
            wrong.append(text)
        elif modifier := MODIFIER.fullmatch(text):
            name, value = modifier["name"].lower(), modifier["value"]
            if name == "redirect":
                redirects.append(Term(text, "", name, value))
            elif name in MECHANISMS:  # « include=… », which receivers ignore
                wrong.append(text)
        elif (found := MECHANISM.fullmatch(text)) and is_sound(found):
            value = found["value"] or ""
            terms.append(Term(text, found["sign"], found["name"].lower(), value))
        elif text:
            wrong.append(text)
    if len(redirects) > 1 or any(not one.value for one in redirects):
        wrong += [one.text for one in redirects]
        redirects = []
    ends = [term.name for term in terms].index("all") + 1 if has_all(terms) else None
    return (terms[:ends] if ends else terms + redirects), wrong


def has_all(terms: list[Term]) -> bool:
    return any(term.name == "all" for term in terms)


def is_sound(found: re.Match[str]) -> bool:
    name, value, length = found["name"].lower(), found["value"], found["length"]
    if (name in NEEDS_VALUE and not value) or (name == "all" and value):
        return False
    if length and name not in TAKES_LENGTH:
        return False
    try:
        if name == "ip4":
            IPv4Network(value + length, strict=False)
        elif name == "ip6":
            IPv6Network(value + length, strict=False)
    except ValueError:
        return False
    return True
