"""The letters our printed documents can show.

A letter without a glyph makes a PDF neither accessible nor archivable
(ISO 14289-1, 7.21.8), so what the fonts lack never reaches the renderer.
"""

import re
import unicodedata
from pathlib import Path

from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
FILES = {path.name: path.read_bytes() for path in sorted(HERE.glob("*.ttf"))}
UNKNOWN_LETTER = "?"


def _characters(name: str) -> frozenset[str]:
    """Those with a glyph, except marks that only steer the layout."""
    with TTFont(HERE / name, lazy=True) as font:
        known = map(chr, font.getBestCmap())
    return frozenset(c for c in known if unicodedata.category(c) != "Cf")


# Latin with the accents of Europe and Vietnam, Greek and Cyrillic. The title
# font holds less, and borrows from the text fonts what it lacks.
KNOWN = _characters("text-regular.ttf") & _characters("text-bold.ttf") | {"\n"}


# What must neither appear nor vanish while a page of HTML is made printable: U+FF1C
# decomposes to "<", and U+0338 after ">" composes to another sign altogether.
MARKUP = frozenset("<>&\"'")
BETWEEN_MARKUP = re.compile(f"[^{''.join(sorted(MARKUP))}]+")


def printable(text: str) -> str:
    """The same text, HTML or not, with known characters only.

    An unknown letter or digit loses its accents, or else becomes « ? ». Pictures,
    control characters and stray marks are left out.
    """
    return BETWEEN_MARKUP.sub(lambda match: _printable(match[0]), text)


def has_unknown_letters(text: str) -> bool:
    """Whether `printable` puts a question mark where there was none."""
    return printable(text).count(UNKNOWN_LETTER) > text.count(UNKNOWN_LETTER)


def _printable(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    if KNOWN.issuperset(text):
        return text
    # A mark that is left out may let those around it compose.
    replaced = unicodedata.normalize("NFC", "".join(map(_known, text)))
    return "".join(map(_known, replaced))


def _known(character: str) -> str:
    if character in KNOWN:
        return character
    parts = unicodedata.normalize("NFKD", character)
    if parts != character:
        return "".join(_known(part) for part in parts if part not in MARKUP)
    if character.isspace():
        return " "
    is_letter = unicodedata.category(character)[0] in "LN"
    return UNKNOWN_LETTER if is_letter else ""
