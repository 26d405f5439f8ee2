"""What a report says, as plain values: the same blocks make its printed pages, its
web page, its CSV and its spreadsheets, so that no two of them can disagree.

Masking is over before a block exists: a cell holds what may leave, a number or words
such as « moins de 5 ». `None` is a cell that is not published, printed « s ».
"""

from enum import StrEnum
from typing import NotRequired, TypedDict

Cell = str | int | float | None


class BlockKind(StrEnum):
    """How a block is drawn; its data is a table in every case.

    - FIGURES: two columns, value and label; six at most, the first page's big numbers;
    - FACTS: two columns, term and text;
    - TABLE: the first column names the row, the last row may be a total (`has_total`);
    - BARS: two columns, label and number, as sorted by whoever made the block;
    - PLATES: two columns, activity and number of people: one plate per person;
    - TREND: label of the period, then one to three numbers (or None where there is a
      gap);
    - MAP: INSEE code, name, latitude, longitude (two empty words where no point is
      known: that commune is in the table only), number of people (or words);
    - LINES: one column of sentences (quotes, next steps, findings, method).
    """

    FIGURES = "figures"
    FACTS = "facts"
    TABLE = "table"
    BARS = "bars"
    PLATES = "plates"
    TREND = "trend"
    MAP = "map"
    LINES = "lines"


class Block(TypedDict):
    """`title` is the finding ("Les infirmiers restent les premiers participants"),
    `measure` what is counted and in which unit, `source` where it comes from and when.
    `chapter` groups blocks under one heading, in order. Rows are lists of as many
    cells as there are columns. A map's `landmarks` are communes to find one's way by:
    name, latitude, longitude, the most useful first."""

    key: str
    kind: str
    chapter: str
    title: str
    measure: str
    source: str
    columns: list[str]
    rows: list[list[Cell]]
    has_total: bool
    landmarks: NotRequired[list[list[Cell]]]


def block(
    key: str,
    kind: BlockKind,
    title: str,
    columns: list[str],
    rows: list[list[Cell]],
    **more: object,
) -> Block:
    """`more`: chapter, measure, source, has_total. `key` names the sheet and the lines
    of the CSV, and is unique in a report. Raises ValueError for a ragged row."""
    if any(len(row) != len(columns) for row in rows):
        raise ValueError(f"{key}: rows of {len(columns)} cells")
    return Block(
        key=key,
        kind=kind.value,
        chapter=str(more.get("chapter", "")),
        title=title,
        measure=str(more.get("measure", "")),
        source=str(more.get("source", "")),
        columns=columns,
        rows=rows,
        has_total=bool(more.get("has_total")),
    )
