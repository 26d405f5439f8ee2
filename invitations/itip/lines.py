"""Content lines of RFC 5545 as they really come, read in one pass and within bounds.

icalendar, which writes ours, refuses a whole file for one odd line, and expands rules
that an answer does not need. Nothing here interprets a value.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from invitations.charsets import MARKS, decoded

MAX_BYTES = 100_000
MAX_DEPTH = 8
MAX_LINES = 20_000

FOLD = re.compile(rb"\r?\n[ \t]")
NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
# Possessive (*+, ++): an unfinished quote costs one pass, not a search.
PARAM = re.compile(r';\s*([A-Za-z0-9-]{1,64})=((?:"[^"]*+"|[^";:]++)*+)')
PIECE = re.compile(r'((?:"[^"]*+"|[^",]++)++)')
ESCAPE = re.compile(r"\\(.)", re.DOTALL)
CARET = re.compile(r"\^([n'^])")


class UnreadableCalendar(Exception):
    """No answer can be taken from these bytes; `reason` is an English code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    params: dict[str, tuple[str, ...]]
    value: str

    def param(self, name: str) -> str:
        """The first value, RFC 6868 undone; "" without it."""
        values = self.params.get(name, ())
        return CARET.sub(_caret, values[0]) if values else ""


@dataclass(frozen=True, slots=True)
class Component:
    name: str
    lines: list[Line] = field(default_factory=list)
    children: list["Component"] = field(default_factory=list)

    def all(self, name: str) -> list[Line]:
        return [line for line in self.lines if line.name == name]

    def one(self, name: str) -> Line | None:
        """Raises UnreadableCalendar when it stands there twice: which one counts
        would depend on the reader."""
        found = self.all(name)
        if len(found) > 1:
            raise UnreadableCalendar(f"repeated-{name.lower()}")
        return found[0] if found else None


def read(raw: bytes, charset: str = "") -> Component:
    """The only VCALENDAR; raises UnreadableCalendar and nothing else."""
    root = Component("")
    stack = [root]
    for text in _content_lines(raw, charset):
        line = _line(text)
        if line is None:
            continue
        if line.name == "BEGIN":
            _open(stack, line.value.strip().upper())
        elif line.name == "END":
            if line.value.strip().upper() != stack[-1].name or len(stack) == 1:
                raise UnreadableCalendar("unbalanced")
            stack.pop()
        elif len(stack) > 1:
            stack[-1].lines.append(line)
    if len(stack) > 1:
        raise UnreadableCalendar("unbalanced")
    if [child.name for child in root.children] != ["VCALENDAR"]:
        several = len(root.children) > 1
        raise UnreadableCalendar("several-calendars" if several else "no-calendar")
    return root.children[0]


def unescaped(value: str) -> str:
    return ESCAPE.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)


def _open(stack: list[Component], name: str) -> None:
    if len(stack) > MAX_DEPTH:
        raise UnreadableCalendar("nested-too-deep")
    child = Component(name)
    stack[-1].children.append(child)
    stack.append(child)


def _content_lines(raw: bytes, charset: str) -> Iterator[str]:
    if len(raw) > MAX_BYTES:
        raise UnreadableCalendar("too-big")
    if charset.lower().startswith("utf-16") or raw[:2] in MARKS:
        raw = decoded(raw, charset).encode(errors="replace")
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    # Unfolded as bytes: a fold may stand in the middle of a letter.
    lines = decoded(FOLD.sub(b"", raw), charset).split("\n")
    if len(lines) > MAX_LINES:
        raise UnreadableCalendar("too-many-lines")
    return (line.rstrip("\r") for line in lines)


def _line(text: str) -> Line | None:
    """None for what is no content line: it cannot say anything."""
    name = NAME.match(text)
    if not name:
        return None
    params: dict[str, tuple[str, ...]] = {}
    end = name.end()
    while found := PARAM.match(text, end):
        pieces = (piece.strip('"') for piece in PIECE.findall(found[2]))
        params.setdefault(found[1].upper(), tuple(pieces))
        end = found.end()
    if text[end : end + 1] != ":":
        return None
    return Line(name[0].upper(), params, text[end + 1 :])


def _caret(found: re.Match[str]) -> str:
    return {"n": "\n", "'": '"', "^": "^"}[found[1]]
