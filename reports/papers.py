"""What each printed document says; reports.pdf lays it out."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import cast

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString

from invitations.models import Invitation
from networking.drawing import Seat, half_table
from networking.models import Meetup, Profession, Workplace
from networking.templatetags.french import (
    APOSTROPHE,
    NARROW,
    hours_between,
    long_date_year,
)
from reports import pdf
from reports.cards import context as cards_context
from reports.freezing import Frozen, reference
from reports.models import Report
from venues.text import fold

FEWEST_BLANK_ROWS = 5
NOT_PUBLISHED = "non publié"
CSV_ROWS = (
    ("Personnes invitées", "invited"),
    ("Réponses reçues", "answered"),
    ("Personnes attendues", "expected"),
    ("Travaillent dans la commune", "in_commune"),
    ("Structures différentes", "structures"),
)


def sheet(meetup: Meetup) -> bytes:
    """The sign-in sheet: who said yes, then blank rows for the others."""
    return pdf.render("pdf/sheet.html", sheet_context(meetup))


def report(issued: Report) -> bytes:
    """The same bytes each time: everything comes from the row."""
    return pdf.render(
        "pdf/report.html", report_context(issued), attachments=(csv_file(issued),)
    )


def cards(meetup: Meetup, guests: Sequence[Invitation]) -> bytes:
    """Cards to cut out and to hand over, one per guest."""
    return pdf.render("pdf/cards.html", cards_context(meetup, guests))


def sheet_context(meetup: Meetup) -> dict[str, object]:
    coming = sorted(meetup.invitations.coming().with_person(), key=_last_name_first)
    rows = [*map(_row, coming), *_company_rows(meetup)]
    blank = max(FEWEST_BLANK_ROWS, -(-len(rows) // 5))
    return {
        "meetup": _heading(meetup),
        "rows": [{"number": n, **row} for n, row in enumerate(rows, 1)],
        "blank_rows": range(len(rows) + 1, len(rows) + blank + 1),
        "controller": settings.ORGANISATION_NAME,
        "retention": "un an après la rencontre",
        "rights_contact": settings.ORGANISATION_CONTACT,
        "recipients": f"l{APOSTROPHE}équipe du cercle seulement",
        "dated_at": timezone.now(),
    }


def _last_name_first(invitation: Invitation) -> tuple[str, int]:
    person = invitation.professional
    return fold(f"{person.last_name} {person.first_name}"), invitation.pk


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
    }


def _company_rows(meetup: Meetup) -> list[dict[str, object]]:
    """Companions, stand-ins and an employer's people: a first name, a trade; then a
    row for each seat that an employer has not put a name to."""
    extras = meetup.extra_seats.counted().select_related(
        "profession", "block__workplace"
    )
    rows = [
        _bare_row(
            extra.first_name,
            extra.profession,
            extra.block.workplace if extra.block else None,
        )
        for extra in extras
    ]
    if not meetup.keeps_seats:
        return rows
    for block in meetup.seat_blocks.select_related("workplace", "profession"):
        unnamed = block.seats - sum(extra.block_id == block.pk for extra in extras)
        rows += [_bare_row("", block.profession, block.workplace)] * unnamed
    return rows


def _bare_row(
    first_name: str, profession: Profession | None, workplace: Workplace | None
) -> dict[str, object]:
    return {
        "first_name": first_name,
        "last_name": "",
        "profession": str(profession or ""),
        "workplace": str(workplace or ""),
        "commune": "",
    }


def _row(invitation: Invitation) -> dict[str, object]:
    person = invitation.professional
    return {
        "first_name": person.first_name,
        "last_name": person.last_name,
        "profession": person.trade,
        "workplace": person.workplace.name if person.workplace else "",
        "commune": person.commune.name,
    }


def report_context(issued: Report) -> dict[str, object]:
    frozen = cast(Frozen, issued.figures)
    notes = list(frozen["method"])
    if issued.version > 1 and "blocks" not in frozen:
        # Later ones name it among their own notes.
        notes.append(f"Ce bilan remplace la version {issued.version - 1}.")
    return {
        "headline": frozen["headline"],
        "title": issued.title,
        "addressee": frozen["addressee"],
        "table_svg": table_drawing(frozen),
        "figures": frozen["highlights"],
        "trades": frozen["counts"]["trades"],
        "quotes": issued.quotes,
        "next_steps": issued.next_steps,
        # The head of the page gives the meetup's title and date already.
        "facts": [fact for fact in frozen["facts"] if fact[0] != "Rencontre"],
        "method": notes,
        "dated_at": issued.issued_at,
        "reference": frozen["reference"],
        "version": issued.version,
    }


def table_drawing(frozen: Frozen) -> SafeString:
    """One plate per person when their number is published, or else per trade."""
    seats: list[Seat] = ["yes"] * frozen["plates"]
    seats += ["free"] * frozen["free_places"]
    return half_table(
        seats, f"La table du repas{NARROW}: {frozen['headline']}", "table"
    )


def csv_file(issued: Report) -> pdf.Attachment:
    return pdf.Attachment(
        name="chiffres.csv",
        content=csv_bytes(issued),
        description="Les chiffres du bilan, sans aucun nom",
    )


def csv_bytes(issued: Report) -> bytes:
    """UTF-8 with a byte order mark and semicolons, as French spreadsheets ask."""
    frozen = cast(Frozen, issued.figures)
    counts = frozen["counts"]
    text = StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow(("Chiffre", "Valeur"))
    writer.writerow(("Bilan", issued.title))
    writer.writerow(("Référence", f"{frozen['reference']}, version {issued.version}"))
    writer.writerow(("Personnes présentes", counts["total"]))
    writer.writerow(("Métiers différents", len(counts["trades"])))
    for trade in counts["trades"]:
        # The words before the label also keep it from being read as a formula.
        writer.writerow((f"Présents{NARROW}: {trade['label']}", trade["count_text"]))
    numbers: dict[str, object] = dict(counts)
    for label, key in CSV_ROWS:
        value = numbers[key]
        writer.writerow((label, NOT_PUBLISHED if value is None else value))
    cost = (frozen["cost"] or NOT_PUBLISHED).replace(".", ",")
    writer.writerow(("Coût par personne, en euros", cost))
    return text.getvalue().encode("utf-8-sig")
