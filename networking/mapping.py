"""The schematic map of the directory: communes as points, numbered pins, one ring.

It repeats the list beside it and gives nothing more. No outline of a commune is
drawn: none is free of doubt offline.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from networking.templatetags.french import NBSP, number, plural
from venues.distance import KM_PER_DEGREE, Point
from venues.models import Commune

WIDTH, HEIGHT = 540, 500
RING = 205
LONGEST_NAME = 20
PIN_STEPS = ((0, 0), (34, 4), (-34, 4), (0, -36), (34, -32), (-34, -32), (0, 38))
LETTER = 8.2

BACKGROUND = SafeString(
    f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#dcebd3"/>'
    '<path d="M0 80C120 20 250 60 330 10L540 0V150C430 190 360 120 250 150S60 190 0'
    ' 160zM0 500V380C100 330 190 420 300 400S460 340 540 380V500z" fill="#e6f0dc"/>'
)
DEFINITIONS = SafeString(
    '<defs><path id="ep" d="M0 0c-7-9-17-15-17-27a17 17 0 0 1 34 0c0 12-10 18-17 27z"'
    ' fill="#ffc845" stroke="#241f4b" stroke-width="2.5"/></defs>'
)


@dataclass(frozen=True)
class Pin:
    """Somebody of the list: the number beside the card, and where they work."""

    number: int
    label: str
    commune: Commune


@dataclass(frozen=True)
class Spot:
    """A commune on the drawing, with the pins that share its point."""

    x: float
    y: float
    name: str
    pins: tuple[Pin, ...]

    @property
    def text(self) -> str:
        first, last = self.pins[0].number, self.pins[-1].number
        return str(first) if first == last else f"{first}–{last}"

    @property
    def label(self) -> str:
        if len(self.pins) == 1:
            return f"{self.pins[0].number}\u202f: {self.pins[0].label}"
        return f"{self.name}\u202f: {plural(len(self.pins), 'personne')}"


def draw(centre: Commune, pins: Sequence[Pin], radius_km: int) -> SafeString:
    """SVG of at most 6 KB for a page of 30 people; "" when the centre has no point.
    Pins of communes without a known point stay in the list only."""
    if centre.point is None:
        return SafeString("")
    spots = _spots(centre, centre.point, pins, RING / radius_km)
    near = f"autour de {centre.name}"
    title = (
        f"Carte schématique\u202f: {plural(len(pins), 'personne')} {near}."
        " La liste donne les mêmes informations."
    )
    return format_html(
        '<svg viewBox="0 0 {} {}" role="group" aria-labelledby="carte-titre">'
        '<title id="carte-titre">{}</title>{}{}{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        title,
        DEFINITIONS,
        BACKGROUND,
        _ring(radius_km),
        _names(spots, centre.name),
        _pins(spots),
    )


def _spots(
    centre: Commune, point: Point, pins: Sequence[Pin], scale: float
) -> list[Spot]:
    by_commune: dict[str, list[Pin]] = {}
    for pin in pins:
        by_commune.setdefault(pin.commune.code, []).append(pin)
    spots: list[Spot] = []
    for group in by_commune.values():
        there = group[0].commune.point
        if group[0].commune.code == centre.code:
            there = point
        if there is None:
            continue
        x = (there.longitude - point.longitude) * cos(radians(point.latitude))
        y = point.latitude - there.latitude
        factor = KM_PER_DEGREE * scale
        x, y = WIDTH / 2 + x * factor, HEIGHT / 2 + y * factor
        spots.append(Spot(x, y, group[0].commune.name, tuple(group)))
    return spots


def _ring(radius_km: int) -> SafeString:
    return format_html(
        '<circle cx="{x}" cy="{y}" r="{r}" fill="#fff3d1" fill-opacity=".75"'
        ' stroke="#0b5d4a" stroke-width="2.5" stroke-dasharray="2 7"'
        ' stroke-linecap="round"/><circle cx="{x}" cy="{y}" r="5" fill="#0b5d4a"/>'
        '<text x="{x}" y="{below}" text-anchor="middle" font-size="16"'
        ' font-family="Atkinson,Verdana,sans-serif" font-weight="700"'
        ' fill="#0b5d4a">{km}</text>',
        x=WIDTH // 2,
        y=HEIGHT // 2,
        r=RING,
        below=HEIGHT // 2 + RING + 24,
        km=f"{number(radius_km)}{NBSP}km",
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _names(spots: Sequence[Spot], centre: str) -> SafeString:
    """A name that would cover another one is left out: the list has it."""
    places = {_short(centre): (WIDTH / 2, HEIGHT / 2)}
    places |= {_short(spot.name): (spot.x, spot.y) for spot in spots}
    boxes: list[tuple[float, float, float]] = []
    kept: list[tuple[int, int, str]] = []
    for name, (x, y) in places.items():
        half = len(name) * LETTER / 2
        x = min(max(x, half + 4), WIDTH - half - 4)
        if all(abs(x - bx) > half + bh or abs(y - by) > 18 for bx, by, bh in boxes):
            boxes.append((x, y, half))
            kept.append((round(x), round(y) + 20, name))
    return format_html(
        '<g font-size="16" text-anchor="middle" fill="#4f4a75" font-weight="700"'
        ' font-family="Atkinson,Verdana,sans-serif">{}</g>',
        format_html_join("", '<text x="{}" y="{}">{}</text>', kept),
    )


def _pins(spots: Sequence[Spot]) -> SafeString:
    taken: list[tuple[float, float]] = []
    drawn = []
    for spot in spots:
        x, y = _free_place(spot, taken)
        taken.append((x, y))
        size = 17 if len(spot.text) < 3 else 12 if len(spot.text) < 5 else 10.5
        place = (round(x), round(y), round(x), round(y) - 21)
        name = f"{spot.text}, {spot.label}"
        drawn.append((spot.pins[0].number, name, *place, size, spot.text))
    return format_html(
        '<g text-anchor="middle" font-weight="700" fill="#241f4b"'
        ' font-family="Bricolage,sans-serif">{}</g>',
        format_html_join(
            "",
            '<a href="#p{}" aria-label="{}"><use href="#ep" x="{}" y="{}"/>'
            '<text x="{}" y="{}" font-size="{}">{}</text></a>',
            drawn,
        ),
    )


Place = tuple[float, float]


def _free_place(spot: Spot, taken: Sequence[Place]) -> Place:
    """The point itself, or beside it when another pin stands there."""
    for right, down in PIN_STEPS:
        x, y = spot.x + right, spot.y + down
        if all(abs(x - a) > 30 or abs(y - b) > 32 for a, b in taken):
            return x, y
    return spot.x, spot.y
