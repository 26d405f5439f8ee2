"""What a list of blocks must be before it is frozen in a report, so that a page printed
in two years meets nothing it cannot draw."""

from collections.abc import Sequence

from reports.blocks import Block, BlockKind, Cell

# The numbers of columns of each kind, at least and at most.
COLUMNS = {
    BlockKind.FIGURES: (2, 2),
    BlockKind.FACTS: (2, 2),
    BlockKind.TABLE: (1, 40),
    BlockKind.BARS: (2, 2),
    BlockKind.PLATES: (2, 2),
    BlockKind.TREND: (2, 4),
    BlockKind.MAP: (5, 5),
    BlockKind.LINES: (1, 1),
}
MOST_FIGURES = 6


class Misshapen(ValueError):
    """A block that cannot be drawn; the message names it."""


def check(blocks: Sequence[Block]) -> Sequence[Block]:
    """The same blocks, or Misshapen for the first one that is not as it should be."""
    keys = [block["key"] for block in blocks]
    for block in blocks:
        if keys.count(block["key"]) > 1 or not block["key"]:
            raise Misshapen(f"{block['key']!r}: a key is unique and not empty")
        _check(block)
    return blocks


def _check(block: Block) -> None:
    key = block["key"]
    if block["kind"] not in list(BlockKind):
        raise Misshapen(f"{key}: no kind of block is called {block['kind']!r}")
    kind = BlockKind(block["kind"])
    least, most = COLUMNS[kind]
    width = len(block["columns"])
    if not least <= width <= most:
        raise Misshapen(f"{key}: {kind} has {least} to {most} columns, not {width}")
    if kind == BlockKind.FIGURES and len(block["rows"]) > MOST_FIGURES:
        raise Misshapen(f"{key}: {MOST_FIGURES} figures at most")
    for row in block["rows"]:
        if len(row) != width:
            raise Misshapen(f"{key}: rows of {width} cells")
        if not all(_is_cell(cell) for cell in row):
            raise Misshapen(f"{key}: a cell is words, a number or nothing")
        if kind == BlockKind.MAP and not _is_place(row[2:4]):
            raise Misshapen(f"{key}: a place has a latitude and a longitude")
    for landmark in block.get("landmarks", []):
        if kind != BlockKind.MAP or len(landmark) != 3 or not _is_place(landmark[1:]):
            raise Misshapen(f"{key}: a map's landmark is a name and its point")


def _is_cell(cell: object) -> bool:
    """A truth value would be printed as a word of Python's, an infinity as `inf`."""
    if cell is None or isinstance(cell, str):
        return True
    is_number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return is_number and abs(float(cell)) < 1e15  # type: ignore[arg-type]


def _is_place(point: Sequence[Cell]) -> bool:
    latitude, longitude = point
    if latitude == longitude == "":
        return True
    return (
        isinstance(latitude, int | float)
        and isinstance(longitude, int | float)
        and abs(latitude) <= 90
        and abs(longitude) <= 180
    )
