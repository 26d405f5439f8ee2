"""Header fields of a mail, without the email package: bounded, and never raising.

Its parser calls itself for each level, and its header classes raise in places.
"""

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote_to_bytes

from invitations.charsets import decoded
from invitations.mime import ADDRESS, MAX_NAME, one_line

MAX_HEAD = 64 * 1024
MAX_FIELDS = 1_000
MAX_VALUE = 16 * 1024
MAX_ADDRESSES = 100

FIELD = re.compile(rb"([!-9;-~]{1,80})[ \t]*:[ \t]*(.*)", re.DOTALL)
FOLDING = re.compile(rb"\r?\n(?=[ \t])")
WORD = re.compile(
    r"=\?([\w.:*-]{1,60})\?([bq])\?([^?\s]*)\?=", re.IGNORECASE | re.ASCII
)
BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
PARAM = re.compile(
    r';\s*([\w!#$&+.^`|~*-]{1,60})\s*=\s*("(?:[^"\\]++|\\.)*+"|[^\s;"]*+)',
    re.ASCII | re.DOTALL,
)
IN_BRACKETS = re.compile(r"<([^<>]*)>")
MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x1f\x7f]{1,250}>")
NAMED = re.compile(r"([^<]*)<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Headers:
    """Fields in the order of the message, names in lower case."""

    fields: tuple[tuple[str, str], ...] = ()
    problems: tuple[str, ...] = ()

    def all(self, name: str) -> list[str]:
        return [value for field, value in self.fields if field == name]

    def get(self, name: str) -> str:
        """The first one, as readers do; "" without it."""
        return next((value for field, value in self.fields if field == name), "")

    def kind(self) -> tuple[str, dict[str, str]]:
        """Content-Type and its parameters, in lower case but for their values."""
        return _with_params(self.get("content-type"))

    def disposition(self) -> tuple[str, dict[str, str]]:
        return _with_params(self.get("content-disposition"))


def read(head: bytes) -> Headers:
    """The fields of a header block; what is no field is left out and told."""
    problems: dict[str, None] = {}
    if len(head) > MAX_HEAD:
        problems["long-head"] = None
    fields: list[tuple[str, str]] = []
    for raw in FOLDING.sub(b"", head[:MAX_HEAD]).split(b"\n"):
        found = FIELD.match(raw.rstrip(b"\r"))
        if not found:
            if raw.strip() and not raw.startswith((b"From ", b">From ")):
                problems["odd-header"] = None
            continue
        if len(fields) == MAX_FIELDS:
            problems["many-headers"] = None
            break
        if len(found[2]) > MAX_VALUE:
            problems["long-header"] = None
        value = decoded(found[2][:MAX_VALUE]).strip()
        fields.append((found[1].decode("ascii").lower(), value))
    return Headers(tuple(fields), tuple(problems))


def words(value: str) -> str:
    """Encoded words of RFC 2047 as text; adjacent ones may share a letter."""
    return _join(list(_pieces(BETWEEN_WORDS.sub(r"\1", value))))


def bare(value: str) -> str:
    """Without comments and quoted strings, where anything may be written."""
    kept, depth, quoted, escaped = [], 0, False, False
    for sign in value:
        if escaped:
            escaped = False
        elif sign == "\\" and (quoted or depth):
            escaped = True
        elif sign == '"' and not depth:
            quoted = not quoted
        elif sign == "(" and not quoted:
            depth += 1
        elif sign == ")" and depth and not quoted:
            depth -= 1
        elif not quoted and not depth:
            kept.append(sign)
    return "".join(kept)


def addresses(value: str) -> list[str]:
    """Bare addresses in lower case. One in a name or a comment is not one."""
    found = []
    for piece in re.split("[,;]", bare(value))[:MAX_ADDRESSES]:
        inside = IN_BRACKETS.search(piece)
        address = (inside[1] if inside else piece.rpartition(":")[2]).strip().lower()
        if ADDRESS.fullmatch(address):
            found.append(address)
    return found


def display_name(value: str) -> str:
    found = NAMED.match(value)
    name = found[1].strip().strip('"').replace("\\", "") if found else ""
    return one_line(words(name), limit=MAX_NAME)


def message_id(block: Headers) -> str:
    """With its brackets; "" when it is none that could be compared."""
    value = block.get("message-id").strip()
    return value if MESSAGE_ID.fullmatch(value) else ""


def moment(value: str) -> datetime | None:
    """In UTC; "-0000" is UTC too (RFC 5322 section 3.3)."""
    try:
        date = parsedate_to_datetime(value[:100])
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def transfer_decoded(body: bytes, encoding: str) -> bytes:
    """Base64 and quoted-printable undone; rubbish between the signs is skipped."""
    if encoding == "base64":
        signs = re.sub(rb"[^A-Za-z0-9+/]", b"", body)
        signs = signs[: len(signs) - (len(signs) % 4 == 1)]
        return binascii.a2b_base64(signs + b"=" * (-len(signs) % 4))
    return quopri.decodestring(body) if encoding == "quoted-printable" else body


def _with_params(value: str) -> tuple[str, dict[str, str]]:
    params: dict[str, str] = {}
    for name, given in PARAM.findall(value):
        text = re.sub(r"\\(.)", r"\1", given[1:-1]) if given[:1] == '"' else given
        if name.endswith("*"):  # RFC 2231: charset'language'text
            charset, _, rest = text.partition("'")
            text = decoded(unquote_to_bytes(rest.partition("'")[2]), charset)
        params.setdefault(name.rstrip("*").lower(), text)
    return value.partition(";")[0].strip().lower(), params


def _pieces(value: str) -> Iterator[tuple[bytes, str]]:
    end = 0
    for found in WORD.finditer(value):
        if found.start() > end:
            yield value[end : found.start()].encode(errors="replace"), ""
        end = found.end()
        encoding = {"b": "base64", "q": "quoted-printable"}[found[2].lower()]
        signs = found[3] if encoding == "base64" else found[3].replace("_", "=20")
        raw = transfer_decoded(signs.encode(errors="replace"), encoding)
        yield raw, found[1].partition("*")[0].lower()  # RFC 2231: charset*language
    yield value[end:].encode(errors="replace"), ""


def _join(pieces: list[tuple[bytes, str]]) -> str:
    text, waiting, last = [], b"", ""
    for raw, charset in pieces:
        if charset != last:
            text.append(decoded(waiting, last))
            waiting, last = b"", charset
        waiting += raw
    return "".join([*text, decoded(waiting, last)])
