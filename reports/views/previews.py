"""Blocks as a page shows them before a report leaves: tables only."""

from collections.abc import Sequence

from reports.blocks import Block


def shown(blocks: Sequence[Block]) -> list[dict[str, object]]:
    """Each cell beside its column, which narrow screens write before it."""
    return [{**block, "pairs": _pairs(block)} for block in blocks]


def _pairs(block: Block) -> list[list[tuple[str, object]]]:
    return [list(zip(block["columns"], row, strict=True)) for row in block["rows"]]
