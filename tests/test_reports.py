import csv
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.test import Client
from pypdf import PdfReader

from invitations.models import PartStat
from networking.models import Meetup, MeetupStatus, Partner, PartnerKind, User
from networking.templatetags.french import long_date_year
from reports import papers, pdf
from reports.actions import NotClosed, issue_report
from reports.freezing import addressee, duration, headline
from reports.models import Presence, Report
from tests.factories import (
    InvitationFactory,
    PartnerFactory,
    ProfessionalFactory,
    ProfessionFactory,
)

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db

TRADES = (
    ("nurse", "Soins infirmiers", 5),
    ("home_help", "Aide à domicile", 2),
    ("doctor", "Médecine", 1),
    ("pharmacist", "Pharmacie", 2),
    ("physio", "Kinésithérapie", 3),
)


@pytest.fixture
def town_hall(meetup: Meetup, eloy: User) -> Partner:
    return Partner.objects.get(name="Mairie de Valmorey")


@pytest.fixture
def closed(meetup: Meetup) -> Meetup:
    """13 people of 5 trades came, all invited."""
    for key, activity, people in TRADES:
        profession = ProfessionFactory(key=key, activity=activity)
        for n in range(people):
            person = ProfessionalFactory(
                first_name=f"Prénom{key}{n}", profession=profession
            )
            guest = InvitationFactory(
                meetup=meetup, professional=person, partstat=PartStat.ACCEPTED
            )
            meetup.attendances.create(
                invitation=guest,
                presence=Presence.PRESENT,
                first_name=person.first_name,
                profession=profession,
                commune=person.commune,
            )
    Meetup.objects.filter(pk=meetup.pk).update(status=MeetupStatus.CLOSED)
    meetup.refresh_from_db()
    return meetup


def issue(meetup: Meetup, partner: Partner, **words) -> Report:
    given = {"quotes": [], "next_steps": [], "cost": Decimal("7.40")} | words
    return issue_report(meetup=meetup, partner=partner, user=meetup.organiser, **given)


def text_of(content: bytes) -> str:
    pages = PdfReader(BytesIO(content)).pages
    text = " ".join(page.extract_text() for page in pages)
    return " ".join(text.split())


def test_title_and_date_are_worded_alike_in_sheet_and_report(
    closed: Meetup, town_hall: Partner
) -> None:
    sheet = pdf.html("pdf/sheet.html", papers.sheet_context(closed))
    report = issue(closed, town_hall)
    assert closed.full_title in sheet
    assert report.title == f"Bilan\u202f: {closed.full_title}"
    assert ("Rencontre", closed.full_title) in report.figures["facts"]


def test_the_row_freezes_all_that_the_paper_says(
    closed: Meetup, town_hall: Partner
) -> None:
    report = issue(closed, town_hall, quotes=["On se connaît."], next_steps=["Mars"])
    before = papers.report(report)
    closed.attendances.all().delete()
    Meetup.objects.update(title="Autre titre", capacity=3)
    Partner.objects.update(name="Autre nom")
    closed.venue.commune.__class__.objects.update(name="Ailleurs")
    again = papers.report(Report.objects.select_related("meetup").get(pk=report.pk))
    assert again == before
    assert "On se connaît." in text_of(again)


def test_the_paper_shows_four_figures_and_masks_small_trades(
    closed: Meetup, town_hall: Partner
) -> None:
    report = issue(closed, town_hall)
    assert report.figures["counts"]["present"] == 13
    assert [tuple(pair) for pair in report.figures["highlights"]] == [
        ("13", "personnes présentes, 13\u00a0attendues"),
        ("5", "métiers différents"),
        ("la moitié", "au moins venaient pour la première fois"),
        ("7,40\u00a0€", "par personne, repas compris"),
    ]
    trades = [
        (trade["label"], trade["count_text"], trade["plates"])
        for trade in report.figures["counts"]["trades"]
    ]
    assert trades == [
        ("Aide à domicile", "moins de 5", None),
        ("Kinésithérapie", "moins de 5", None),
        ("Médecine", "moins de 5", None),
        ("Pharmacie", "moins de 5", None),
        ("Soins infirmiers", "5", 5),
    ]
    words = text_of(papers.report(report))
    assert "5 métiers du soin autour d’une même table" in words
    assert "moins de 5" in words
    assert "Prénom" not in words


def test_what_may_not_leave_gives_its_place_to_another_fact(
    meetup: Meetup, town_hall: Partner
) -> None:
    Meetup.objects.update(status=MeetupStatus.CLOSED)
    meetup.attendances.create(
        presence=Presence.WALK_IN, first_name="Ana", profession=ProfessionFactory()
    )
    report = issue(meetup, town_hall, cost=None)
    assert [tuple(pair) for pair in report.figures["highlights"]] == [
        ("moins de 5", "personnes présentes"),
        ("1\u00a0h\u00a030", "ensemble autour de la table"),
        ("14", "places autour de la table"),
    ]
    assert "moins de 5" in text_of(papers.report(report))


