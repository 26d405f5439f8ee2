"""Text inside drawings: how wide it is, where it is cut, how it is written.

A drawing has no font to measure with. Widths are those of Atkinson Hyperlegible Next,
a little too wide rather than too narrow.
"""

import re

from django.utils.html import escape

from networking.drawing.shapes import INK, TEXT_FONT, TITLE_FONT, short
from networking.templatetags.french import NARROW

# At 0.9 pixel a unit, on the narrowest telephone, this is 12 pixels.
SIZE = 13.0
NARROW_LETTERS = frozenset("fijltrI.,;:!'’()[]|-·\u00a0\u202f ")
WIDE_LETTERS = frozenset("mwMWOQGœŒæÆ@%—…")
CELL = str | int | float | None
NOT_PUBLISHED = "s"
BAND, FEW = re.compile(r"(\d+) à (\d+)"), re.compile(r"moins de \d+")


def width_of(text: str, size: float = SIZE) -> float:
    units = 0.0
    for letter in text:
        if letter in NARROW_LETTERS:
            units += 0.36
        elif letter in WIDE_LETTERS:
            units += 0.9
        else:
            units += 0.66 if letter.isupper() or letter.isdigit() else 0.57
    return units * size


def cut_to(text: str, width: float, size: float = SIZE) -> str:
    if width_of(text, size) <= width:
        return text
    while text and width_of(f"{text}…", size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def in_lines(text: str, width: float, most: int = 2) -> list[str]:
    """At most `most` lines, cut between words; the last one ends with « … » when the
    rest does not fit."""
    lines: list[str] = []
    words = text.split(" ")
    while words and len(lines) < most - 1:
        line = words.pop(0)
        while words and width_of(f"{line} {words[0]}") <= width:
            line += f" {words.pop(0)}"
        lines.append(cut_to(line, width))
    if words:
        lines.append(cut_to(" ".join(words), width))
    return lines


def cell_text(cell: CELL, decimals: int | None = None) -> str:
    """A number as the French write it, with as many decimals as asked or needed; what
    is not published, as Insee's « s »."""
    if cell is None:
        return NOT_PUBLISHED
    if isinstance(cell, str):
        bounds = BAND.fullmatch(cell)
        return " à ".join(map(cell_text, map(int, bounds.groups()))) if bounds else cell
    if decimals:
        text = f"{cell:,.{decimals}f}"
    elif isinstance(cell, float):
        text = f"{cell:,.2f}".rstrip("0").rstrip(".")
    else:
        text = f"{cell:,}"
    french = text.replace(",", NARROW).replace(".", ",")
    return french.replace("-", "\N{MINUS SIGN}")


def amount(cell: CELL) -> float | None:
    """What can be drawn to scale: a number that is published, in digits or not."""
    if isinstance(cell, str):
        digits = cell.replace(NARROW, "").replace("\u00a0", "")
        return float(digits) if digits.isascii() and digits.isdigit() else None
    return None if cell is None else float(cell)


def middle(cell: CELL) -> float | None:
    """What can be drawn to scale: a number, or the middle of « 5 à 9 »."""
    if isinstance(cell, str) and (bounds := BAND.fullmatch(cell)):
        return (int(bounds[1]) + int(bounds[2])) / 2
    return amount(cell)


def stands_for_a_number(cell: CELL) -> bool:
    """« 5 à 9 » and « moins de 5 » too."""
    if isinstance(cell, str) and (BAND.fullmatch(cell) or FEW.fullmatch(cell)):
        return True
    return amount(cell) is not None


def said(name: str, cell: CELL) -> str:
    text = "non publié" if cell is None else cell_text(cell)
    return f"{name}{NARROW}: {text}"


def write(
    text: str,
    x: float,
    y: float,
    anchor: str = "start",
    *,
    bold: bool = False,
    ink: str = INK,
) -> str:
    """One run of text; `y` is its base line."""
    face = (
        f'font-family="{TITLE_FONT}" font-weight="700"'
        if bold
        else f'font-family="{TEXT_FONT}"'
    )
    return (
        f'<text x="{short(x)}" y="{short(y)}" text-anchor="{anchor}" '
        f'font-size="{short(SIZE)}" fill="{ink}" {face}>{escape(text)}</text>'
    )
