"""Places as circles, their area proportional to a number or to the middle of a band,
on a plain ground with the names of communes around.

No outline of a commune is drawn: none is kept here.
"""

import math
from collections.abc import Sequence
from itertools import product

from django.utils.safestring import SafeString

from networking.drawing.ground import (
    FOOT,
    WIDTH,
    Box,
    Circle,
    Frame,
    Landmark,
    Spot,
    laid,
)
from networking.drawing.shapes import GREEN, INK, open_svg, short
from networking.drawing.words import (
    SIZE,
    amount,
    cell_text,
    middle,
    said,
    width_of,
    write,
)
from networking.templatetags.french import NBSP

MOST_SAID, MOST_LANDMARKS = 12, 12
DOT = 1.8
GROUND, RING = "#f1f6f4", "#4f4a75"
# Between a circle and its name: close, then further with a line.
GAPS = (4.0, 14.0, 26.0, 40.0)
Place = tuple[float, float, str]


def commune_map(
    spots: Sequence[Spot], title: str, landmarks: Sequence[Landmark] = ()
) -> SafeString:
    """`landmarks`, the most useful first, are drawn where there is room."""
    ordered = sorted(spots, key=lambda s: (-(middle(s.cell) or 0), s.name))
    words = [said(spot.name, spot.cell) for spot in ordered[:MOST_SAID]]
    if len(ordered) > MOST_SAID:
        words.append("la suite est dans le tableau")
    frame, circles = laid(ordered)
    height = frame.height
    parts = [open_svg(WIDTH, height, ", ".join([title, *words]))]
    parts.append(
        f'<rect width="{short(WIDTH)}" height="{short(height)}" fill="{GROUND}"/>'
    )
    parts += [drawn(circle) for circle in circles]
    taken = occupied(circles, height)
    parts += labels(circles, taken, height)
    dots = around(landmarks, frame, taken) if circles else []
    parts += dots
    parts += foot(height, frame.scale)
    if dots:
        parts += legend(height)
    return SafeString("".join(parts) + "</svg>")


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


def occupied(circles: Sequence[Circle], height: float) -> list[Box]:
    return [*(circle.box for circle in circles), (0, height - FOOT, WIDTH, height)]


def labels(circles: Sequence[Circle], taken: list[Box], height: float) -> list[str]:
    """Each name in the first place around its circle that is free, further away with
    a line to it, or not at all: the table beside the map names them all. What they
    cover is added to `taken`."""
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


def around(landmarks: Sequence[Landmark], frame: Frame, taken: list[Box]) -> list[str]:
    """Grey dots with their names, where nothing else is written."""
    parts: list[str] = []
    for one in landmarks:
        x, y = frame.place(one)
        dot = Circle(Spot(one.name, one.latitude, one.longitude, None), x, y, DOT)
        is_free = inside(dot.box, frame.height) and not covered(dot.box, taken)
        found = free_place(dot, one.name, GAPS[0], [*taken, dot.box], frame.height)
        if not is_free or not found:
            continue
        taken += [dot.box, text_box(one.name, *found)]
        parts += [dotted(x, y), write(one.name, *found, ink=RING)]
        if len(parts) == 2 * MOST_LANDMARKS:
            break
    return parts


def dotted(x: float, y: float) -> str:
    return f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(DOT)}" fill="{RING}"/>'


def free_place(
    circle: Circle, text: str, gap: float, taken: Sequence[Box], height: float
) -> Place | None:
    others = [box for box in taken if not meets(box, circle.box)]
    for x, y, anchor in candidates(circle, gap):
        box = text_box(text, x, y, anchor)
        is_tied_over = gap > GAPS[0] and covered(between(circle, x, y), others)
        if inside(box, height) and not covered(box, taken) and not is_tied_over:
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


def covered(box: Box, taken: Sequence[Box]) -> bool:
    return any(meets(box, other) for other in taken)


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


def legend(height: float) -> list[str]:
    x, y = WIDTH / 2 - 10, height - 14
    return [dotted(x, y), write("autre commune", x + 8, y + 4.5, ink=RING)]
