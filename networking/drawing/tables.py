"""The laid table: half of it for the head of a page, or all of it with names."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString

from networking.drawing.shapes import (
    CENTRE,
    HUES,
    LAID,
    TEXT_FONT,
    TITLE_FONT,
    YELLOW,
    Seat,
    Spot,
    chair,
    cloth,
    open_svg,
    plate,
    short,
)

STATES: tuple[Seat, ...] = ("yes", "you", "maybe", "free")
MOST_HALF = 26
MOST_ROUND = 40
MOST_NAMES = 24
CALM_NAMES = 14
LONGEST_NAME = 10


@dataclass(frozen=True)
class Place:
    state: Seat
    label: str = ""


def shared(seats: Sequence[Seat], most: int) -> list[Seat]:
    """At most `most` seats: a larger table keeps its proportions, and "you"."""
    if len(seats) <= most:
        return list(seats)
    drawn = {state: seats.count(state) for state in STATES}
    room = most - drawn["you"]
    others = len(seats) - drawn["you"]
    exact = {s: drawn[s] * room / others for s in STATES if s != "you"}
    drawn.update({state: int(part) for state, part in exact.items()})
    by_remainder = sorted(exact, key=lambda s: drawn[s] - exact[s])
    for state in by_remainder[: most - sum(drawn.values())]:
        drawn[state] += 1
    return [state for state in STATES for _ in range(drawn[state])]


def half_table(
    seats: Sequence[Seat], label: str, element_id: str = "nappe"
) -> SafeString:
    """The far half of the table, for the head of a page; no names."""
    x, y, table = 195.0, 196.0, 138.0
    shown = shared(seats, MOST_HALF)
    step = math.pi / max(len(shown), 1)
    radius = min(13.5, (table - 25) * step * 0.5)
    spots = [
        Spot(math.pi + step * (i + 0.5), HUES[i % len(HUES)], radius, state)
        for i, state in enumerate(shown)
    ]
    parts = [open_svg(390, 196, label, ' preserveAspectRatio="xMidYMin slice"')]
    for spot in spots:
        reach = table + (13 if spot.state in LAID else 19)
        scale = min(1, table * step / 31)
        parts.append(chair(spot, spot.at(x, y, reach), scale))
    parts.append(cloth(element_id, x, y, table))
    parts.extend(plate(spot, spot.at(x, y, table - 25)) for spot in spots)
    parts.extend(you_label(spot, x, y, table + 34) for spot in spots)
    parts.append(f'<g transform="translate(195 162) scale(.92)">{CENTRE}</g></svg>')
    return SafeString("".join(parts))


def you_label(spot: Spot, x: float, y: float, reach: float) -> str:
    if spot.state != "you":
        return ""
    left = x + reach * math.cos(spot.angle)
    # Near the edge of the cloth the word would fall under the picture.
    top = min(y + reach * math.sin(spot.angle), y - 6)
    return (
        f'<text x="{short(left)}" y="{short(top)}" text-anchor="middle" '
        f'font-family="{TITLE_FONT}" font-weight="700" font-size="17" '
        f'fill="{YELLOW}">vous</text>'
    )


def round_table(
    places: Sequence[Place], label: str, element_id: str = "table"
) -> SafeString:
    """The whole table; names up to 24 seats, plates shared out above 40."""
    x, y, table = 340.0, 283.0, 206.0
    states = shared([place.state for place in places], MOST_ROUND)
    step = 2 * math.pi / max(len(states), 1)
    radius = min(24.0, (table - 42) * step * 0.42)
    spots = [
        Spot(step * i - math.pi / 2, HUES[i % len(HUES)], radius, state)
        for i, state in enumerate(states)
    ]
    crowded = ' class="serre"' if len(places) > CALM_NAMES else ""
    parts = [open_svg(680, 566, label, crowded)]
    for spot in spots:
        reach = table + (17 if spot.state in LAID else 25)
        scale = min(1.5, table * step / 31)
        parts.append(chair(spot, spot.at(x, y, reach), scale))
    parts.append(cloth(element_id, x, y, table))
    parts.extend(plate(spot, spot.at(x, y, table - 42)) for spot in spots)
    if len(places) <= MOST_NAMES:
        parts.extend(names(places, x, y, table))
    parts.append(f'<g transform="translate(340 283) scale(1.45)">{CENTRE}</g></svg>')
    return SafeString("".join(parts))


def names(places: Sequence[Place], x: float, y: float, table: float) -> list[str]:
    drawn = []
    for i, place in enumerate(places):
        angle = 2 * math.pi * i / len(places) - math.pi / 2
        reach = table + (40 if place.state in LAID else 48)
        # Above and below a full table, neighbours take turns on two lines.
        if len(places) > CALM_NAMES and i % 2 and abs(math.sin(angle)) > 0.8:
            reach += 22
        if place.label:
            drawn.append(name_at(place, angle, x, y, reach))
    return drawn


def name_at(place: Place, angle: float, x: float, y: float, reach: float) -> str:
    cos, sin = math.cos(angle), math.sin(angle)
    anchor = "middle" if abs(cos) < 0.3 else "start" if cos > 0 else "end"
    face = 'font-weight="700"' if place.state in LAID else 'font-style="italic"'
    return (
        f'<text x="{short(x + (reach - 8) * cos)}" '
        f'y="{short(y + reach * sin + 6 + 8 * sin)}" text-anchor="{anchor}" '
        f'font-family="{TEXT_FONT}" font-size="19" fill="#fff" {face}>'
        f"{escape(trimmed(place.label))}</text>"
    )


def trimmed(name: str) -> str:
    """« Marie-Christine » → « Marie-C. », « Constantinople » → « Constanti… »."""
    if len(name) <= LONGEST_NAME:
        return name
    first, hyphen, second = name.partition("-")
    if hyphen and second and len(first) <= LONGEST_NAME - 3:
        return f"{first}-{second[0]}."
    return f"{name[: LONGEST_NAME - 1]}…"
