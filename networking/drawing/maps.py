"""Places as circles, their area proportional to a number or to the middle of a band,
on a plain ground.

No outline of a commune is drawn: none is kept here. North is up, one scale for both
directions, which is true over the size of a department.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

from django.utils.safestring import SafeString

from networking.drawing.shapes import GREEN, INK, open_svg, short
from networking.drawing.words import (
    CELL,
    SIZE,
    amount,
    cell_text,
    middle,
    said,
    width_of,
    write,
)
from networking.templatetags.french import NBSP

WIDTH, LEAST_HEIGHT, MOST_HEIGHT = 360.0, 200.0, 400.0
MARGIN, FOOT = 46.0, 34.0
KILOMETRES_PER_DEGREE = 111.2
# One place alone, or some close together, are not drawn larger than that.
LEAST_KILOMETRES = 4.0
LARGEST, SMALLEST, HIDDEN = 30.0, 3.0, 6.0
MOST_SAID = 12
GROUND, RING = "#f1f6f4", "#4f4a75"
# Between a circle and its name: close, then further with a line.
GAPS = (4.0, 14.0, 26.0, 40.0)
Box = tuple[float, float, float, float]
Place = tuple[float, float, str]


@dataclass(frozen=True)
class Spot:
    name: str
    latitude: float
    longitude: float
    cell: CELL


@dataclass(frozen=True)
class Circle:
    spot: Spot
    x: float
    y: float
    radius: float

    @property
    def box(self) -> Box:
        r = self.radius
        return self.x - r, self.y - r, self.x + r, self.y + r

    @property
    def number_fits(self) -> bool:
        """A number goes inside its circle; words never do."""
        if amount(self.spot.cell) is None:
            return False
        return width_of(cell_text(self.spot.cell)) + 4 <= self.radius * 1.8


def commune_map(spots: Sequence[Spot], title: str) -> SafeString:
    ordered = sorted(spots, key=lambda s: (-(middle(s.cell) or 0), s.name))
    words = [said(spot.name, spot.cell) for spot in ordered[:MOST_SAID]]
    if len(ordered) > MOST_SAID:
        words.append("la suite est dans le tableau")
    height, scale, circles = laid(ordered)
    parts = [open_svg(WIDTH, height, ", ".join([title, *words]))]
    parts.append(
        f'<rect width="{short(WIDTH)}" height="{short(height)}" fill="{GROUND}"/>'
    )
    parts += [drawn(circle) for circle in circles]
    parts += labels(circles, height)
    parts += foot(height, scale)
    return SafeString("".join(parts) + "</svg>")


def laid(spots: Sequence[Spot]) -> tuple[float, float, list[Circle]]:
    """The height, the units per kilometre, and the circles, the largest first."""
    if not spots:
        return LEAST_HEIGHT, 1.0, []
    latitude = (max(s.latitude for s in spots) + min(s.latitude for s in spots)) / 2
    east = KILOMETRES_PER_DEGREE * math.cos(math.radians(latitude))
    where = [(s.longitude * east, -s.latitude * KILOMETRES_PER_DEGREE) for s in spots]
    left, top = min(x for x, _ in where), min(y for _, y in where)
    wide, tall = max(x for x, _ in where) - left, max(y for _, y in where) - top
    scale = min(
        (WIDTH - 2 * MARGIN) / max(wide, LEAST_KILOMETRES),
        (MOST_HEIGHT - 2 * MARGIN - FOOT) / max(tall, LEAST_KILOMETRES),
    )
    height = max(LEAST_HEIGHT, tall * scale + 2 * MARGIN + FOOT)
    off_x = (WIDTH - wide * scale) / 2
    off_y = (height - FOOT - tall * scale) / 2
    places = [(off_x + (x - left) * scale, off_y + (y - top) * scale) for x, y in where]
    sizes = radii(spots, places)
    circles = [
        Circle(s, x, y, r) for s, (x, y), r in zip(spots, places, sizes, strict=True)
    ]
    return height, scale, circles


def radii(spots: Sequence[Spot], places: Sequence[tuple[float, float]]) -> list[float]:
    """Roots of the numbers, on a scale that keeps neighbours apart when it can."""
    roots = [math.sqrt(max(middle(s.cell) or 0, 0)) for s in spots]
    scale = LARGEST / max([*roots, 1])
    for (a, one), (b, other) in combinations(zip(roots, places, strict=True), 2):
        if a + b:
            apart = math.dist(one, other) / (a + b)
            scale = min(scale, max(apart, LARGEST / 2 / max([*roots, 1])))
    return [
        HIDDEN if middle(s.cell) is None else max(root * scale, SMALLEST)
        for s, root in zip(spots, roots, strict=True)
    ]


def drawn(circle: Circle) -> str:
    start = (
        f'<circle cx="{short(circle.x)}" cy="{short(circle.y)}" '
        f'r="{short(circle.radius)}"'
    )
    dashes = ' stroke-dasharray="3 2.5"'
    if middle(circle.spot.cell) is None:
        return f'{start} fill="#fff" stroke="{RING}" stroke-width="1.4"{dashes}/>'
    if amount(circle.spot.cell) is not None:
        dashes = ""
    return f'{start} fill="#d9ebe4" stroke="{GREEN}" stroke-width="1.6"{dashes}/>'


def labels(circles: Sequence[Circle], height: float) -> list[str]:
    """Each name in the first place around its circle that is free, further away with
    a line to it, or not at all: the table beside the map names them all."""
    taken = [circle.box for circle in circles]
    taken.append((0, height - FOOT, WIDTH, height))
    parts = []
    for circle in circles:
        if circle.number_fits:
            number = cell_text(circle.spot.cell)
            parts.append(write(number, circle.x, circle.y + 4.6, "middle", bold=True))
        parts += named(circle, taken, height)
    return parts


def named(circle: Circle, taken: list[Box], height: float) -> list[str]:
    """The name, with its number or words when they are not inside and fit."""
    name, cell = circle.spot.name, circle.spot.cell
    whole = f"{name}{NBSP}{cell_text(cell)}"
    texts = [name] if circle.number_fits or cell is None else [whole, name]
    for text, gap in product(texts, GAPS):
        found = free_place(circle, text, gap, taken, height)
        if not found:
            continue
        x, y, anchor = found
        taken.append(text_box(text, x, y, anchor))
        if gap == GAPS[0]:
            return [write(text, x, y, anchor)]
        taken.append(between(circle, x, y))
        return [tie(circle, x, y, anchor), write(text, x, y, anchor)]
    return []


def free_place(
    circle: Circle, text: str, gap: float, taken: Sequence[Box], height: float
) -> Place | None:
    for x, y, anchor in candidates(circle, gap):
        box = text_box(text, x, y, anchor)
        if inside(box, height) and not any(meets(box, other) for other in taken):
            return x, y, anchor
    return None


def candidates(circle: Circle, gap: float) -> list[Place]:
    x, y, r = circle.x, circle.y, circle.radius + gap
    slant = r * 0.75
    return [
        (x + r, y + 4.5, "start"),
        (x - r, y + 4.5, "end"),
        (x, y - r - 1, "middle"),
        (x, y + r + 10, "middle"),
        (x + slant, y - slant, "start"),
        (x - slant, y - slant, "end"),
        (x + slant, y + slant + 9, "start"),
        (x - slant, y + slant + 9, "end"),
    ]


def between(circle: Circle, x: float, y: float) -> Box:
    """Where the line to a name passes: no later name is written over it."""
    return (
        min(circle.x, x) - 1,
        min(circle.y, y) - 1,
        max(circle.x, x) + 1,
        max(circle.y, y) + 1,
    )


def tie(circle: Circle, x: float, y: float, anchor: str) -> str:
    """From the circle's edge to the near end of its name."""
    end_y = y - SIZE * 0.35
    if anchor == "middle":
        end_y = y + SIZE * 0.25 if y < circle.y else y - SIZE * 0.8
    across, down = x - circle.x, end_y - circle.y
    part = circle.radius / max(math.hypot(across, down), 1)
    return (
        f'<path d="M{short(circle.x + across * part)} '
        f'{short(circle.y + down * part)}L{short(x)} {short(end_y)}" '
        f'stroke="{RING}" stroke-width=".8" fill="none"/>'
    )


def text_box(text: str, x: float, y: float, anchor: str) -> Box:
    width = width_of(text)
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    return left, y - SIZE * 0.8, left + width, y + SIZE * 0.25


def inside(box: Box, height: float) -> bool:
    return box[0] >= 4 and box[1] >= 4 and box[2] <= WIDTH - 4 and box[3] <= height - 4


def meets(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def foot(height: float, scale: float) -> list[str]:
    """The scale bar, a round number of kilometres, and the north."""
    lengths = (1, 2, 5, 10, 20, 50, 100)
    kilometres = max([k for k in lengths if k * scale <= 110] or [1])
    y, end = height - 14, 14 + kilometres * scale
    bar = (
        f'<path d="M14 {short(y - 4)}v8M14 {short(y)}H{short(end)}M{short(end)} '
        f'{short(y - 4)}v8" stroke="{INK}" stroke-width="1.2" fill="none"/>'
    )
    tip = WIDTH - 20
    arrow = f'<path d="M{short(tip)} {short(y - 12)}l5 12l-5 -3l-5 3z" fill="{INK}"/>'
    return [
        bar,
        write(f"{kilometres}{NBSP}km", end + 8, y + 4.5),
        arrow,
        write("Nord", tip - 10, y + 2, "end"),
    ]
