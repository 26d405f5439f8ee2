"""A report as it is read, from rows of today and from rows of before."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from reports import papers, pdf
from reports.blocks import Block, BlockKind, block
from reports.earlier import blocks_of
from reports.models import Report, ReportKind
from reports.reading import read
from reports.shown import FIRST_ROWS, MOST_ROWS
from tests.sample_reports import meetup_blocks, meetup_report, year_report

# As it was kept before there were blocks.
EARLIER = {
    "counts": {
        "rule": 2,
        "threshold": 5,
        "total": "8 à 10",
        "present": None,
        "trades": [
            {"label": "Médecine", "count_text": "moins de 5", "plates": None},
            {"label": "Pharmacie", "count_text": "6", "plates": 6},
        ],
        "invited": 24,
        "answered": None,
        "expected": 9,
        "first_timers": None,
        "in_commune": None,
        "structures": 0,
    },
    "cost": "7.40",
    "headline": "2 métiers du soin autour d’une même table",
    "addressee": "la mairie de Valmorey",
    "highlights": [["8 à 10", "personnes présentes"], ["2", "métiers différents"]],
    "facts": [["Lieu", "Salle des Tilleuls"]],
    "method": ["Aucun nom n’y figure."],
    "plates": 2,
    "free_places": 4,
    "reference": "PR-20261210-17",
}


def test_a_row_of_before_is_told_in_blocks() -> None:
    blocks = {b["key"]: b for b in blocks_of(meetup_report(figures=EARLIER))}
    assert list(blocks) == ["figures", "trades", "facts", "counts", "method"]
    assert blocks["trades"]["rows"] == [["Médecine", "moins de 5"], ["Pharmacie", 6]]
    counts = dict(blocks["counts"]["rows"])
    assert counts["Personnes présentes"] == "8 à 10"
    assert counts["Réponses reçues"] is None
    assert counts["Structures différentes"] == 0
    assert counts["Coût par personne"] == "7,40\u00a0€"


def test_a_row_of_before_still_prints() -> None:
    report = meetup_report(figures=EARLIER)
    page = pdf.html("pdf/report.html", papers.report_context(report))
    for words in (EARLIER["headline"], "moins de 5", "8 à 10", "Salle des Tilleuls"):
        assert words in page
    assert papers.report(report) == papers.report(report)


@pytest.mark.parametrize("figures", [{}, {"counts": {}}, {"blocks": []}])
def test_a_row_that_says_nothing_still_prints(figures: dict) -> None:
    report = meetup_report(figures=figures)
    assert read(report).headline == report.title
    assert papers.report(report).startswith(b"%PDF")
    assert papers.csv_bytes(report)


def test_an_unknown_kind_is_printed_as_a_table() -> None:
    odd = {**block("a", BlockKind.BARS, "t", ["x", "y"], [["n", 1]]), "kind": "pie"}
    reading = read(meetup_report(figures={"blocks": [odd]}))
    assert reading.chapters[0].blocks[0].kind == "table"


def test_the_first_figures_open_the_report_and_the_others_their_chapter() -> None:
    reading = read(year_report())
    assert len(reading.figures) == 6
    assert reading.findings[0].startswith("Les soins infirmiers")
    assert [chapter.title for chapter in reading.chapters] == [
        "Qui est venu",
        "Où l’on s’est rencontré",
        "Toutes les rencontres",
        "Les mots employés",
    ]
    kinds = [block.kind for block in reading.chapters[1].blocks]
    assert kinds == ["map", "figures"]


def test_words_of_the_author_have_their_own_place_and_are_told_once() -> None:
    said = [
        block(key, BlockKind.LINES, "t", ["Phrase"], [[key]], chapter="c")
        for key in ("constats", "paroles", "suite", "proposition", "methode")
    ]
    reading = read(meetup_report([*meetup_blocks()[:2], *said], version=2))
    assert reading.findings == ["constats"]
    assert reading.quotes == ["paroles"]
    assert reading.next_steps == ["suite", "proposition"]
    assert reading.method == ["methode"]
    assert [chapter.title for chapter in reading.chapters] == ["Qui était là"]


def test_every_chart_stands_beside_its_numbers() -> None:
    for chapter in read(year_report()).chapters:
        for shown in chapter.blocks:
            assert bool(shown.svg) == (shown.kind in ("bars", "trend", "map"))
            assert shown.rows


def meal(rows: list, *others: Block) -> Report:
    columns = ["Métier", "Personnes"]
    there = "Qui était là"
    plates = block("p", BlockKind.PLATES, "Deux", columns, rows, chapter=there)
    return meetup_report([plates, *others])


DETAIL = block(
    "t", BlockKind.TABLE, "Réponses", ["", "Personnes"], [["Invitées", 24]], chapter=""
)


def test_who_came_is_alone_in_its_chapter_so_that_the_words_follow() -> None:
    detail = {**DETAIL, "chapter": "Qui était là"}
    report = meal([["Pharmacie", 6], ["Puériculture", "moins de 5"]], detail)
    titles = [chapter.title for chapter in read(report).chapters]
    assert titles == ["Qui était là", "Qui était là, en détail"]
    page = pdf.html("pdf/report.html", papers.report_context(report))
    places = [page.index(words) for words in ("Deux", "Ce qui s’est dit", "Réponses")]
    assert places == sorted(places)
    assert papers.report_context(report)["said_beside"]


def test_of_so_few_people_no_trade_is_announced_and_no_plate_is_laid() -> None:
    report = meal([], {**DETAIL, "chapter": "Qui était là"})
    report.figures |= {"plates": 0, "free_places": 3}
    reading = read(report)
    assert [chapter.title for chapter in reading.chapters] == ["Qui était là"]
    assert [shown.title for shown in reading.chapters[0].blocks] == ["Réponses"]
    laid = read(meal([], DETAIL)).table_svg
    assert reading.table_svg.count("stroke-dasharray") == 3
    assert laid.count("stroke-dasharray") == 2


def test_opinions_stand_with_the_words() -> None:
    rows = [["Avis donnés", "10 au moins"]]
    columns = ["Sujet", "Réponse"]
    avis = block("avis", BlockKind.FACTS, "Les avis", columns, rows, chapter="Dits")
    report = meal([["Pharmacie", 6]], avis)
    reading = read(report)
    assert [chapter.title for chapter in reading.chapters] == ["Qui était là"]
    assert reading.opinions.title == "Les avis"
    first = PdfReader(BytesIO(papers.report(report))).pages[0].extract_text()
    assert "10 au moins" in first
    assert "10 au moins" in papers.csv_bytes(report).decode()
    year = year_report(1)
    year.figures["blocks"].append(avis)
    second = PdfReader(BytesIO(papers.report(year))).pages[1].extract_text()
    assert "10 au moins" in second


def test_a_chart_told_by_the_next_table_has_no_table_of_its_own() -> None:
    rows = [["Pharmacie", 6], ["Puériculture", 2]]
    bars = block("b", BlockKind.BARS, "Qui", ["Métier", "Repas"], rows)
    columns = ["Métier", "Repas", "Présences"]
    wide = [["Pharmacie", 6, "6 à 24"], ["Puériculture", 2, "2 à 8"]]
    table = block("t", BlockKind.TABLE, "Détail", columns, wide)
    page = pdf.html("pdf/report.html", papers.report_context(meetup_report([bars])))
    assert "Les mêmes chiffres" in page
    both = papers.report_context(meetup_report([bars, table]))
    assert "Les mêmes chiffres" not in pdf.html("pdf/report.html", both)
    other = {**table, "rows": [["Pharmacie", 5, "5 à 20"], wide[1]]}
    both = papers.report_context(meetup_report([bars, other]))
    assert "Les mêmes chiffres" in pdf.html("pdf/report.html", both)


def test_one_month_is_a_table_and_no_line() -> None:
    row = [["juin 2026", 24]]
    trend = block("m", BlockKind.TREND, "Mois", ["Mois", "Présences"], row)
    shown = read(meetup_report([trend])).chapters[0].blocks[0]
    assert (shown.svg, shown.beside) == ("", False)
    assert shown.rows


def test_words_for_numbers_end_under_each_other() -> None:
    rows = [["a", "moins de 5", "la moitié"], ["b", "897 à 1044", "s"]]
    table = block("t", BlockKind.TABLE, "t", ["n", "p", "w"], rows)
    shown = read(meetup_report([table])).chapters[0].blocks[0]
    assert [column.is_number for column in shown.columns] == [False, True, False]
    assert shown.rows[1].cells[0].text == "897 à 1\u202f044"


@pytest.mark.parametrize("last", ["2026-12-31", "2027-01-11", "2027-01-12"])
def test_a_report_given_before_its_period_is_over_says_so(last: str) -> None:
    report = year_report(1)
    report.ends_on = report.ends_on.fromisoformat(last)
    reading = read(report)
    is_early = last == "2027-01-12"
    assert reading.period.endswith("en cours") == is_early
    assert ("d’après le mardi 12 janvier 2027" in "".join(reading.method)) == is_early


def test_a_map_leaves_its_coordinates_to_the_file() -> None:
    shown = read(year_report()).chapters[1].blocks[0]
    assert [column.name for column in shown.columns] == ["Commune", "Personnes"]
    assert shown.rows[0].name == "Valmorey"
    assert b"45,5731" in papers.csv_bytes(year_report())


def test_a_column_of_numbers_ends_on_one_line_with_its_words() -> None:
    rows = [["a", 5.8, "x"], ["b", "moins de 5", "y"], ["c", 12, "z"]]
    table = block("t", BlockKind.TABLE, "t", ["n", "p", "w"], rows)
    shown = read(meetup_report([table])).chapters[0].blocks[0]
    assert [column.is_number for column in shown.columns] == [False, True, False]
    assert [row.cells[0].text for row in shown.rows] == ["5,8", "moins de 5", "12,0"]


def test_one_amount_among_counts_gives_them_no_decimals() -> None:
    table = block(
        "t", BlockKind.TABLE, "t", ["n", "p"], [["a", 3], ["b", 4], ["c", 7.5]]
    )
    shown = read(meetup_report([table])).chapters[0].blocks[0]
    assert [row.cells[0].text for row in shown.rows] == ["3", "4", "7,5"]


@pytest.mark.parametrize("count", [0, 1, 30, 300, MOST_ROWS])
def test_a_table_prints_whole_up_to_five_hundred_rows(count: int) -> None:
    rows = [[f"Ligne {n}", n] for n in range(count)]
    table = block("t", BlockKind.TABLE, "t", ["n", "p"], rows, chapter="c")
    context = papers.report_context(meetup_report([table]))
    page = pdf.html("pdf/report.html", context)
    assert page.count('<th scope="row">Ligne') == count
    assert "dans le fichier joint" not in page


def test_a_longer_table_prints_its_head_its_total_and_where_the_rest_is() -> None:
    rows = [[f"Ligne {n}", n] for n in range(5000)] + [["Ensemble", 12497500]]
    table = block("t", BlockKind.TABLE, "t", ["n", "p"], rows, has_total=True)
    report = meetup_report([table])
    paper = read(report, on_paper=True).chapters[0].blocks[0]
    assert [row.name for row in paper.rows][-2:] == ["Ligne 39", "Ensemble"]
    assert len(paper.rows) == FIRST_ROWS + 1
    assert paper.left_out == "4\u202f960\u00a0autres lignes dans le fichier joint."
    assert len(read(report).chapters[0].blocks[0].rows) == 5001
    assert papers.csv_bytes(report).count(b"Ligne") == 5000


def test_more_than_eight_columns_are_left_to_the_file() -> None:
    names = [f"c{n}" for n in range(12)]
    table = block("t", BlockKind.TABLE, "t", names, [list(range(12))])
    paper = read(meetup_report([table]), on_paper=True).chapters[0].blocks[0]
    assert len(paper.columns) == 8
    assert paper.left_out == "4\u00a0autres colonnes dans le fichier joint."


def test_only_the_signs_that_are_used_are_explained() -> None:
    def signs(*cells: object) -> list[str]:
        rows = [["a", cell] for cell in cells]
        table = block("t", BlockKind.TABLE, "t", ["n", "p"], rows)
        return [sign for sign, _ in read(meetup_report([table])).signs]

    assert signs(1, "moins de 5") == []
    assert signs(None, "n.d.", "12 p", "///") == ["s", "n.d.", "p", "///"]


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-01-01", "2026-12-31", "Année 2026"),
        ("2025-01-01", "2026-12-31", "Années 2025 à 2026"),
        ("2026-01-01", "2026-03-31", "Du 1er janvier au 31 mars 2026"),
        ("2025-10-01", "2026-03-31", "Du 1er octobre 2025 au 31 mars 2026"),
    ],
)
def test_the_period_in_words(start: str, end: str, words: str) -> None:
    report = year_report(1)
    report.starts_on = report.starts_on.fromisoformat(start)
    report.ends_on = report.ends_on.fromisoformat(end)
    assert read(report).period == words


@pytest.mark.parametrize("kind", ReportKind.values)
def test_every_kind_prints_with_or_without_a_meetup(kind: str) -> None:
    for report in (meetup_report(kind=kind), year_report(3, kind=kind)):
        assert papers.report(report).startswith(b"%PDF")


def test_a_column_without_a_name_still_has_a_head() -> None:
    table = block("t", BlockKind.TABLE, "t", ["", "p"], [["a", 1]])
    page = pdf.html("pdf/report.html", papers.report_context(meetup_report([table])))
    assert '<th scope="col"></th>' not in page
