"""One to three lines over time, each named at its end; a gap where nothing is told."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from networking.drawing.shapes import GREEN, INK, open_svg, short
from networking.drawing.words import (
    CELL,
    amount,
    cell_text,
    in_lines,
    said,
    width_of,
    write,
)

WIDTH, HEIGHT = 360.0, 220.0
TOP, BOTTOM, LEFT, NAMES = 12.0, 30.0, 8.0, 96.0
LINE, BETWEEN = 15.0, 4.0
MOST_LINES, MOST_SAID = 3, 12
RULE = "#c9c5dd"


@dataclass(frozen=True)
class Ink:
    """Each line differs in hue, in grey and in dashes."""

    hue: str
    dashes: str
    radius: float


INKS = (Ink(GREEN, "", 3.2), Ink("#b92b16", "7 3", 3.2), Ink(INK, "2 3", 3.2))
Point = tuple[float, float]


@dataclass(frozen=True)
class Frame:
    """Where a period and a value fall."""

    periods: int
    top: float
    left: float
    right: float

    def x(self, index: int) -> float:
        step = (self.right - self.left) / max(self.periods - 1, 1)
        return self.left + step * index if self.periods > 1 else self.right

    def y(self, value: float) -> float:
        floor = HEIGHT - BOTTOM
        return floor - (floor - TOP) * value / self.top


def trend_chart(
    periods: Sequence[str],
    series: Sequence[tuple[str, Sequence[CELL]]],
    title: str,
) -> SafeString:
    """`series`: a name, then a cell for each period. Starts at zero."""
    shown = series[:MOST_LINES]
    numbers = [n for _, cells in shown for c in cells if (n := amount(c)) is not None]
    top = ceiling(max([*numbers, 1]))
    scale = max(width_of(cell_text(value)) for value in (0, top / 2, top))
    frame = Frame(len(periods), top, LEFT + scale + 8, WIDTH - NAMES - 8)
    parts = [open_svg(WIDTH, HEIGHT, spoken(periods, shown, title))]
    parts += rules(frame)
    parts += under(frame, periods)
    for ink, (_, cells) in zip(INKS, shown, strict=False):
        parts += line(frame, cells, ink)
    parts += ends(frame, shown)
    return SafeString("".join(parts) + "</svg>")


def spoken(
    periods: Sequence[str], series: Sequence[tuple[str, Sequence[CELL]]], title: str
) -> str:
    words = [title]
    for name, cells in series:
        pairs = [said(p, c) for p, c in zip(periods, cells, strict=True)]
        if len(pairs) > MOST_SAID:
            pairs = [pairs[0], pairs[-1], "le détail est dans le tableau"]
        words.append(f"{name}, {', '.join(pairs)}")
    return ". ".join(words)


def ceiling(value: float) -> float:
    """The next round number: 1, 2, 4, 5, 6, 8 or 10 times a power of ten, and even so
    that its half is whole."""
    power = 10 ** math.floor(math.log10(value))
    step = next(s for s in (1, 2, 4, 5, 6, 8, 10) if s * power >= value)
    top = step * power
    return top + 1 if top < 10 and top % 2 else float(top)


def rules(frame: Frame) -> list[str]:
    parts = []
    for value in (0, frame.top / 2, frame.top):
        y = frame.y(value)
        hue = INK if value == 0 else RULE
        parts.append(
            f'<path d="M{short(frame.left)} {short(y)}H{short(frame.right)}" '
            f'stroke="{hue}" stroke-width=".8" fill="none"/>'
        )
        parts.append(write(cell_text(value), frame.left - 8, y + 4.5, "end"))
    return parts


def under(frame: Frame, periods: Sequence[str]) -> list[str]:
    """As many periods as fit under the line, the first and the last among them."""
    if not periods:
        return []
    last = len(periods) - 1
    widest = max(map(width_of, periods)) + 10
    room = max(frame.right - frame.left, 1)
    fit = max(int(room // widest), 1)
    step = max(math.ceil(last / fit), 1) if last else 1
    chosen = [i for i in range(0, last + 1, step) if last - i >= step or i == last]
    if last not in chosen:
        chosen.append(last)
    y = HEIGHT - BOTTOM + 19
    parts = []
    for i in chosen:
        anchor = "start" if i == 0 and last else "middle"
        parts.append(write(periods[i], frame.x(i), y, anchor))
    return parts


def runs(frame: Frame, cells: Sequence[CELL]) -> list[list[Point]]:
    """The points of a line, cut where a number is not published."""
    pieces: list[list[Point]] = [[]]
    for i, cell in enumerate(cells):
        value = amount(cell)
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((frame.x(i), frame.y(value)))
    return [piece for piece in pieces if piece]


def line(frame: Frame, cells: Sequence[CELL], ink: Ink) -> list[str]:
    dashes = f' stroke-dasharray="{ink.dashes}"' if ink.dashes else ""
    parts = []
    for piece in runs(frame, cells):
        path = "L".join(f"{short(x)} {short(y)}" for x, y in piece)
        if len(piece) > 1:
            parts.append(
                f'<path d="M{path}" fill="none" stroke="{ink.hue}" '
                f'stroke-width="2.2" stroke-linejoin="round"{dashes}/>'
            )
        parts += [
            f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(ink.radius)}" '
            f'fill="{ink.hue}" stroke="#fff"/>'
            for x, y in piece
        ]
    return parts


def ends(frame: Frame, series: Sequence[tuple[str, Sequence[CELL]]]) -> list[str]:
    """Names at the lines' ends, moved apart when lines end close together."""
    wanted = []
    for rank, (name, cells) in enumerate(series):
        last = cells[-1] if cells else None
        pieces = runs(frame, cells)
        y = pieces[-1][-1][1] if pieces else frame.y(0)
        words = in_lines(name, NAMES - 12, most=3)
        wanted.append((y, rank, [cell_text(last), *words]))
    wanted.sort(key=lambda each: each[:2])
    parts, free = [], 0.0
    below = [LINE * len(lines) + BETWEEN for _, _, lines in wanted]
    for k, (y, rank, lines) in enumerate(wanted):
        highest = HEIGHT - sum(below[k:])
        top = max(min(y - LINE / 2, highest), free)
        free = top + below[k]
        parts += named(frame.right + 12, top, lines, INKS[rank])
    return parts


def named(x: float, top: float, lines: Sequence[str], ink: Ink) -> list[str]:
    number, *words = lines
    dashes = f' stroke-dasharray="{ink.dashes}"' if ink.dashes else ""
    sample = (
        f'<path d="M{short(x)} {short(top + 8)}h16" stroke="{ink.hue}" '
        f'stroke-width="2.4" fill="none"{dashes}/>'
    )
    first = write(number, x + 21, top + 12, bold=True)
    rest = [write(w, x, top + 12 + LINE * k) for k, w in enumerate(words, start=1)]
    return [sample, first, *rest]
