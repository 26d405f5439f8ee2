"""The ground of a map: where its places fall, and how large their circles are.

North is up, one scale for both directions, which is true over the size of a
department.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from networking.drawing.words import CELL, amount, cell_text, middle, width_of

WIDTH, LEAST_HEIGHT, MOST_HEIGHT = 360.0, 200.0, 400.0
MARGIN, FOOT = 46.0, 34.0
KILOMETRES_PER_DEGREE = 111.2
# One place alone, or some close together, are not drawn larger than that.
LEAST_KILOMETRES = 4.0
# Beyond the outermost places, so that the communes next to them are on the map.
KILOMETRES_AROUND = 2.6
LARGEST, SMALLEST, HIDDEN = 30.0, 3.0, 6.0
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Spot:
    name: str
    latitude: float
    longitude: float
    cell: CELL


@dataclass(frozen=True)
class Landmark:
    """A commune that helps to find one's way."""

    name: str
    latitude: float
    longitude: float


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


@dataclass(frozen=True)
class Frame:
    """`scale` in units a kilometre; the point of no degrees falls at `left`, `top`."""

    height: float
    scale: float
    east: float
    left: float
    top: float

    def place(self, at: Spot | Landmark) -> tuple[float, float]:
        x, y = kilometres(at, self.east)
        return self.left + x * self.scale, self.top + y * self.scale


def kilometres(at: Spot | Landmark, east: float) -> tuple[float, float]:
    """Towards the east and the south; `east` in kilometres a degree."""
    return at.longitude * east, -at.latitude * KILOMETRES_PER_DEGREE


def laid(spots: Sequence[Spot]) -> tuple[Frame, list[Circle]]:
    """The frame, and the circles, the largest first."""
    if not spots:
        return Frame(LEAST_HEIGHT, 1.0, KILOMETRES_PER_DEGREE, 0, 0), []
    latitude = (max(s.latitude for s in spots) + min(s.latitude for s in spots)) / 2
    east = KILOMETRES_PER_DEGREE * math.cos(math.radians(latitude))
    where = [kilometres(spot, east) for spot in spots]
    left, top = min(x for x, _ in where), min(y for _, y in where)
    wide, tall = max(x for x, _ in where) - left, max(y for _, y in where) - top
    scale = min(
        scale_for(wide, WIDTH),
        scale_for(tall, MOST_HEIGHT - FOOT),
    )
    margin = max(MARGIN, KILOMETRES_AROUND * scale)
    height = max(LEAST_HEIGHT, tall * scale + 2 * margin + FOOT)
    off_x = (WIDTH - wide * scale) / 2 - left * scale
    off_y = (height - FOOT - tall * scale) / 2 - top * scale
    frame = Frame(height, scale, east, off_x, off_y)
    places = [frame.place(spot) for spot in spots]
    sizes = radii(spots, places)
    circles = [
        Circle(s, x, y, r) for s, (x, y), r in zip(spots, places, sizes, strict=True)
    ]
    return frame, circles


def scale_for(kilometres: float, room: float) -> float:
    wide = max(kilometres, LEAST_KILOMETRES)
    return min((room - 2 * MARGIN) / wide, room / (wide + 2 * KILOMETRES_AROUND))


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
