"""What each printed document says; reports.pdf lays it out."""

import csv
from collections.abc import Sequence
from io import StringIO
from typing import Any, cast

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from invitations.mails import absolute
from invitations.models import Invitation
from networking.drawing import Seat, half_table
from networking.models import Meetup
from networking.templatetags.french import (
    APOSTROPHE,
    NARROW,
    hours_between,
    long_date_year,
)
from reports import kit, pdf
from reports.cards import bare
from reports.cards import context as cards_context
from reports.freezing import Frozen, reference
from reports.missions import LABELS
from reports.models import Certificate, Report
from reports.qr import square
from reports.sheet_rows import blank_numbers, sheet_rows

NOT_PUBLISHED = "non publié"
CSV_ROWS = (
    ("Personnes invitées", "invited"),
    ("Réponses reçues", "answered"),
    ("Personnes attendues", "expected"),
    ("Venues pour la première fois depuis un an", "first_timers"),
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


def sheet_context(meetup: Meetup) -> dict[str, object]:
    rows = sheet_rows(meetup)
    return {
        "meetup": _heading(meetup),
        "rows": rows,
        "blank_rows": blank_numbers(rows),
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
    frozen = cast(Frozen, issued.figures)
    notes = list(frozen["method"])
    if issued.version > 1:
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
