"""Chairs, plates and cloth: the pieces every drawing is made of."""

import math
from dataclasses import dataclass
from typing import Literal

from django.utils.html import escape

Seat = Literal["yes", "you", "maybe", "free"]
LAID: tuple[Seat, ...] = ("yes", "you")

INK, GREEN, PALE, YELLOW = "#241f4b", "#0b5d4a", "#fff3d1", "#ffc845"
HUES = ("#d9472f", "#f2a900", "#8cc27a", "#7b70e0", "#4a9be0", "#e8853a")
# WeasyPrint ignores unicode-range: there, the digits have a family of their own.
TEXT_FONT = "Chiffres,Atkinson,Verdana,sans-serif"
TITLE_FONT = "Bricolage,sans-serif"
CHECK = 26

CENTRE = (
    '<circle cx="-34" cy="-6" r="25" fill="#fff"/>'
    '<circle cx="-34" cy="-6" r="19" fill="#7fb069"/>'
    '<g fill="#0b5d4a"><circle cx="-40" cy="-12" r="5"/>'
    '<circle cx="-28" cy="-10" r="6"/><circle cx="-36" cy="2" r="6"/></g>'
    '<g fill="#b92b16"><circle cx="-31" cy="-3" r="4"/>'
    '<circle cx="-43" cy="-2" r="3.5"/><circle cx="-33" cy="-17" r="3"/></g>'
    '<g transform="translate(26 -22) rotate(28)">'
    '<rect x="-30" y="-9" width="60" height="18" rx="9" fill="#d98f3e"/>'
    '<path d="M-17-5l6 10M-4-5l6 10M9-5l6 10" stroke="#fff3d1" stroke-width="3" '
    'stroke-linecap="round"/></g>'
    '<g transform="translate(28 24)"><circle r="14" fill="#cfe3f5"/>'
    '<circle r="8" fill="#fff" fill-opacity=".8"/>'
    '<circle r="3.5" fill="#2f7fc4" fill-opacity=".5"/></g>'
    '<circle cx="-6" cy="31" r="9" fill="#fff"/>'
    '<circle cx="-6" cy="31" r="6" fill="#e8853a"/>'
)


@dataclass(frozen=True)
class Spot:
    """One seat on the drawing: its angle in radians, its hue and plate radius."""

    angle: float
    hue: str
    radius: float
    state: Seat

    def at(self, x: float, y: float, reach: float) -> str:
        """A transform to `reach` from the table's centre, turned towards it."""
        left = x + reach * math.cos(self.angle)
        top = y + reach * math.sin(self.angle)
        turn = math.degrees(self.angle) + 90
        return f"translate({short(left)} {short(top)}) rotate({short(turn)})"


def short(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def open_svg(width: float, height: float, label: str, extra: str = "") -> str:
    name = escape(label)
    return (
        f'<svg viewBox="0 0 {short(width)} {short(height)}" role="img" '
        f'aria-label="{name}"{extra}><title>{name}</title>'
    )


def cloth(element_id: str, x: float, y: float, radius: float) -> str:
    """Gingham by bands: an SVG pattern leaves seams in WeasyPrint."""
    half, side = short(CHECK / 2), short(2 * radius)
    steps = [CHECK * k for k in range(int(2 * radius / CHECK) + 1)]
    left, top, name = x - radius, y - radius, escape(element_id)
    columns = "".join(
        f"M{short(left + s)} {short(top)}h{half}v{side}h-{half}z" for s in steps
    )
    rows = "".join(
        f"M{short(left)} {short(top + s)}v{half}h{side}v-{half}z" for s in steps
    )
    disc = f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(radius)}"'
    rim = f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(radius - 2)}"'
    return (
        f'<clipPath id="{name}">{disc}/></clipPath>{disc} fill="{PALE}"/>'
        f'<g clip-path="url(#{name})" fill="{YELLOW}" fill-opacity=".62">'
        f'<path d="{columns}"/><path d="{rows}"/></g>'
        f'{rim} fill="none" stroke="#fff" stroke-opacity=".7" stroke-width="2"/>'
    )


def chair(spot: Spot, transform: str, scale: float) -> str:
    laid = spot.state in LAID
    hue, faint = (spot.hue, "") if laid else ("#fff", ' fill-opacity=".35"')
    width, height = 28 * scale, 10 * scale
    return (
        f'<rect transform="{transform}" x="{short(-width / 2)}" '
        f'y="{short(-height / 2)}" width="{short(width)}" height="{short(height)}" '
        f'rx="{short(height / 2)}" fill="{hue}"{faint}/>'
    )


def cutlery(radius: float) -> str:
    reach, far = radius * 1.34, radius * 0.62
    knife = f"M{short(-reach)} {short(-far)}V{short(far)}"
    handle = f"M{short(reach)} {short(-radius * 0.05)}V{short(far)}"
    tine, width = short(radius * 0.34), short(radius * 0.13)
    fork = (
        f"M{short(reach - radius * 0.13)} {short(-far)}v{tine}"
        f"q{width} {short(radius * 0.3)} {short(radius * 0.26)} 0v-{tine}"
    )
    return (
        f'<path d="{knife}{handle}{fork}" fill="none" stroke="{INK}" '
        f'stroke-opacity=".62" stroke-width="{short(max(1.4, radius * 0.1))}" '
        'stroke-linecap="round"/>'
    )


def plate(spot: Spot, transform: str) -> str:
    group, r = f'<g transform="{transform}">', spot.radius
    if spot.state == "free":
        return (
            f'{group}<circle r="{short(r)}" fill="#fff" fill-opacity=".55" '
            f'stroke="{INK}" stroke-opacity=".55" stroke-width="1.6" '
            'stroke-dasharray="4 4"/></g>'
        )
    if spot.state == "maybe":
        return (
            f'{group}<circle r="{short(r)}" fill="#fff" stroke="{spot.hue}" '
            'stroke-width="2.4" stroke-dasharray="2 3"/>'
            f'<circle r="{short(r * 0.58)}" fill="none" stroke="{INK}" '
            'stroke-opacity=".35"/></g>'
        )
    size = r * 1.18 if spot.state == "you" else r
    return (
        f'{group}<circle r="{short(size)}" cy="1.5" fill="#7a5a00" '
        f'fill-opacity=".25"/><circle r="{short(size)}" fill="#fff"/>'
        f'<circle r="{short(size * 0.84)}" fill="none" stroke="{spot.hue}" '
        f'stroke-width="{short(size * 0.2)}"/>{cutlery(r) if r > 16 else ""}</g>'
    )
