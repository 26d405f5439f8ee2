"""Sorted bars: names on the left, the number at the end of each bar."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from networking.drawing.shapes import GREEN, open_svg, short
from networking.drawing.words import (
    CELL,
    amount,
    cell_text,
    in_lines,
    said,
    width_of,
    write,
)
from networking.templatetags.french import plural

WIDTH, NAMES, LINE, PAD, THICK = 360.0, 150.0, 15.0, 9.0, 13.0
MOST_BARS, MOST_SAID = 16, 12
# Beside the first one, which is what the title speaks of; both keep 3:1 on white.
OTHERS = "#5b8f83"
HIDDEN_WIDTH = 20.0
NOTE = "#4f4a75"


def bars_chart(rows: Sequence[tuple[str, CELL]], title: str) -> SafeString:
    """In the order given. A number that is not published is an outline of one width,
    whatever it hides."""
    shown = rows[:MOST_BARS]
    names = [in_lines(name, NAMES) for name, _ in shown]
    widest = max((width_of(line) for lines in names for line in lines), default=0)
    left = min(NAMES, widest) + 10
    ends = max((width_of(cell_text(cell)) for _, cell in shown), default=0)
    most = max([amount(cell) or 0 for _, cell in shown] + [1])
    scale = (WIDTH - left - max(ends, 14) - 10) / most
    bars, top = [], 0.0
    for i, ((_, cell), lines) in enumerate(zip(shown, names, strict=True)):
        height = LINE * len(lines) + PAD
        hue = GREEN if i == 0 else OTHERS
        bars += [
            *named(lines, left - 10, top),
            bar(left, top + height / 2, cell, scale, hue),
        ]
        top += height
    bars.append(axis(left, top))
    if len(rows) > MOST_BARS:
        more = len(rows) - MOST_BARS
        rest = f"{plural(more, 'autre ligne,autres lignes')} dans le tableau"
        bars.append(write(rest, left, top + LINE))
        top += LINE + 4
    return SafeString(
        "".join([open_svg(WIDTH, top, spoken(rows, title)), *bars, "</svg>"])
    )


def spoken(rows: Sequence[tuple[str, CELL]], title: str) -> str:
    words = [title, *(said(name, cell) for name, cell in rows[:MOST_SAID])]
    if len(rows) > MOST_SAID:
        words.append("la suite est dans le tableau")
    return ", ".join(words)


def named(lines: Sequence[str], right: float, top: float) -> list[str]:
    first = top + PAD / 2 + 11
    return [write(text, right, first + LINE * k, "end") for k, text in enumerate(lines)]


def length(cell: CELL, scale: float) -> float:
    value = amount(cell)
    if value is None:
        return HIDDEN_WIDTH
    return max(value, 0) * scale


def bar(left: float, middle: float, cell: CELL, scale: float, hue: str) -> str:
    """The bar, and its number at the end."""
    width = length(cell, scale)
    look = f'fill="{hue}"'
    if amount(cell) is None:
        look = (
            f'fill="#fff" stroke="{NOTE}" stroke-width="1.2" stroke-dasharray="3 2.5"'
        )
    number = write(cell_text(cell), left + width + 6, middle + 4.5, bold=True)
    return (
        f'<rect x="{short(left)}" y="{short(middle - THICK / 2)}" '
        f'width="{short(width)}" height="{short(THICK)}" {look}/>{number}'
    )


def axis(left: float, height: float) -> str:
    return f'<path d="M{short(left)} 0V{short(height)}" stroke="{NOTE}" fill="none"/>'
