"""The web of a circle: plates round a cloth, and a line for each two who keep in touch.
A round table has no head, and the order only keeps lines from crossing."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from django.utils.html import escape
from django.utils.safestring import SafeString

from networking.drawing.rounds import seated
from networking.drawing.shapes import (
    GREEN,
    HUES,
    INK,
    PALE,
    TEXT_FONT,
    YELLOW,
    open_svg,
    short,
)
from networking.drawing.tables import trimmed

SIDE, CLOTH, PLATES = 680.0, 200.0, 177.0
WIDER, WIDE_CLOTH = 306.0, 330.0
SMALL_SIDE, SMALL_CLOTH, SMALL_PLATES = 200.0, 96.0, 82.0
# Names lie flat beside few plates, turn outwards around more, and then leave.
MOST_FLAT, MOST_NAMES = 14, 44
LONGEST_LINE = 12
TAUT = 0.42
# Above, lines are drawn finer.
MANY = 60


@dataclass(frozen=True)
class Tie:
    """Between the people of these two numbers; `weight` of a line from 1 on."""

    one: int
    two: int
    is_new: bool = False
    weight: int = 1


@dataclass(frozen=True)
class Spot:
    x: float
    y: float
    angle: float
    hue: str


def seats_of(count: int, ties: Sequence[Tie]) -> list[int]:
    """The order that all pictures of one web share."""
    return seated(count, [(tie.one, tie.two) for tie in ties])


def spots(order: Sequence[int], side: float, reach: float) -> list[Spot]:
    """Where each of the people is, by their number."""
    count = len(order)
    found: list[Spot] = [Spot(0, 0, 0, INK)] * count
    for k, person in enumerate(order):
        angle = 2 * math.pi * k / max(count, 1) - math.pi / 2
        x = side / 2 + reach * math.cos(angle)
        y = side / 2 + reach * math.sin(angle)
        found[person] = Spot(x, y, angle, HUES[k % len(HUES)])
    return found


def web(
    names: Sequence[str],
    ties: Sequence[Tie],
    order: Sequence[int],
    label: str,
    margin: float = 0,
) -> SafeString:
    """`names` by number, "" for whoever stays without a name. A new tie is thick, so
    that it shows in black and white. `margin` is for names longer than first names."""
    reach, rim = (PLATES, CLOTH) if len(names) <= MOST_NAMES else (WIDER, WIDE_CLOTH)
    people = spots(order, SIDE, reach)
    radius = min(19.0, reach * math.pi / max(len(names), 1) * 0.78)
    parts = [open_svg(SIDE + 2 * margin, SIDE, label)]
    parts.append(f'<g transform="translate({short(margin)} 0)">')
    parts.append(cloth(SIDE / 2, rim))
    old_first = sorted(ties, key=lambda tie: tie.is_new)
    scale = fineness(ties)
    parts.extend(line(tie, people, SIDE / 2, scale) for tie in old_first)
    for spot, name in zip(people, names, strict=True):
        parts.append(plate(spot, radius, named=bool(name)))
    if len(names) <= MOST_NAMES:
        flat = len(names) <= MOST_FLAT
        for spot, name in zip(people, names, strict=True):
            kept = name if flat and margin else trimmed(name)
            parts.append(name_beside(spot, kept, flat=flat) if name else "")
    return SafeString("".join(parts) + "</g></svg>")


def small_web(ties: Sequence[Tie], order: Sequence[int], label: str) -> SafeString:
    """The same people at the same places, with the ties that there were then."""
    people = spots(order, SMALL_SIDE, SMALL_PLATES)
    linked = {end for tie in ties for end in (tie.one, tie.two)}
    radius = min(7.0, SMALL_PLATES * math.pi / max(len(order), 1) * 0.7)
    parts = [open_svg(SMALL_SIDE, SMALL_SIDE, label)]
    parts.append(cloth(SMALL_SIDE / 2, SMALL_CLOTH))
    scale = 0.6 * fineness(ties)
    parts.extend(line(tie, people, SMALL_SIDE / 2, scale) for tie in ties)
    for number, spot in enumerate(people):
        parts.append(plate(spot, radius, named=number in linked))
    return SafeString("".join(parts) + "</svg>")


def fineness(ties: Sequence[Tie]) -> float:
    return min(1.0, math.sqrt(MANY / max(len(ties), 1)))


def cloth(middle: float, radius: float) -> str:
    at = f'cx="{short(middle)}" cy="{short(middle)}"'
    return (
        f'<circle {at} r="{short(radius)}" fill="{PALE}"/>'
        f'<circle {at} r="{short(radius - 3)}" fill="none" stroke="{YELLOW}" '
        'stroke-width="2.5"/>'
    )


def line(tie: Tie, people: Sequence[Spot], middle: float, scale: float) -> str:
    """Bent towards the middle, so that neighbours' lines leave the rim."""
    one, two = people[tie.one], people[tie.two]
    x = middle + ((one.x + two.x) / 2 - middle) * TAUT
    y = middle + ((one.y + two.y) / 2 - middle) * TAUT
    hue = INK if tie.is_new else GREEN
    width = (5 if tie.is_new else 2) * scale + (min(tie.weight, 6) - 1) * 1.6 * scale
    return (
        f'<path d="M{short(one.x)} {short(one.y)}Q{short(x)} {short(y)} '
        f'{short(two.x)} {short(two.y)}" fill="none" stroke="{hue}" '
        f'stroke-width="{short(width)}" stroke-linecap="round"/>'
    )


def plate(spot: Spot, radius: float, *, named: bool) -> str:
    """Without a name it is dashed, as a plate that nobody has taken yet."""
    at = f'<circle cx="{short(spot.x)}" cy="{short(spot.y)}" r="{short(radius)}"'
    if not named:
        return (
            f'{at} fill="#fff" stroke="{INK}" stroke-opacity=".8" '
            f'stroke-width="{short(max(1.2, radius * 0.1))}" '
            f'stroke-dasharray="{short(radius * 0.3)} {short(radius * 0.24)}"/>'
        )
    inner = short(radius * 0.5)
    return (
        f'{at} fill="#fff" stroke="{INK}" stroke-width="{short(radius * 0.09)}"/>'
        f'<circle cx="{short(spot.x)}" cy="{short(spot.y)}" r="{inner}" '
        f'fill="{spot.hue}"/>'
    )


def name_beside(spot: Spot, name: str, *, flat: bool) -> str:
    cos, sin = math.cos(spot.angle), math.sin(spot.angle)
    reach = CLOTH + 12
    x, y = SIDE / 2 + reach * cos, SIDE / 2 + reach * sin
    to_right = cos > -1e-9
    anchor = "start" if to_right else "end"
    if flat and abs(cos) < 0.3:
        anchor = "middle"
    turn = math.degrees(spot.angle) + (0 if to_right else 180)
    face = f'text-anchor="{anchor}" font-family="{TEXT_FONT}" font-size="26"'
    if not flat:
        place = f"translate({short(x)} {short(y)}) rotate({short(turn)})"
        return (
            f'<text transform="{place}" y="8" {face} fill="{INK}">{escape(name)}</text>'
        )
    # Above the table the last line ends there, below it the first begins there.
    said = wrap(name, LONGEST_LINE, break_long_words=False)[:2]
    top = y + 8 + 9 * sin - 28 * (len(said) - 1) * (1 - sin) / 2
    return "".join(
        f'<text x="{short(x)}" y="{short(top + 28 * k)}" {face} fill="{INK}">'
        f"{escape(one)}</text>"
        for k, one in enumerate(said)
    )
