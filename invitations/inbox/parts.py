"""The parts of a MIME message, within bounds that are held before any work is done."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from invitations.charsets import decoded
from invitations.inbox import headers
from invitations.inbox.headers import MAX_HEAD, Headers

MAX_RAW = 1024 * 1024
MAX_DEPTH = 16
MAX_PARTS = 256
MAX_BOUNDARY = 200

BLANK = re.compile(rb"\r?\n\r?\n")


class TooMuch(Exception):
    """More than a letter is made of; `reason` is an English code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Part:
    """A multipart or a leaf. A forwarded or returned message is one leaf: whatever
    stands in it was not said by this sender."""

    headers: Headers
    body: bytes
    kind: str
    params: dict[str, str]

    @property
    def filename(self) -> str:
        _, params = self.headers.disposition()
        name = params.get("filename") or self.params.get("name", "")
        return headers.words(name).strip().lower()

    @property
    def is_attached(self) -> bool:
        return self.headers.disposition()[0] == "attachment"

    def content(self) -> bytes:
        encoding = self.headers.get("content-transfer-encoding").strip().lower()
        return headers.transfer_decoded(self.body, encoding)

    def text(self) -> str:
        return decoded(self.content(), self.params.get("charset", ""))


def split(raw: bytes) -> tuple[bytes, bytes]:
    """Header block and body. Without an empty line all of it is header."""
    if raw.startswith((b"\n", b"\r\n")):
        return b"", raw.lstrip(b"\r\n")
    # One byte more, so that a block beyond the bound shows as such.
    found = BLANK.search(raw, 0, MAX_HEAD + 1)
    return (raw[: found.start()], raw[found.end() :]) if found else (raw, b"")


def parts(raw: bytes) -> list[Part]:
    """Every part, the message itself first, in reading order. Raises TooMuch."""
    found: list[Part] = []
    waiting = [(raw, 1, "text/plain")]
    while waiting:
        data, depth, default = waiting.pop()
        if depth > MAX_DEPTH:
            raise TooMuch("nested-too-deep")
        part = _part(data, default)
        found.append(part)
        if part.kind.startswith("multipart/"):
            below = "message/rfc822" if part.kind.endswith("/digest") else "text/plain"
            room = MAX_PARTS - len(found) - len(waiting)
            children = _children(part.body, part.params["boundary"], room)
            waiting += [(child, depth + 1, below) for child in reversed(children)]
    return found


def _part(data: bytes, default: str) -> Part:
    head, body = split(data)
    block = headers.read(head)
    kind, params = block.kind()
    boundary = params.get("boundary", "").rstrip()
    if kind.startswith("multipart/") and not 0 < len(boundary) <= MAX_BOUNDARY:
        kind = "application/octet-stream"  # RFC 2045 section 5.2, in spirit
    return Part(block, body, kind or default, {**params, "boundary": boundary})


def _children(body: bytes, boundary: str, room: int) -> list[bytes]:
    found: list[bytes] = []
    for child in _between(body, boundary.encode(errors="replace")):
        if len(found) == room:
            raise TooMuch("many-parts")
        found.append(child)
    return found


def _between(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """What stands between the delimiter lines; the last may be missing."""
    line = re.compile(
        rb"(?:\A|\r?\n)--" + re.escape(boundary) + rb"(--)?[ \t]*+(?=\r?\n|\Z)"
    )
    start = None
    for found in line.finditer(body):
        if start is not None:
            yield body[start : found.start()]
        start = body.find(b"\n", found.end()) + 1 or len(body)
        # The line break belongs to the delimiter before it and to the one after it.
        if found[1]:
            return
    if start is not None:
        yield body[start:]
