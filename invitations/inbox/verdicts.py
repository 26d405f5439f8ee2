"""Whether our own server vouches for the sender (RFC 8601), and only our own."""

import re
from collections.abc import Iterator
from enum import StrEnum, auto

from django.conf import settings

from invitations.inbox import headers
from invitations.inbox.headers import Headers

FIELD = "authentication-results"
RESULT = re.compile(r"\s*([a-z0-9-]{1,30})\s*(?:/\s*1\s*)?=\s*([a-z]{1,20})(?![a-z])")
PROPERTY = re.compile(r"\b(header\.(?:from|d|i))\s*=\s*([^\s;]{1,255})")


class Verdict(StrEnum):
    PASS = auto()
    FAIL = auto()
    NONE = auto()


def verdict(block: Headers, sender: str) -> Verdict:
    """PASS when DMARC passes for the sender's domain, or DKIM for it or above it.

    FAIL when DMARC fails, when two results contradict each other, and when From is
    not one address. NONE for everything else, and always without
    settings.AUTHSERV_ID.
    """
    if not settings.AUTHSERV_ID:
        return Verdict.NONE
    if not sender:
        return Verdict.FAIL
    domain = sender.rpartition("@")[2]
    results = [result for value in ours(block) for result in _results(value)]
    dmarc = {
        _dmarc(result, values.get("header.from", domain) == domain)
        for method, result, values in results
        if method == "dmarc"
    } - {Verdict.NONE}
    if dmarc:
        return Verdict.PASS if dmarc == {Verdict.PASS} else Verdict.FAIL
    dkim = any(
        method == "dkim" and result == "pass" and _is_above(values, domain)
        for method, result, values in results
    )
    return Verdict.PASS if dkim else Verdict.NONE


def ours(block: Headers) -> list[str]:
    """Fields of our server: the topmost and those right below it.

    It writes above whatever arrived, so what stands lower came with the message. The
    name is compared sign by sign: a server takes off what bears its own name, and may
    do so for this spelling only.
    """
    found: list[str] = []
    for name, value in block.fields:
        if name == FIELD and _author(value) == settings.AUTHSERV_ID:
            found.append(value)
        elif found:
            break
    return found


def _author(value: str) -> str:
    name, *version = value.partition(";")[0].split() or [""]
    return name if version in ([], ["1"]) else ""


def _results(value: str) -> Iterator[tuple[str, str, dict[str, str]]]:
    for statement in headers.bare(value).lower().split(";")[1:]:
        if found := RESULT.match(statement):
            yield found[1], found[2], dict(PROPERTY.findall(statement))


def _dmarc(result: str, is_for_sender: bool) -> Verdict:
    if result == "pass":
        return Verdict.PASS if is_for_sender else Verdict.FAIL
    return Verdict.FAIL if result in ("fail", "reject", "quarantine") else Verdict.NONE


def _is_above(values: dict[str, str], domain: str) -> bool:
    """Relaxed alignment (RFC 7489 section 3.1.1), downwards only: without the list of
    public suffixes, a name beside the sender's own may belong to somebody else."""
    signer = (values.get("header.d") or values.get("header.i", "")).rpartition("@")[2]
    return "." in signer and f".{domain}".endswith(f".{signer}")
