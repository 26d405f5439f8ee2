"""What somebody wrote in a mail: their own words, not the history below them."""

import html
import re
from collections.abc import Iterator

from invitations.inbox.parts import Part
from invitations.mime import BIDI, plain_text
from networking.tokens import PATTERN

MAX_TEXT = 4_000
# Read at most, before the history is cut.
MAX_READ = 64 * 1024

# Possessive: a tag that never ends costs one pass.
TAG = re.compile(r"<!--|-->|<(/?+)([a-z][a-z0-9]*+)?+[^<>]*+>", re.IGNORECASE)
HIDDEN = frozenset({"script", "style", "head", "title", "template"})
BREAKING = frozenset(
    {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "table", "blockquote"}
)
# Where mail programs begin the message that is answered.
HISTORY = re.compile(
    r"<blockquote|(?:class|id)=[\"']?(?:gmail_quote|yahoo_quoted|moz-cite-prefix"
    r"|divRplyFwdMsg|appendonsend|OLK_SRC_BODY|x_divRplyFwdMsg|protonmail_quote)",
    re.IGNORECASE,
)
ATTRIBUTION = re.compile(
    r"^[ \t>]*(?:Le|On|Am|El|Il) [^\n]{3,200}(?:\n[^\n]{1,200})?"
    r"(?:a écrit|wrote|schrieb|escribió|ha scritto)[ \u00a0\u202f]?:[ \t]*$",
    re.MULTILINE,
)
DIVIDER = re.compile(
    r"^[ \t]*(?:-{3,} ?(?:Original Message|Message d['’]origine|Message original"
    r"|Message transféré|Forwarded message|Mail original) ?-{3,}|_{10,}"
    r"|(?:De|From)[ \u00a0\u202f]?: [^\n]{1,300}\n"
    r"(?:Envoyé|Date|Sent|À|To)[^:\n]{0,10}: ?[^\n]*)[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
QUOTED = re.compile(r"^[ \t]*>.*\n?", re.MULTILINE)
SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
GAPS = re.compile(r"\n(?:[ \u00a0]*\n){2,}")


def text_of(parts: list[Part]) -> str:
    """At most MAX_TEXT signs of the plain part, else of the HTML one. Personal links,
    which a reply quotes, are masked."""
    plain = _first(parts, "text/plain")
    if plain and (text := plain.text()[:MAX_READ]).strip():
        return _cut(plain_text(text))
    page = _first(parts, "text/html")
    return _cut(plain_text(from_html(page.text()[:MAX_READ]))) if page else ""


def from_html(page: str) -> str:
    """One pass over the tags; nothing is loaded and nothing is executed."""
    history = HISTORY.search(page)
    if history and (start := page.rfind("<", 0, history.start() + 1)) >= 0:
        above = "".join(_words(page[:start]))
        page = page[:start] if above.strip() else page
    text = html.unescape("".join(_words(page)))
    return "\n".join(line.strip(" \t\r") for line in text.split("\n"))


def _words(page: str) -> Iterator[str]:
    end, hidden = 0, ""
    for tag in TAG.finditer(page):
        if not hidden:
            yield re.sub(r"[ \t\r\n]+", " ", page[end : tag.start()])
        end, name = tag.end(), (tag[2] or "").lower()
        if hidden:
            # Outlook ends its comments with a tag of its own: "<![endif]-->".
            ends = tag[0].endswith(hidden) or f"{tag[1]}{name}" == hidden
            hidden = "" if ends else hidden
        elif tag[0] == "<!--":
            hidden = "-->"
        elif name in HIDDEN and not tag[1]:
            hidden = f"/{name}"
        elif name in BREAKING:
            yield "\n"
    if not hidden:
        yield page[end:]


def _first(parts: list[Part], kind: str) -> Part | None:
    written = (p for p in parts if p.kind == kind and not p.is_attached)
    return next(written, None)


def _cut(text: str) -> str:
    above = text
    for mark in (ATTRIBUTION, DIVIDER):
        if found := mark.search(above):
            above = above[: found.start()]
    own = QUOTED.sub("", above)
    if signature := SIGNATURE.search(own):
        own = own[: signature.start()]
    # An answer below the history: everything that is not quoted.
    kept = own.strip() or QUOTED.sub("", ATTRIBUTION.sub("", text))
    kept = PATTERN.sub("…", GAPS.sub("\n\n", BIDI.sub("", kept)))
    return kept.strip()[:MAX_TEXT]
