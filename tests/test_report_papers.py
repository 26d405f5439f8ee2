"""The printed report, read as a machine and as a blind reader would."""

import zipfile
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from pypdf import PdfReader

from reports import papers, pdf
from reports.blocks import BlockKind, block
from tests.sample_reports import meetup_blocks, meetup_report, year_report

NAMES = {"meetup": meetup_report, "year": lambda: year_report(40)}


@pytest.fixture(scope="module", params=NAMES)
def content(request: pytest.FixtureRequest) -> bytes:
    return papers.report(NAMES[request.param]())


def nodes(tree: Any) -> list[Any]:
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop(0)
        if not isinstance(node, pikepdf.Dictionary):
            continue
        if "/S" in node:
            found.append(node)
        kids = node.get("/K", [])
        waiting[:0] = list(kids) if isinstance(kids, pikepdf.Array) else [kids]
    return found


def tags(content: bytes) -> list[tuple[str, str]]:
    """The role of each tag and its alternative, in reading order."""
    with pikepdf.open(BytesIO(content)) as document:
        found = nodes(document.Root.StructTreeRoot)
        return [(str(node.S), str(node.get("/Alt", ""))) for node in found]


def alternatives(content: bytes) -> str:
    return "\n".join(words for _, words in tags(content) if words)


def test_two_pages_weigh_little() -> None:
    content = papers.report(meetup_report())
    assert len(PdfReader(BytesIO(content)).pages) == 2
    assert len(content) < 100_000


def test_a_full_meal_and_many_words_are_two_pages_still() -> None:
    blocks, trade = meetup_blocks(), "Coordination des soins"
    blocks[0]["rows"] = blocks[0]["rows"][:4]
    blocks[1]["rows"] = [[f"{trade} {n}", "moins de 5"] for n in range(14)]
    place = "Le déjeuner de Valmorey et des communes voisines"
    quote = "Une phrase de cent signes ou presque, comme on en entend quand la table"
    report = meetup_report(
        blocks,
        title=f"Bilan\u202f: {place}, jeudi 10 décembre 2026",
        quotes=[f"{quote} est pleine, et bien mêlée."] * 4,
        next_steps=["Inviter les porteurs de repas à la prochaine rencontre."] * 3,
    )
    assert papers.report_context(report)["said_beside"]
    pages = PdfReader(BytesIO(papers.report(report))).pages
    assert len(pages) == 2
    assert "La suite" in pages[0].extract_text()


def test_both_standards_are_declared(content: bytes) -> None:
    with pikepdf.open(BytesIO(content)) as document:
        about = document.open_metadata()
        assert about["pdfuaid:part"] == "1"
        assert about["pdfaid:part"] == "3"
        assert about["pdfaid:conformance"] == "A"
        assert document.Root.MarkInfo.Marked


def test_headings_go_down_one_step_at_a_time(content: bytes) -> None:
    levels = [
        int(role[2])
        for role, _ in tags(content)
        if role in ("/H1", "/H2", "/H3", "/H4")
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def test_chapters_are_bookmarks() -> None:
    outline = PdfReader(BytesIO(papers.report(year_report(3)))).outline
    words = str(outline)
    for title in ("L’essentiel", "Qui est venu", "Où l’on s’est rencontré"):
        assert title in words


def test_every_drawing_says_what_it_shows() -> None:
    words = alternatives(papers.report(year_report(3)))
    assert "Soins infirmiers\u202f: 86" in words
    assert "Pédicurie-podologie\u202f: moins de 5" in words
    assert "juin 2026\u202f: non publié" in words
    assert "Valmorey\u202f: 148" in words


def test_every_font_is_embedded(content: bytes) -> None:
    with pikepdf.open(BytesIO(content)) as document:
        fonts = [o for o in document.objects if _is_font_descriptor(o)]
        assert fonts
        assert all("/FontFile2" in f or "/FontFile3" in f for f in fonts)
        names = {str(font.FontName).split("+")[1] for font in fonts}
    assert {name.split("-")[0] for name in names} <= {"Atkinson", "Bricolage", "Digits"}


def _is_font_descriptor(item: Any) -> bool:
    is_dictionary = isinstance(item, pikepdf.Dictionary)
    return is_dictionary and item.get("/Type") == "/FontDescriptor"


def test_every_page_after_the_first_says_what_it_is() -> None:
    pages = PdfReader(BytesIO(papers.report(year_report(40)))).pages
    for number, page in enumerate(pages[1:], start=2):
        words = page.extract_text()
        assert "Bilan de l’année 2026" in words
        assert "Chiffres arrêtés au mardi 12 janvier 2027" in words
        assert f"{number} / {len(pages)}" in words


def test_no_letter_lacks_its_glyph(caplog: pytest.LogCaptureFixture) -> None:
    odd = "Ÿ Œ ł → ≥ 田 😀"
    table = block("t", BlockKind.BARS, odd, [odd, odd], [[odd, 1], ["1 2", None]])
    papers.report(meetup_report([table], quotes=[odd]))
    assert ".notdef" not in caplog.text


def test_a_hidden_number_is_nowhere() -> None:
    """The maker of blocks hid 3 people: no bar, no plate, no word tells them."""
    rows = [["Médecine", "moins de 5"], ["Pharmacie", 977]]
    kinds = (BlockKind.BARS, BlockKind.PLATES, BlockKind.TABLE)
    blocks = [
        *(block(kind, kind, "Titre", ["Métier", "Nombre"], rows) for kind in kinds),
        block("trend", BlockKind.TREND, "Titre", ["Mois", "Nombre"], rows),
        block(
            "map",
            BlockKind.MAP,
            "Titre",
            list("abcde"),
            [["1", "Médecine", 45.5, 5.9, "moins de 5"], ["2", "P", 45.9, 5.7, 977]],
        ),
    ]
    report = meetup_report(blocks, quotes=[], next_steps=[])
    content = papers.report(report)
    context = pdf.html("pdf/report.html", papers.report_context(report))
    sheets = b"".join(
        zipfile.ZipFile(BytesIO(make(report))).read(name)
        for make, name in ((papers.ods, "content.xml"), (papers.xlsx, PAGE))
    ).decode()
    said = [alternatives(content), papers.csv_bytes(report).decode(), sheets, context]
    for words in said:
        assert "977" in words
        assert ">3<" not in words
        assert "\u202f: 3" not in words
    chapters = context[context.index('class="chapter') :]
    assert chapters.count("stroke-dasharray") == 3
    assert PdfReader(BytesIO(content)).attachments["chiffres.csv"] == [
        papers.csv_bytes(report)
    ]


PAGE = "xl/worksheets/sheet2.xml"


def test_words_too_long_for_a_page_do_not_break_it() -> None:
    long = "Anticonstitutionnellement" * 12
    rows = [[long, 3000000], [long, long], ["", 0]]
    blocks = [
        block(kind, kind, long, [long, long], rows, chapter=long, measure=long)
        for kind in ("bars", "plates", "table", "trend", "facts")
        for kind in (BlockKind(kind),)
    ]
    content = papers.report(year_report(1, figures={"blocks": blocks}))
    assert len(PdfReader(BytesIO(content)).pages) < 16
