"""What people type reaches a printed document as text, and as nothing else."""

from typing import Any

import pytest
import weasyprint
from django.conf import LazySettings

from reports import pdf
from tests.test_pdf import DATED, read, report, row, sheet


def test_a_document_without_a_zoned_date_is_refused() -> None:
    naive = DATED.replace(tzinfo=None)
    for wrong in (naive, "2026-12-11", None):
        with pytest.raises(ValueError, match="dated_at"):
            pdf.render("pdf/report.html", report(issued_at=wrong))


def test_too_long_a_document_is_refused_before_it_is_laid_out() -> None:
    rows = [row(number) for number in range(1, 8000)]
    with pytest.raises(pdf.DocumentTooLong):
        pdf.render("pdf/sheet.html", sheet(rows))


@pytest.mark.parametrize(
    "hostile",
    [
        '<img src="file:///etc/passwd">',
        '<link rel="attachment" href="http://example.org/">',
        '"><style>@import "http://example.org/";</style>',
        "</title><script>1</script>",
        "{{ settings.SECRET_KEY }}{% include 'x' %}",
    ],
)
def test_what_people_type_is_only_text(hostile: str) -> None:
    names = row(1, first_name=hostile, last_name=hostile, commune=hostile)
    page = pdf.html("pdf/sheet.html", sheet([names]))
    harmless = pdf.html("pdf/sheet.html", sheet([row(1)]))
    assert page.count("<") == harmless.count("<")
    context = report(quotes=[hostile], headline=hostile, title=hostile)
    data = pdf.render("pdf/report.html", context)
    assert read(data).attachments == {}


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "http://127.0.0.1:9/",
        "https://example.org/a.png",
        "data:image/png;base64,AAAA",
        "asset:../networking/settings.py",
        "asset:",
        "text-bold.ttf",
    ],
)
def test_any_other_address_stops_the_rendering(
    address: str, settings: LazySettings, tmp_path: Any
) -> None:
    page = f'<html lang="fr"><title>x</title><p><img alt="x" src="{address}">'
    (tmp_path / "hostile.html").write_text(page)
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    with pytest.raises(weasyprint.urls.FatalURLFetchingError):
        pdf.render("hostile.html", {"dated_at": DATED})


def test_a_replaced_letter_is_told_to_the_reader() -> None:
    note = "Un point d’interrogation remplace une lettre"
    for template, plain, odd in (
        ("pdf/sheet.html", sheet([row(1)]), sheet([row(1, last_name="محمد")])),
        ("pdf/report.html", report(), report(quotes=["田中"])),
    ):
        assert note not in pdf.html(template, plain)
        assert note in pdf.html(template, odd)


def test_no_letter_lacks_a_glyph(caplog: pytest.LogCaptureFixture) -> None:
    odd = row(1, first_name="Ÿ Œ ł", last_name="بنימין Ελλ", commune="田中 😀 \u0338")
    pdf.render("pdf/sheet.html", sheet([odd]))
    assert [r.getMessage() for r in caplog.records if "notdef" in r.getMessage()] == []
