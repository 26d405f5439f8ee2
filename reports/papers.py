"""What each printed document says; reports.pdf lays it out."""

import math
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from invitations.mails import absolute
from invitations.models import Invitation
from networking.models import Meetup
from networking.templatetags.french import (
    APOSTROPHE,
    hours_between,
    long_date_year,
)
from reports import exports, kit, pdf, spreadsheets
from reports.blocks import BlockKind
from reports.cards import bare
from reports.cards import context as cards_context
from reports.freezing import reference
from reports.missions import LABELS
from reports.models import Certificate, Report
from reports.qr import square
from reports.reading import Reading, read
from reports.sheet_parts import Part
from reports.sheet_rows import blank_numbers, sheet_rows

# Trades, and lines of words in the narrow column, that the first page holds.
MOST_BESIDE, LINES_BESIDE, LETTERS_BESIDE = 14, 28, 32
# A third one, in lines.
HEADING = 3


def sheet(meetup: Meetup, part: Part | None = None) -> bytes:
    """The sign-in sheet: who said yes, then blank rows for the others."""
    return pdf.render("pdf/sheet.html", sheet_context(meetup, part))


def report(issued: Report) -> bytes:
    """The same bytes each time: everything comes from the row."""
    return pdf.render(
        "pdf/report.html", report_context(issued), attachments=(csv_file(issued),)
    )


def cards(meetup: Meetup, guests: Sequence[Invitation]) -> bytes:
    """Cards to cut out and to hand over, one per guest."""
    return pdf.render("pdf/cards.html", cards_context(meetup, guests))


def certificate(issued: Certificate) -> bytes:
    """The same bytes each time: everything comes from the row."""
    return pdf.render("pdf/certificate.html", certificate_context(issued))


def certificate_context(issued: Certificate) -> dict[str, object]:
    check = absolute(reverse("check_certificate_code", args=(issued.shown_code,)))
    return {
        "certificate": issued,
        "facts": issued.facts,
        "check": bare(absolute(reverse("check_certificate"))),
        "square": square(check, "Carré à photographier pour vérifier l’attestation"),
        "dated_at": issued.issued_at,
    }


def day_kit(meetup: Meetup, keys: Sequence[str]) -> bytes:
    """The chosen documents of `reports.kit` in one file, each with its own pages."""
    values: dict[str, Any] = kit.context(meetup, keys)
    chosen = [document.label for document in kit.DOCUMENTS if document.key in keys]
    values["label"] = chosen[0] if len(chosen) == 1 else "Documents"
    if "feuille" in keys:
        alone = sheet_context(meetup)
        pages = pdf.page_count("pdf/sheet.html", alone)
        values |= {**alone, "sheet": True, "sheet_pages": pages}
    return pdf.render("pdf/kit.html", values, images=kit.images(values))


def sheet_context(meetup: Meetup, part: Part | None = None) -> dict[str, object]:
    rows = sheet_rows(meetup)
    if part:
        rows = rows[part.start : part.end]
    blank = blank_numbers(rows)
    return {
        "meetup": _heading(meetup),
        "part": part,
        "rows": rows,
        # Of one table among several, the numbers after its own are its neighbour's.
        "blank_rows": [""] * len(blank) if part else blank,
        "controller": settings.ORGANISATION_NAME,
        "retention": "un an après la rencontre",
        "rights_contact": settings.ORGANISATION_CONTACT,
        "recipients": f"l{APOSTROPHE}équipe du cercle seulement",
        "dated_at": timezone.now(),
    }


def _heading(meetup: Meetup) -> dict[str, object]:
    venue, circle = meetup.venue, meetup.circle
    return {
        "title": meetup.title,
        "organiser": {
            "name": settings.ORGANISATION_NAME,
            "address": settings.ORGANISATION_CONTACT,
        },
        "circle_name": circle.name,
        "pathway": circle.pathway.label if circle.pathway else "",
        "date_text": long_date_year(meetup.starts_at),
        "hours_text": hours_between(meetup.starts_at, meetup.ends_at),
        "venue_name": venue.name,
        "venue_address": venue.full_address,
        "commune_name": venue.commune.name,
        "reference": reference(meetup),
        "funding": meetup.funding_reference,
        "missions": [LABELS[one] for one in meetup.missions if one in LABELS],
        "keeps_times": meetup.keeps_times,
    }


def report_context(issued: Report) -> dict[str, object]:
    """`said_beside`: few trades and few words stand side by side on the first page."""
    reading = read(issued, on_paper=True)
    first = reading.chapters[0].blocks if reading.chapters else []
    return {
        "reading": reading,
        "said_beside": not reading.is_long
        and [block.kind for block in first] == [BlockKind.PLATES]
        and len(first[0].rows) <= MOST_BESIDE
        and 0 < lines_beside(reading) <= LINES_BESIDE,
        "dated_at": issued.issued_at,
    }


def lines_beside(reading: Reading) -> float:
    """As the narrow column breaks them; a third of a line between two."""
    words = [*reading.quotes, *reading.next_steps]
    if told := reading.opinions:
        words += [f"{row.name}\u202f: {row.cells[0].text}" for row in told.rows]
        words.append(told.measure)
    lines = sum(math.ceil(len(one) / LETTERS_BESIDE) + 1 / 3 for one in words)
    return lines + (HEADING if reading.opinions else 0)


def csv_file(issued: Report) -> pdf.Attachment:
    return pdf.Attachment(
        name="chiffres.csv",
        content=csv_bytes(issued),
        description="Les chiffres du bilan, sans aucun nom",
    )


def csv_bytes(issued: Report) -> bytes:
    return exports.csv_bytes(issued)


def xlsx(issued: Report) -> bytes:
    return spreadsheets.xlsx(exports.sheets(issued), issued.issued_at)


def ods(issued: Report) -> bytes:
    return spreadsheets.ods(exports.sheets(issued), issued.issued_at)
