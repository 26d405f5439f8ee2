"""Meals one after the other, a column each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import escape
from django.utils.safestring import SafeString

from networking.drawing.shapes import (
    GREEN,
    INK,
    TEXT_FONT,
    TITLE_FONT,
    open_svg,
    short,
)
from networking.templatetags.french import MONTHS, NARROW, month_year

WIDTH, TALLEST, TOP, FOOT = 400.0, 150.0, 34.0, 50.0
WIDEST, SHORTEST = 52.0, 8.0
SHORT_MONTHS = (
    *("janv.", "févr.", "mars", "avril", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)


@dataclass(frozen=True)
class Point:
    """`words` is what may be told; without an exact number, `value` is the most that
    they allow. `more` goes to the table beside the drawing."""

    day: date
    value: int
    words: str
    is_exact: bool
    more: tuple[str, ...] = ()


def trend(points: Sequence[Point]) -> SafeString:
    """The oldest at the left. A column with a dashed edge is a range: it is not full,
    for black and white paper too."""
    said = [f"{month_year(one.day)}{NARROW}: {one.words}" for one in points]
    height = TOP + TALLEST + FOOT
    parts = [open_svg(WIDTH, height, ", ".join(said), ' class="suite"')]
    step = WIDTH / max(len(points), 1)
    highest = max((one.value for one in points), default=0) or 1
    for number, one in enumerate(points):
        middle = step * (number + 0.5)
        tall = max(SHORTEST, TALLEST * one.value / highest)
        parts.append(_column(one, middle, tall, min(WIDEST, step * 0.62)))
        parts.append(_words(one, middle, TOP + TALLEST - tall - 10, step))
        same = number and points[number - 1].day.year == one.day.year
        parts.append(_day(one.day, middle, with_year=not same))
    parts.append(_floor())
    return SafeString("".join(parts) + "</svg>")


def _column(one: Point, middle: float, tall: float, wide: float) -> str:
    look = f'fill="{GREEN}"'
    if not one.is_exact:
        look = f'fill="#fff" stroke="{GREEN}" stroke-width="2.5" stroke-dasharray="6 4"'
    left, top = middle - wide / 2, TOP + TALLEST - tall
    return (
        f'<rect x="{short(left)}" y="{short(top)}" width="{short(wide)}" '
        f'height="{short(tall)}" rx="5" {look}/>'
    )


def _words(one: Point, x: float, y: float, step: float) -> str:
    size = 20 if len(one.words) < 4 else min(17.0, max(11.0, step / 3.6))
    return _text(one.words, x, y, size, f'font-family="{TITLE_FONT}" font-weight="700"')


def _day(day: date, x: float, *, with_year: bool) -> str:
    face, floor = f'font-family="{TEXT_FONT}"', TOP + TALLEST
    month = SHORT_MONTHS[day.month - 1] if len(MONTHS[day.month - 1]) > 5 else ""
    line = _text(month or MONTHS[day.month - 1], x, floor + 24, 16, face)
    return line + _text(str(day.year), x, floor + 46, 16, face) if with_year else line


def _text(text: str, x: float, y: float, size: float, face: str) -> str:
    return (
        f'<text x="{short(x)}" y="{short(y)}" text-anchor="middle" '
        f'font-size="{short(size)}" fill="{INK}" {face}>{escape(text)}</text>'
    )


def _floor() -> str:
    return (
        f'<path d="M0 {short(TOP + TALLEST)}H{short(WIDTH)}" stroke="{INK}" '
        'stroke-width="2"/>'
    )
