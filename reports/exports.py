"""The figures of a report as sheets of cells: what its CSV and its spreadsheets hold,
cell for cell."""

import csv
from dataclasses import dataclass
from io import StringIO
from typing import Any

from networking.templatetags.french import UNSEEN, local
from reports.blocks import Block, Cell
from reports.earlier import blocks_of
from reports.models import Report

# What a spreadsheet takes for a formula; the full-width twins are read alike by some.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Sheet:
    """`rows` begin with the names of the columns."""

    name: str
    title: str
    rows: list[list[Cell]]


def sheets(report: Report) -> list[Sheet]:
    """What the report is, then one sheet per block; the words of quotes and next
    steps stay in the report."""
    return [about(report), *(sheet(block) for block in blocks_of(report))]


def about(report: Report) -> Sheet:
    told: dict[str, Any] = report.figures
    rows: list[list[Cell]] = [
        ["Chiffre", "Valeur"],
        ["Bilan", report.title],
        ["Référence", told.get("reference") or report.series],
        ["Version", report.version],
        ["Pour", told.get("addressee") or ""],
        ["Chiffres arrêtés le", f"{local(report.issued_at):%Y-%m-%d}"],
        ["s", "nombre non publié, pour que personne ne soit reconnu"],
    ]
    return Sheet("Bilan", "Ce document", [guarded(row) for row in rows])


def sheet(block: Block) -> Sheet:
    title = " · ".join(filter(None, (block["title"], block["measure"])))
    rows = [guarded([*block["columns"]]), *map(guarded, block["rows"])]
    return Sheet(block["key"], str(safe(title)), rows)


def guarded(row: list[Cell]) -> list[Cell]:
    return ["s" if cell is None else safe(cell) for cell in row]


def safe(cell: Cell) -> Cell:
    """Words that a spreadsheet would run as a formula begin with an apostrophe; control
    signs, which its file cannot hold, are left out."""
    if not isinstance(cell, str):
        return cell
    words = UNSEEN.sub("", cell)
    is_formula = words.lstrip(" \u00a0\u202f").startswith(FORMULA)
    return f"'{words}" if is_formula else words


def csv_bytes(report: Report) -> bytes:
    """UTF-8 with a byte order mark and semicolons, as French spreadsheets ask. Tables
    follow each other, each under its title, an empty line between them."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    for number, each in enumerate(sheets(report)):
        if number:
            writer.writerow(())
            writer.writerow((each.title,))
        writer.writerows([french(cell) for cell in row] for row in each.rows)
    return text.getvalue().encode("utf-8-sig")


def french(cell: Cell) -> Cell:
    """A comma for decimals; no thousands, which would make words of a number."""
    return str(cell).replace(".", ",") if isinstance(cell, float) else cell
