"""A block as it is shown: its drawing, and its table as texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from networking.drawing import (
    Landmark,
    Spot,
    amount,
    bars_chart,
    cell_text,
    commune_map,
    stands_for_a_number,
    trend_chart,
)
from networking.templatetags.french import plural
from reports.blocks import Block, BlockKind, Cell

# In one table on paper: above, its first rows, its total, and the file for the rest.
MOST_ROWS, FIRST_ROWS, MOST_COLUMNS = 500, 40, 8
BESIDE = 18
CHARTS = (BlockKind.BARS, BlockKind.TREND, BlockKind.MAP)


@dataclass(frozen=True)
class Column:
    index: int
    name: str
    is_number: bool
    decimals: int


@dataclass(frozen=True)
class ShownCell:
    text: str
    column: Column


@dataclass(frozen=True)
class Row:
    name: str
    cells: list[ShownCell]
    is_total: bool
    plates: int | None


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A block with its drawing. `beside`: its table is short enough to stand
    beside; `is_told_next`: the next table holds its numbers."""

    key: str
    kind: str
    title: str
    measure: str
    source: str
    columns: list[Column]
    rows: list[Row]
    svg: SafeString
    left_out: str
    beside: bool
    is_told_next: bool

    @property
    def is_table(self) -> bool:
        """Alone: its caption tells what is measured."""
        return self.kind in (BlockKind.TABLE, BlockKind.PLATES)


def show(block: Block, on_paper: bool = False, *, is_told_next: bool = False) -> Shown:
    kind = block["kind"] if block["kind"] in list(BlockKind) else BlockKind.TABLE.value
    wide = columns_of(block, kind)[: MOST_COLUMNS if on_paper else None]
    columns = [column(block, k, k != wide[0]) for k in wide]
    rows = [
        shown_row(block, columns, i)
        for i in kept(len(block["rows"]), block["has_total"], on_paper)
    ]
    svg = drawing(block, kind)
    return Shown(
        key=block["key"],
        kind=kind,
        title=block["title"],
        measure=block["measure"],
        source=block["source"],
        columns=columns,
        rows=rows,
        svg=svg,
        left_out=left_out(block, kind, len(rows), len(wide)),
        beside=bool(svg) and len(rows) <= BESIDE and not is_told_next,
        is_told_next=bool(svg) and is_told_next,
    )


def column(block: Block, index: int, may_count: bool) -> Column:
    """Numbers, and the words that stand for one, end under each other, with as many
    decimals as the longest needs when most have some."""
    cells = [row[index] for row in block["rows"]]
    numbers = [cell for cell in cells if isinstance(cell, int | float)]
    floats = [cell for cell in numbers if isinstance(cell, float)]
    alike = floats if 2 * len(floats) >= len(numbers) else []
    return Column(
        index=index,
        name=block["columns"][index],
        is_number=may_count and any(map(stands_for_a_number, cells)),
        decimals=max((decimals(cell) for cell in alike), default=0),
    )


def decimals(value: float) -> int:
    return len(f"{value:.2f}".rstrip("0").partition(".")[2])


def columns_of(block: Block, kind: str) -> list[int]:
    """A map's table leaves its coordinates to the file."""
    wide = range(len(block["columns"]))
    return [1, 4] if kind == BlockKind.MAP else list(wide)


def kept(count: int, has_total: bool, on_paper: bool) -> list[int]:
    if not on_paper or count <= MOST_ROWS:
        return list(range(count))
    return [*range(FIRST_ROWS), *([count - 1] if has_total else [])]


def shown_row(block: Block, columns: Sequence[Column], index: int) -> Row:
    row = block["rows"][index]
    name, *others = columns
    return Row(
        name=cell_text(row[name.index], name.decimals),
        cells=[ShownCell(cell_text(row[c.index], c.decimals), c) for c in others],
        is_total=block["has_total"] and index == len(block["rows"]) - 1,
        plates=None if (people := amount(row[-1])) is None else int(people),
    )


def left_out(block: Block, kind: str, rows: int, columns: int) -> str:
    words = []
    if missing := len(block["rows"]) - rows:
        words.append(plural(missing, "autre ligne,autres lignes"))
    hidden = len(block["columns"]) - columns
    if hidden and kind != BlockKind.MAP:
        words.append(plural(hidden, "autre colonne,autres colonnes"))
    return f"{' et '.join(words)} dans le fichier joint." if words else ""


def drawing(block: Block, kind: str) -> SafeString:
    rows, title = block["rows"], block["title"]
    if kind == BlockKind.BARS and rows:
        return bars_chart([(str(name), cell) for name, cell in charted(block)], title)
    if kind == BlockKind.TREND and len(rows) > 1:
        periods = [cell_text(row[0]) for row in rows]
        series = [
            (name, [row[k] for row in rows])
            for k, name in enumerate(block["columns"][1:], start=1)
        ]
        return trend_chart(periods, series, title)
    if kind == BlockKind.MAP and (spots := [spot(row) for row in rows if row[2] != ""]):
        around = [landmark(row) for row in block.get("landmarks", [])]
        return commune_map(spots, title, around)
    return SafeString("")


def charted(block: Block) -> list[list[Cell]]:
    """A total is not one bar among those it sums."""
    return block["rows"][: -1 if block["has_total"] else None]


def spot(row: Sequence[Cell]) -> Spot:
    _, name, latitude, longitude, cell = row
    return Spot(cell_text(name), float(latitude or 0), float(longitude or 0), cell)


def landmark(row: Sequence[Cell]) -> Landmark:
    name, latitude, longitude = row
    return Landmark(cell_text(name), float(latitude or 0), float(longitude or 0))
