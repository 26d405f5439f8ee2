"""CSV, XLSX and ODS say the same cells, read back by other readers."""

import csv
import subprocess
import sys
import time
import zipfile
from io import BytesIO, StringIO

import pytest
from defusedxml import ElementTree
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import load_workbook

from reports import papers
from reports.blocks import BlockKind, Cell, block
from reports.exports import Sheet, safe, sheets
from reports.models import Report
from reports.spreadsheets import names
from tests.sample_reports import meetup_report, year_report

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
SAMPLES = {"meetup": meetup_report(), "year": year_report(30)}


def expected(report: Report) -> dict[str, list[list[Cell]]]:
    made = sheets(report)
    return dict(zip(names(made), (sheet.rows for sheet in made), strict=True))


def from_xlsx(content: bytes) -> dict[str, list[list[Cell]]]:
    book = load_workbook(BytesIO(content))
    return {
        page.title: [[cell.value for cell in row] for row in page.iter_rows()]
        for page in book
    }


def from_ods(content: bytes) -> dict[str, list[list[Cell]]]:
    """Straight from the XML: another reader than the library that wrote it."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        root = ElementTree.fromstring(archive.read("content.xml"))
    found = {}
    for table in root.iter(f"{TABLE}table"):
        rows = [
            [ods_value(cell) for cell in row.iter(f"{TABLE}table-cell")]
            for row in table.iter(f"{TABLE}table-row")
        ]
        found[table.get(f"{TABLE}name")] = rows
    return found


def ods_value(cell) -> Cell:
    if cell.get(f"{OFFICE}value-type") == "float":
        number = float(cell.get(f"{OFFICE}value"))
        return int(number) if number.is_integer() else number
    return "".join(cell.itertext())


def from_csv(content: bytes) -> list[list[str]]:
    text = content.decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))


def plain(cell: Cell) -> Cell:
    return "" if cell is None else cell


@pytest.mark.parametrize("name", SAMPLES)
def test_the_three_formats_hold_the_same_cells(name: str) -> None:
    report = SAMPLES[name]
    wanted = expected(report)
    xlsx = from_xlsx(papers.xlsx(report))
    assert {k: [list(map(plain, r)) for r in v] for k, v in xlsx.items()} == wanted
    assert from_ods(papers.ods(report)) == wanted
    lines = [line for line in from_csv(papers.csv_bytes(report)) if len(line) > 1]
    flat = [
        [str(c).replace(".", ",") if isinstance(c, float) else str(c) for c in row]
        for rows in wanted.values()
        for row in rows
        if len(row) > 1
    ]
    assert lines == flat


def test_a_csv_opens_in_french_spreadsheets() -> None:
    content = papers.csv_bytes(SAMPLES["meetup"])
    assert content.startswith(b"\xef\xbb\xbf")
    assert "Aide à domicile;12\r\n".encode() in content


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("make", [papers.csv_bytes, papers.xlsx, papers.ods])
def test_the_same_row_gives_the_same_bytes_later(name: str, make) -> None:
    first = make(SAMPLES[name])
    time.sleep(2.1)  # a date in a zip archive has steps of two seconds
    assert make(SAMPLES[name]) == first


def test_the_same_row_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import django, sys; django.setup(); from reports import papers; "
        "from tests.sample_reports import meetup_report as m; "
        "r = m(); f = (papers.report, papers.xlsx, papers.ods); "
        "sys.stdout.buffer.write(b''.join(make(r) for make in f))"
    )
    environment = {
        "DJANGO_SETTINGS_MODULE": "networking.settings",
        "PYTHONHASHSEED": "1789",
        "TZ": "Pacific/Auckland",
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        check=True,
    )
    report = meetup_report()
    made = (papers.report, papers.xlsx, papers.ods)
    assert done.stdout == b"".join(make(report) for make in made)


@pytest.mark.parametrize(
    "words",
    ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", "\u00a0=cmd", "＝1"],
)
def test_no_words_become_a_formula(words: str) -> None:
    rows: list[list[Cell]] = [[words, words]]
    hostile = block("h", BlockKind.TABLE, words, [words, "y"], rows)
    report = meetup_report([hostile], title=words)
    for line in from_csv(papers.csv_bytes(report)):
        assert not any(cell.lstrip(" \u00a0\t\r").startswith("=") for cell in line)
    book = load_workbook(BytesIO(papers.xlsx(report)))
    kinds = {cell.data_type for page in book for row in page for cell in row}
    assert "f" not in kinds
    assert b"table:formula" not in zipfile.ZipFile(BytesIO(papers.ods(report))).read(
        "content.xml"
    )


@given(st.text())
@example("un mot\x07 \x1b[31m \ufffe \ud83d \u202efin")
@example("\x01=1+1")
def test_signs_that_no_spreadsheet_holds_are_left_out(words: str) -> None:
    """A report is frozen: what could not be written once never could."""
    hostile = block("h", BlockKind.TABLE, words, [words], [[words]])
    report = meetup_report([hostile], title="Bilan")
    assert load_workbook(BytesIO(papers.xlsx(report)))
    assert papers.ods(report)
    assert not str(safe(words)).lstrip(" ").startswith("=")


@given(st.text())
def test_whatever_is_written_never_begins_like_a_formula(words: str) -> None:
    assert not str(safe(words)).lstrip(" ").startswith(("=", "+", "-", "@", "\t"))


def test_numbers_stay_numbers() -> None:
    assert safe(-3) == -3
    values = from_xlsx(papers.xlsx(SAMPLES["meetup"]))["trades"]
    assert ["Aide à domicile", 12] in values


def test_sheets_have_short_and_different_names() -> None:
    odd = ["a" * 40, "a" * 41, "x:y/z[1]?*\\", "", "Bilan", "bilan"]
    made = names([Sheet(name, "", []) for name in odd])
    assert len({name.casefold() for name in made}) == len(odd)
    assert all(0 < len(name) <= 31 for name in made)
    assert not any(set(name) & set("[]:*?/\\") for name in made)


def test_a_report_without_any_block_still_has_its_first_sheet() -> None:
    report = meetup_report([])
    assert list(from_xlsx(papers.xlsx(report))) == ["Bilan"]
    assert list(from_ods(papers.ods(report))) == ["Bilan"]
