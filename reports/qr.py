"""Addresses as squares to photograph."""

from itertools import groupby

import segno
from django.utils.html import format_html
from django.utils.safestring import SafeString

# ISO/IEC 18004: four modules of white around, or cameras do not find it.
QUIET = 4
# Rows overlap a little: side by side, some programs draw a hair of white between.
ROW = 1.02


def square(address: str, label: str) -> SafeString:
    """One SVG path; `label` is what somebody hears who does not see it."""
    # "m" survives a fold or a stain on a seventh of the square.
    rows = [bytes(row) for row in segno.make(address, error="m", micro=False).matrix]
    size = len(rows) + 2 * QUIET
    return format_html(
        '<svg viewBox="0 0 {0} {0}" role="img" aria-label="{1}">'
        '<path fill="#fff" d="M0 0h{0}v{0}h-{0}z"/><path d="{2}"/></svg>',
        size,
        label,
        "".join(_runs(row, y + QUIET) for y, row in enumerate(rows)),
    )


def _runs(row: bytes, y: int) -> str:
    drawn, x = [], QUIET
    for dark, run in groupby(row):
        width = len(list(run))
        if dark:
            drawn.append(f"M{x} {y}h{width}v{ROW}h-{width}z")
        x += width
    return "".join(drawn)
