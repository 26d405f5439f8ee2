"""Printed documents: the HTML given to the renderer, then the bytes."""

import datetime as dt
import hashlib
import io
import os
import subprocess
import sys
from typing import Any

import pypdf
import pytest

from reports import papers, pdf
from reports.blocks import Block, BlockKind, block
from reports.pdf import Attachment
from tests.sample_reports import ISSUED_AT, meetup_blocks, meetup_report

NARROW, NBSP = "\u202f", "\u00a0"
DATED = dt.datetime(2026, 12, 11, 9, 0, tzinfo=dt.UTC)
FIGURES = Attachment(
    name="bilan-valmorey.csv",
    content="métier;personnes\r\npharmacie;5\r\n".encode(),
    description="Les chiffres du bilan",
)
LONG = "un texte assez long pour remplir sa ligne " * 8


def row(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "number": number,
        "first_name": "Amina",
        "last_name": f"Abadie{number}",
        "profession": "Aide à domicile",
        "workplace": "Service d’aide de Valmorey",
        "commune": "Valmorey",
        **changes,
    }


def sheet(rows: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
    blank = max(5, -(-len(rows) // 5))
    return {
        "meetup": {
            "title": "Le déjeuner de Valmorey",
            "organiser": {"name": "Association Tilleul", "address": "4 place Verte"},
            "circle_name": "Cercle de Valmorey",
            "pathway": "",
            "date_text": "jeudi 10 décembre 2026",
            "hours_text": f"de 12{NBSP}h{NBSP}15 à 13{NBSP}h{NBSP}45",
            "venue_name": "Salle des Tilleuls",
            "venue_address": "4 place de la Mairie",
            "commune_name": "Valmorey",
            "reference": "VAL-2026-12-10",
        },
        "rows": rows,
        "blank_rows": range(len(rows) + 1, len(rows) + 1 + blank),
        "controller": "Association Tilleul",
        "retention": "un an",
        "rights_contact": "donnees@tilleul.example",
        "recipients": "la mairie de Valmorey",
        "dated_at": DATED,
        **changes,
    }


def trades(*rows: list[Any]) -> list[Block]:
    """The sample's blocks with these trades."""
    plates = block(
        "trades",
        BlockKind.PLATES,
        "Qui était là",
        ["Métier", "Personnes"],
        list(rows),
        chapter="Qui était là",
    )
    return [plates if b["key"] == "trades" else b for b in meetup_blocks()]


def report(blocks: list[Block] | None = None, **changes: Any) -> dict[str, Any]:
    row = meetup_report(blocks)
    for name, value in changes.items():
        if name in row.figures:
            row.figures[name] = value
        else:
            setattr(row, name, value)
    return papers.report_context(row)


def read(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


def text(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(data).pages)


# The sign-in sheet


def test_the_sheet_shows_each_person_once_in_the_given_order() -> None:
    page = pdf.html("pdf/sheet.html", sheet([row(1), row(2, last_name="Bertin")]))
    assert page.count("Abadie1") == page.count("Bertin") == 1
    assert page.index("Abadie1") < page.index("Bertin")


def test_the_sheet_has_empty_lines_for_walk_ins() -> None:
    page = pdf.html("pdf/sheet.html", sheet([row(n) for n in range(1, 13)]))
    assert page.count('<tr class="blank">') == 5
    assert '<td class="number">17</td>' in page


def test_the_sheet_of_an_empty_list_still_serves() -> None:
    data = pdf.render("pdf/sheet.html", sheet([]))
    assert len(read(data).pages) == 1
    assert "Feuille 1 sur 1" in text(data)


def test_the_pathway_is_told_only_when_there_is_one() -> None:
    context = sheet([])
    assert "Personnes âgées" not in pdf.html("pdf/sheet.html", context)
    context["meetup"]["pathway"] = "Personnes âgées"
    assert "Personnes âgées" in pdf.html("pdf/sheet.html", context)


def test_each_loose_sheet_says_what_it_is_and_holds_seventeen_names() -> None:
    data = pdf.render("pdf/sheet.html", sheet([row(n) for n in range(1, 61)]))
    pages = read(data).pages
    counts = [page.extract_text().count("Abadie") for page in pages]
    assert (len(pages), max(counts), sum(counts)) == (5, 17, 60)
    for number, page in enumerate(pages, start=1):
        content = page.extract_text()
        assert f"Feuille {number} sur 5" in content
        assert "Le déjeuner de Valmorey" in content
        assert "jeudi 10 décembre 2026" in content
        assert "VAL-2026-12-10" in content
        assert "donnees@tilleul.example" in content


def test_long_names_keep_the_height_of_the_rows() -> None:
    longest = row(1, last_name="Wagner" * 50, first_name="W" * 300, workplace=LONG)
    plain = pdf.render("pdf/sheet.html", sheet([row(1)]))
    data = pdf.render("pdf/sheet.html", sheet([longest]))
    assert len(read(data).pages) == len(read(plain).pages) == 1


# The report


def test_the_report_tells_trades_with_their_counts() -> None:
    page = pdf.html("pdf/report.html", report(trades(["Ambulance", "moins de 5"])))
    assert page.index("Ambulance") < page.index("</span>moins de 5</td>")


@pytest.mark.parametrize(
    ("plates", "circles", "bars"),
    [
        ("moins de 5", 1, 0),
        (0, 0, 0),
        (1, 1, 0),
        (10, 10, 0),
        (13, 13, 0),
        (20, 20, 0),
        (21, 0, 1),
    ],
)
def test_one_plate_is_drawn_per_person(
    plates: int | str, circles: int, bars: int
) -> None:
    page = pdf.html("pdf/report.html", report(trades(["Pharmacie", plates])))
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert (table.count("<circle"), table.count("<rect")) == (circles, bars)
    assert ("stroke-dasharray" in table) == isinstance(plates, str)


def test_plates_of_two_lines_fill_the_first_one() -> None:
    page = pdf.html("pdf/report.html", report(trades(["Pharmacie", 12])))
    table = page[page.index("<tbody>") : page.index("</tbody>")]
    assert table.count('cy=".5"') == 10
    assert table.count('cy="1.5"') == 2
    assert table.count('cx=".5"') == table.count('cx="1.5"') == 2


@pytest.mark.parametrize(("count", "pages"), [(1, 2), (8, 2), (20, 2), (90, 4)])
def test_a_report_of_a_meetup_has_two_pages(count: int, pages: int) -> None:
    rows = [[f"Métier {number:02}", 7] for number in range(count)]
    data = pdf.render("pdf/report.html", report(trades(*rows)))
    assert len(read(data).pages) == pages


def test_long_texts_stay_on_few_pages_and_under_100_kilobytes() -> None:
    blocks = [
        block("figures", BlockKind.FIGURES, LONG, ["a", "b"], [[LONG, LONG]] * 6),
        block("facts", BlockKind.FACTS, LONG, ["a", "b"], [[LONG, LONG]] * 9),
        block("bars", BlockKind.BARS, LONG, [LONG, "b"], [[LONG, 7]] * 9),
        block("method", BlockKind.LINES, LONG, [LONG], [[LONG]] * 9),
    ]
    context = report(
        blocks,
        headline=LONG,
        title=LONG,
        addressee=LONG,
        quotes=[LONG] * 9,
        next_steps=[LONG] * 9,
    )
    data = pdf.render("pdf/report.html", context, attachments=[FIGURES])
    assert len(read(data).pages) <= 8
    assert len(data) < 100_000


def test_a_report_without_any_figure_says_so() -> None:
    page = pdf.html("pdf/report.html", report([]))
    assert "Rien n’est noté" in page
    # Of few people no trade is told: that is not nothing.
    assert "Rien n’est noté" not in pdf.html("pdf/report.html", report(trades()))


def test_quotes_are_kept_together_with_their_marks() -> None:
    page = pdf.html("pdf/report.html", report())
    assert "«&#8239;Maintenant je sais qui appeler" in page


# The file


def test_title_language_author_and_dates_are_set() -> None:
    data = pdf.render("pdf/report.html", report())
    reader = read(data)
    about = reader.metadata
    assert about is not None
    assert (
        about.title == f"Bilan{NARROW}: Le déjeuner de Valmorey, jeudi 10 décembre 2026"
    )
    assert about.author == "Parenthèse Savoie"
    assert about.creation_date == about.modification_date == ISSUED_AT
    assert reader.trailer["/Root"]["/Lang"] == "fr"


def test_the_text_can_be_read_back() -> None:
    content = text(pdf.render("pdf/report.html", report()))
    for expected in ("8 métiers du soin", "Maintenant je sais", "Salle des Tilleuls"):
        assert expected in content


def test_figures_are_attached_and_announced() -> None:
    data = pdf.render("pdf/report.html", report(), attachments=[FIGURES])
    assert read(data).attachments == {FIGURES.name: [FIGURES.content]}
    assert b"text#2fcsv" in data
    files = read(data).trailer["/Root"]["/AF"]
    assert {file["/AFRelationship"] for file in files} == {"/Data"}
    assert FIGURES.name in text(data)


def test_an_attachment_keeps_its_kind() -> None:
    file = Attachment(
        name="suites.txt", content=b"{}", description="x", mime="application/json"
    )
    data = pdf.render("pdf/report.html", report(), attachments=[file])
    assert b"application#2fjson" in data
    assert list(read(data).attachments) == ["suites.txt"]


def digest() -> str:
    data = pdf.render("pdf/report.html", report(), attachments=[FIGURES])
    data += pdf.render("pdf/sheet.html", sheet([row(1)]))
    return hashlib.sha256(data).hexdigest()


def test_same_values_give_the_same_bytes() -> None:
    first = digest()
    pdf.render("pdf/sheet.html", sheet([row(2, first_name="Élodie")]))
    assert digest() == first


def test_same_bytes_in_another_process_zone_and_hash_seed() -> None:
    program = (
        "import django; django.setup(); from tests import test_pdf; "
        "print(test_pdf.digest())"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "networking.settings",
        "PYTHONHASHSEED": "1789",
        "TZ": "Pacific/Auckland",
    }
    answer = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    assert answer.stdout.strip() == digest()