def test_the_drawing_lays_no_plate_for_a_hidden_number(
    meetup: Meetup, town_hall: Partner
) -> None:
    Meetup.objects.update(status=MeetupStatus.CLOSED)
    for n in range(8):
        profession = ProfessionFactory(key=f"t{n}", activity=f"Métier {n}")
        for _ in range(1 + (n == 0)):
            meetup.attendances.create(
                presence=Presence.WALK_IN, first_name="Ana", profession=profession
            )
    figures = issue(meetup, town_hall).figures
    assert figures["counts"]["total"] == "8 à 11"
    assert figures["plates"] == 8


def test_the_attached_file_tells_the_same_masked_figures(
    closed: Meetup, town_hall: Partner
) -> None:
    content = papers.report(issue(closed, town_hall))
    attached = PdfReader(BytesIO(content)).attachments["chiffres.csv"][0]
    assert attached.startswith(b"\xef\xbb\xbf")
    lines = csv.reader(StringIO(attached.decode("utf-8-sig")), delimiter=";")
    rows = dict(line for line in lines if len(line) == 2)
    assert rows["Personnes présentes"] == "13"
    assert rows["Médecine"] == "moins de 5"
    assert rows["Soins infirmiers"] == "5"
    assert rows["Structures différentes"] == "0"
    assert rows["Coût"] == "7,40\u00a0€ par personne"


def test_two_partners_and_two_versions_tell_the_same_figures(
    closed: Meetup, town_hall: Partner
) -> None:
    first = issue(closed, town_hall)
    closed.attendances.filter(profession="doctor").delete()
    cpts = PartnerFactory(kind=PartnerKind.CPTS, name="CPTS du Lac")
    second = issue(closed, town_hall, quotes=["Merci."])
    third = issue(closed, cpts)
    assert first.figures["counts"] == second.figures["counts"]
    assert first.figures["counts"] == third.figures["counts"]


def test_a_correction_is_a_new_version_that_replaces_the_old(
    closed: Meetup, town_hall: Partner
) -> None:
    old = issue(closed, town_hall)
    new = issue(closed, town_hall, quotes=["Merci."])
    assert (new.version, new.replaces) == (2, old)
    assert list(Report.objects.current()) == [new]
    named = f"remplace la version 1, du {long_date_year(old.issued_at)}."
    assert named in text_of(papers.report(new)).replace("’", "’")
    notes = [b["rows"] for b in new.figures["blocks"] if b["key"] == "methode"]
    assert sum(named in str(row) for row in notes[0]) == 1


def test_the_same_words_twice_are_one_report(
    closed: Meetup, town_hall: Partner
) -> None:
    assert issue(closed, town_hall) == issue(closed, town_hall)
    assert Report.objects.count() == 1


def test_an_open_meetup_has_no_report(meetup: Meetup, town_hall: Partner) -> None:
    with pytest.raises(NotClosed):
        issue(meetup, town_hall)
    assert not Report.objects.exists()


def test_words_about_few_trades_and_partners(meetup: Meetup) -> None:
    assert headline(meetup, 8) == "8 métiers du soin autour d’une même table"
    assert headline(meetup, 1).startswith("Une table au cœur de Valmorey")
    assert addressee(Partner(kind="town_hall", name="Mairie d’Annecy")) == (
        "la mairie d’Annecy"
    )
    assert addressee(Partner(kind="cpts", name="CPTS du Lac")) == "la CPTS du Lac"
    assert addressee(Partner(kind="other", name="Réseau Alpin")) == "Réseau Alpin"
    assert duration(timedelta(minutes=45)) == "45\u00a0min"
    assert duration(timedelta(hours=2)) == "2\u00a0h"


def facts_of(report: Report) -> dict[str, str]:
    return dict(report.figures["facts"])


def test_a_lender_is_told_when_a_partner_and_never_when_a_person(
    closed: Meetup, town_hall: Partner
) -> None:
    venue = closed.venue
    venue.lender = "Mme Rey, gardienne"
    venue.save()
    told = facts_of(issue(closed, town_hall, quotes=["Un."]))
    assert "Rey" not in str(told)
    assert "Lieu prêté par" not in told
    venue.lender = "la mairie de Valmorey"
    venue.save()
    fresh = Meetup.objects.get(pk=closed.pk)
    told = facts_of(issue(fresh, town_hall, quotes=["Deux."]))
    assert told["Lieu prêté par"] == "la mairie de Valmorey"


def test_a_title_or_a_circle_that_names_a_guest_does_not_leave(
    closed: Meetup, town_hall: Partner
) -> None:
    closed.title = "Le déjeuner de Prénomnurse0"
    closed.circle.name = "Les amis de Prénomnurse1"
    report = issue(closed, town_hall)
    assert report.title.startswith("Bilan\u202f: Rencontre du ")
    assert "Prénom" not in str(report.figures) + report.title
    assert "Prénom" not in text_of(papers.report(report))
    assert facts_of(report)["Cercle"] == closed.circle.perimeter
