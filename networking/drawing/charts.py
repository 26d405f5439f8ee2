"""Answers as one bar, and activities as rows of plates."""

import math
from collections.abc import Mapping, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString

from networking.drawing.shapes import (
    GREEN,
    INK,
    TEXT_FONT,
    TITLE_FONT,
    YELLOW,
    open_svg,
    short,
)
from networking.templatetags.french import NARROW, number, plural, sentence_list

# Declining is lilac, not red: it is not a mistake.
ANSWERS = (
    ("yes", GREEN, "oui,oui"),
    ("maybe", YELLOW, "hésite,hésitent"),
    ("no", "#9d97c4", "non,non"),
    ("silent", "#ebe9f4", "sans réponse,sans réponse"),
)
BAR_WIDTH, BAR_HEIGHT, GAP, THINNEST = 600.0, 24.0, 3.0, 8.0

ROW_HEIGHT, PLATES_WIDTH, MOST_PLATES = 29.0, 300.0, 36
LETTER_WIDTH, MOST_LETTERS = 8.3, 36
FACE = f'font-family="{TEXT_FONT}"'


def answer_bar(counts: Mapping[str, int]) -> SafeString:
    """`counts` by "yes", "maybe", "no" and "silent"; a missing key counts 0."""
    shown = [
        (hue, count, plural(count, forms))
        for key, hue, forms in ANSWERS
        if (count := counts.get(key, 0)) > 0
    ]
    label = sentence_list([said for _, _, said in shown]) or "Aucune invitation"
    extra = ' class="barre" preserveAspectRatio="none"'
    parts = [open_svg(BAR_WIDTH, BAR_HEIGHT, label, extra)]
    left = 0.0
    for (hue, _, _), width in zip(shown, widths([c for _, c, _ in shown]), strict=True):
        parts.append(band(left, width, hue))
        left += width + GAP
    if not shown:
        parts.append(band(0, BAR_WIDTH, ANSWERS[-1][1]))
    return SafeString("".join(parts) + "</svg>")


def widths(counts: Sequence[int]) -> list[float]:
    """Bands that fill the bar; one answer among a thousand can still be seen."""
    free = BAR_WIDTH - (GAP + THINNEST) * len(counts) + GAP
    return [THINNEST + free * count / sum(counts) for count in counts]


def band(left: float, width: float, hue: str) -> str:
    return (
        f'<rect x="{short(left)}" width="{short(width)}" '
        f'height="{short(BAR_HEIGHT)}" fill="{hue}"/>'
    )


def plates_chart(rows: Sequence[tuple[str, int]]) -> SafeString:
    """One plate per person, in the order given; above 36, one for several."""
    each = max(1, math.ceil(max((n for _, n in rows), default=0) / MOST_PLATES))
    laid = [math.ceil(count / each) for _, count in rows]
    step = min(27.0, PLATES_WIDTH / max([*laid, 1]))
    longest = max((len(name) for name, _ in rows), default=0)
    margin = min(MOST_LETTERS, longest) * LETTER_WIDTH
    said = [f"{name}{NARROW}: {count}" for name, count in rows]
    if each > 1:
        said.append(f"une assiette pour {plural(each, 'personne')}")
    label = ", ".join(said) or "Personne n’est noté présent"
    height = ROW_HEIGHT * max(1, len(rows))
    width = margin + PLATES_WIDTH + 60
    parts = [open_svg(width, height, label, f' width="{short(width)}"')]
    for i, ((name, count), plates) in enumerate(zip(rows, laid, strict=True)):
        y, left = ROW_HEIGHT * (i + 0.5), margin + 10
        parts.append(words(cut(name), margin, y, "end"))
        parts.extend(ring(left + step * (k + 0.5), y, step) for k in range(plates))
        parts.append(words(number(count), left + step * plates + 10, y, "start"))
    return SafeString("".join(parts) + "</svg>")


def cut(name: str) -> str:
    return name if len(name) <= MOST_LETTERS else f"{name[: MOST_LETTERS - 1]}…"


def words(text: str, x: float, y: float, anchor: str) -> str:
    """A label ends at the plates, a count begins after them, in bold."""
    bold = anchor == "start"
    face = f'font-family="{TITLE_FONT}" font-weight="700"' if bold else FACE
    return (
        f'<text x="{short(x)}" y="{short(y + 5.5)}" text-anchor="{anchor}" '
        f'font-size="16" fill="{INK}" {face}>{escape(text)}</text>'
    )


def ring(x: float, y: float, step: float) -> str:
    radius = step * 0.34
    return (
        f'<circle cx="{short(x)}" cy="{short(y)}" r="{short(radius)}" fill="#fff" '
        f'stroke="{GREEN}" stroke-width="{short(radius * 0.42)}"/>'
    )
