"""Spreadsheets out of sheets of cells: the same cells give the same bytes.

Both libraries write the moment of writing into the file; it is replaced by the date
of the figures, and the members of the archive get a fixed one.
"""

import datetime as dt
import re
import zipfile
from collections.abc import Sequence
from io import BytesIO

from odfdo import Document, Row, Table
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from reports.blocks import Cell
from reports.exports import Sheet

LONGEST_NAME, WIDEST = 31, 60
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
MOMENT = re.compile(
    rb"(<(?:dcterms:(?:created|modified)|meta:creation-date|dc:date)[^>]*>)[^<]*"
)
EPOCH = (1980, 1, 1, 0, 0, 0)


def xlsx(sheets: Sequence[Sheet], dated_at: dt.datetime) -> bytes:
    book = Workbook(write_only=True)
    book.properties.creator = "Parenthèses Réseau"
    book.properties.language = "fr"
    for name, sheet in zip(names(sheets), sheets, strict=True):
        _fill(book.create_sheet(name), sheet)
    out = BytesIO()
    book.save(out)
    return dated(out, dated_at)


def _fill(page: WriteOnlyWorksheet, sheet: Sheet) -> None:
    for column, width in enumerate(widths(sheet.rows), 1):
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = "A2"
    bold = Font(bold=True)
    for index, row in enumerate(sheet.rows):
        page.append([_cell(page, value, None if index else bold) for value in row])


def _cell(page: WriteOnlyWorksheet, value: Cell, font: Font | None) -> object:
    """Words stay words: openpyxl would make a formula of « =1+1 »."""
    if font is None and not isinstance(value, str):
        return value
    cell = WriteOnlyCell(page, value)
    if isinstance(value, str):
        cell.data_type = "s"
    if font:
        cell.font = font
    return cell


def ods(sheets: Sequence[Sheet], dated_at: dt.datetime) -> bytes:
    document = Document("spreadsheet")
    document.body.clear()
    document.meta.creator = "Parenthèses Réseau"
    for name, sheet in zip(names(sheets), sheets, strict=True):
        table = Table(name)
        for values in sheet.rows:
            row = Row()
            row.set_values(values)
            table.append(row)
        document.body.append(table)
    out = BytesIO()
    document.save(out)
    return dated(out, dated_at)


def names(sheets: Sequence[Sheet]) -> list[str]:
    """Short, without the signs that spreadsheets refuse, and each once."""
    taken: list[str] = []
    for sheet in sheets:
        plain = FORBIDDEN.sub(" ", sheet.name).strip()[:LONGEST_NAME] or "Tableau"
        name, number = plain, 2
        while name.casefold() in map(str.casefold, taken):
            name = f"{plain[: LONGEST_NAME - 4]} {number}"
            number += 1
        taken.append(name)
    return taken


def widths(rows: Sequence[Sequence[Cell]]) -> list[int]:
    """In letters, from the first rows."""
    columns = max(map(len, rows), default=0)
    sample = rows[:200]
    return [
        min(WIDEST, 2 + max(len(str(row[k])) for row in sample if k < len(row)))
        for k in range(columns)
    ]


def dated(archive: BytesIO, moment: dt.datetime) -> bytes:
    """The same archive with the date of the figures in place of today's."""
    stamp = moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    out = BytesIO()
    with zipfile.ZipFile(archive) as source, zipfile.ZipFile(out, "w") as target:
        for member in source.infolist():
            body = source.read(member)
            if member.filename in ("docProps/core.xml", "meta.xml"):
                body = MOMENT.sub(rb"\g<1>" + stamp, body)
            fixed = zipfile.ZipInfo(member.filename, EPOCH)
            fixed.compress_type = member.compress_type
            target.writestr(fixed, body)
    return out.getvalue()
