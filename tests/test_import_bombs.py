"""Small files made to cost much: each is refused, or read, for little work."""

import pytest
from openpyxl.worksheet._reader import WorkSheetParser

from networking import imports
from networking.imports import Unreadable, read
from tests.test_imports import HEADER, ods, ods_row, upload, zipped

TITLES = HEADER.split(";")
XLSX = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@pytest.fixture
def cleaned(monkeypatch):
    """Every text that is cleaned, in order."""
    texts, plain = [], imports.plain

    def counting(text):
        texts.append(text)
        return plain(text)

    monkeypatch.setattr(imports, "plain", counting)
    return texts


@pytest.fixture
def parsed(monkeypatch):
    """Every row that openpyxl takes from a sheet."""
    rows, parse_row = [], WorkSheetParser.parse_row

    def counting(parser, row):
        rows.append(row)
        return parse_row(parser, row)

    monkeypatch.setattr(WorkSheetParser, "parse_row", counting)
    return rows


def repeated(text, times, columns=6):
    return (
        f'<table:table-row table:number-rows-repeated="{times}"><table:table-cell'
        f' table:number-columns-repeated="{columns}"><text:p>{text}</text:p>'
        "</table:table-cell></table:table-row>"
    )


def xlsx_row(*cells):
    inline = "".join(f'<c t="inlineStr"><is><t>{one}</t></is></c>' for one in cells)
    return f"<row>{inline}</row>"


def xlsx(*sheets, where="xl/worksheets"):
    """Each sheet is the XML inside its worksheet."""
    count = range(1, len(sheets) + 1)
    main = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    names = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="r{n}"/>' for n in count)
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
            f'<Override PartName="/xl/workbook.xml" ContentType="{main}.sheet.main+xml"'
            "/></Types>",
            "xl/workbook.xml": f'<workbook xmlns="{XLSX}" xmlns:r="{OFFICE}"><sheets>'
            f"{names}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}'
            '/relationships">'
            + "".join(
                f'<Relationship Id="r{n}" Type="{OFFICE}/worksheet"'
                f' Target="/{where}/s{n}.xml"/>'
                for n in count
            )
            + "</Relationships>",
        }
        | {
            f"{where}/s{n}.xml": f'<worksheet xmlns="{XLSX}">{sheet}</worksheet>'
            for n, sheet in zip(count, sheets, strict=True)
        }
    )


def sheet(*rows, before=""):
    return f"{before}<sheetData>{''.join(rows)}</sheetData>"


ENDLESS = ["<row/>"] * 100_000


def test_a_row_repeated_beyond_the_limit_is_refused_without_being_cleaned(cleaned):
    content = ods(ods_row(*TITLES) + repeated("é" * 500, 10**9))
    with pytest.raises(Unreadable, match="plus de 5\u202f000 lignes"):
        read(upload(content, "liste.ods"))
    assert cleaned == []


def test_a_text_met_a_thousand_times_is_cleaned_once(cleaned):
    content = ods(ods_row(*TITLES) + repeated("Ana", 4000) + repeated("Bo", 1000))
    assert len(read(upload(content, "liste.ods")).lines) == 5000
    assert cleaned == ["Ana", "Bo"]


def test_repeated_rows_below_the_limit_still_add_up_to_it(cleaned):
    content = ods(ods_row(*TITLES) + repeated("Ana", 4999) * 2)
    with pytest.raises(Unreadable, match="plus de 5\u202f000 lignes"):
        read(upload(content, "liste.ods"))
    assert cleaned == ["Ana"]


def test_a_million_rows_of_spaces_are_empty_rows():
    content = ods(ods_row(*TITLES) + ods_row("Ana") + repeated("\u00a0", 1_048_000))
    assert len(read(upload(content, "liste.ods")).lines) == 1


def test_only_the_start_of_a_huge_cell_goes_from_row_to_row():
    content = ods(ods_row(*TITLES) + repeated("b" * 100_000, 3))
    with imports.zipfile.ZipFile(imports.io.BytesIO(content)) as archive:
        rows = list(imports._rows_of_ods(archive))
    assert {len(cell) for row in rows[1:] for cell in row} == {imports.MOST_SIGNS + 1}
    assert read(upload(content, "liste.ods")).cut == 18


@pytest.mark.parametrize("before", ["", '<dimension ref="A1:F2"/>'])
@pytest.mark.parametrize("where", ["xl/worksheets", "elsewhere"])
def test_an_endless_xlsx_sheet_is_left_soon_after_the_limit(parsed, before, where):
    content = xlsx(sheet(xlsx_row(*TITLES), *ENDLESS, before=before), where=where)
    with pytest.raises(Unreadable, match="plus de 5\u202f000 lignes"):
        read(upload(content, "liste.xlsx"))
    assert len(parsed) <= imports.MOST_LINES_READ + 1


def test_an_xlsx_sheet_without_dimension_is_not_read_to_its_end(monkeypatch):
    seen, iterparse = [], imports.iterparse

    def counting(*args, **options):
        for event in iterparse(*args, **options):
            seen.append(event[0])
            yield event

    monkeypatch.setattr(imports, "iterparse", counting)
    monkeypatch.setattr(imports, "load_workbook", None)
    with pytest.raises(Unreadable, match="plus de 5\u202f000 lignes"):
        read(upload(xlsx(sheet(xlsx_row(*TITLES), *ENDLESS)), "liste.xlsx"))
    assert seen.count("end") < imports.MOST_LINES_READ + 100


def test_a_long_second_sheet_that_gives_its_dimension_is_no_obstacle(parsed):
    first = sheet(xlsx_row(*TITLES), xlsx_row("Ana", "B", "kiné"))
    second = sheet(*ENDLESS, before='<dimension ref="A1:A100000"/>')
    (line,) = read(upload(xlsx(first, second), "liste.xlsx")).lines
    assert line.values["first_name"] == "Ana"
    assert len(parsed) == 2


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("x" * 200_000, "Une case de la ligne 1 est trop longue."),
        (f"{HEADER}\nAna\n{'x' * 200_000}", "Une case de la ligne 3 est trop longue."),
        (
            f'{HEADER}\nAna;B\n"Bo;C\n' + "Zoé;D\n" * 40_000,
            "Une case de la ligne 3 est trop longue. Un guillemet manque peut-être.",
        ),
        (f'{HEADER}\n"Ana;B\n', "La ligne 2 se lit mal\u202f: un guillemet manque."),
    ],
)
def test_a_line_that_cannot_be_read_is_told_by_its_true_cause(lines, sentence):
    with pytest.raises(Unreadable) as error:
        read(upload(lines))
    assert str(error.value) == sentence
