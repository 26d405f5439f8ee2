"""The only module that speaks DNS. What it gives back is printable ASCII, whatever was
published: a record is written by strangers and ends on a terminal."""

import socket
import time
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import dns.exception
import dns.name
import dns.resolver

ONE_QUESTION, ALL_QUESTIONS = 5.0, 60.0  # seconds


class Unreachable(Exception):
    """No answer, or an answer that says neither yes nor no (SERVFAIL, REFUSED)."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name, reason)
        self.name, self.reason = name, reason


class BadName(ValueError):
    """No server can be asked for this name."""


class Exchange(NamedTuple):
    """`host` is "" for the null MX of RFC 7505."""

    preference: int
    host: str


class Resolver:
    """Remembers answers. After ALL_QUESTIONS seconds it gives up on the rest."""

    def __init__(self, nameserver: str = "", lifetime: float = ONE_QUESTION) -> None:
        """`nameserver`: HOST or HOST:PORT; by default those of this machine. ValueError
        when it cannot be read."""
        self._resolver = made(nameserver)
        self._lifetime = lifetime
        self._ends = time.monotonic() + ALL_QUESTIONS
        self._known: dict[tuple[str, str], list[Any] | None] = {}

    def texts(self, name: str) -> list[str]:
        """Each TXT record in one piece, however many strings it was cut into; sorted,
        since servers answer in any order."""
        records = self._ask(name, "TXT") or []
        return sorted(printable(b"".join(record.strings)) for record in records)

    def exchanges(self, name: str) -> list[Exchange]:
        records = self._ask(name, "MX") or []
        found = [Exchange(one.preference, host(one.exchange)) for one in records]
        return sorted(found)

    def addresses(self, name: str) -> list[str]:
        both = [*(self._ask(name, "A") or []), *(self._ask(name, "AAAA") or [])]
        return [str(record.address) for record in both]

    def exists(self, name: str) -> bool:
        """False for NXDOMAIN only: a name may exist without any record of ours."""
        return self._ask(name, "TXT") is not None

    def _ask(self, name: str, kind: str) -> list[Any] | None:
        """None: no such name. Empty: the name has nothing of this kind."""
        key = (name.lower().rstrip("."), kind)
        if key not in self._known:
            self._known[key] = self._resolve(absolute(name), kind)
        return self._known[key]

    def _resolve(self, name: dns.name.Name, kind: str) -> list[Any] | None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise Unreachable(host(name), "délai dépassé")
        try:
            answer = self._resolver.resolve(
                name,
                kind,
                search=False,
                raise_on_no_answer=False,
                lifetime=min(left, self._lifetime),
            )
        except dns.resolver.NXDOMAIN:
            return None
        except dns.exception.Timeout as error:
            raise Unreachable(host(name), "délai dépassé") from error
        except dns.resolver.NoNameservers as error:
            raise Unreachable(host(name), "SERVFAIL ou refus") from error
        except (dns.exception.DNSException, OSError) as error:
            raise Unreachable(host(name), type(error).__name__) from error
        return list(answer)


def made(nameserver: str) -> dns.resolver.Resolver:
    if not nameserver:
        try:
            return dns.resolver.Resolver()
        except dns.resolver.NoResolverConfiguration as error:
            raise ValueError("no name server on this machine") from error
    parts = urlsplit(f"//{nameserver}")
    port = parts.port or 53
    if not parts.hostname:
        raise ValueError(f"no host in {nameserver}")
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_DGRAM)
    except OSError as error:
        raise ValueError(f"no such host: {nameserver}") from error
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers = [str(found[0][4][0])]
    resolver.port = port
    return resolver


def absolute(name: str) -> dns.name.Name:
    try:
        return dns.name.from_text(name)
    except (dns.exception.DNSException, UnicodeError) as error:
        raise BadName(name) from error


def host(name: dns.name.Name) -> str:
    """Without the last dot; "" for the root."""
    return printable(name.to_text(omit_final_dot=True).encode()).strip(".")


def printable(content: bytes) -> str:
    text = content.decode("ascii", "backslashreplace")
    return "".join(
        sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text
    )
