"""Blocks as a page shows them before a report leaves: tables only."""

from collections.abc import Sequence

from networking.drawing import stands_for_a_number
from networking.templatetags.french import NBSP
from reports.blocks import Block, Cell


def shown(blocks: Sequence[Block]) -> list[dict[str, object]]:
    """Each cell beside its column, which narrow screens write before it."""
    return [{**block, "pairs": _pairs(block)} for block in blocks]


def _pairs(block: Block) -> list[list[tuple[str, object]]]:
    return [
        list(zip(block["columns"], map(_on_one_line, row), strict=True))
        for row in block["rows"]
    ]


def _on_one_line(cell: Cell) -> Cell:
    """« moins de 5 » in a narrow column."""
    is_number = isinstance(cell, str) and stands_for_a_number(cell)
    return str(cell).replace(" ", NBSP) if is_number else cell
