"""The sign-in sheet."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from invitations import actions
from invitations.models import ExtraSeatKind, PartStat, SeatBlock
from networking.models import Meetup, User
from reports import papers, pdf
from tests.factories import InvitationFactory, ProfessionalFactory, WorkplaceFactory

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def test_the_sheet_names_who_said_yes_by_last_name(meetup: Meetup) -> None:
    for first, last, answer in (
        ("Zoé", "Abel", "ACCEPTED"),
        ("Anne", "Zola", "ACCEPTED"),
        ("Bob", "Non", "DECLINED"),
        ("Carl", "Peut", "TENTATIVE"),
        ("Dan", "Rien", "NEEDS-ACTION"),
    ):
        person = ProfessionalFactory(first_name=first, last_name=last)
        InvitationFactory(meetup=meetup, professional=person, partstat=answer)
    context = papers.sheet_context(meetup)
    rows = [(row.number, row.last_name) for row in context["rows"]]
    assert rows == [(1, "Abel"), (2, "Zola")]
    assert list(context["blank_rows"]) == [3, 4, 5, 6, 7]


def test_the_sheet_has_a_line_for_companions_and_for_an_employers_seats(
    meetup: Meetup,
) -> None:
    guest = InvitationFactory(meetup=meetup, partstat=PartStat.ACCEPTED)
    nurse = guest.professional.profession
    guest.extra_seats.create(
        meetup=meetup,
        kind=ExtraSeatKind.COMPANION,
        first_name="Rosa",
        profession=nurse,
    )
    workplace = WorkplaceFactory(name="SAD Les Alizés")
    block = SeatBlock(meetup=meetup, workplace=workplace, seats=2, contact_name="Nora")
    actions.keep_seats(block=block)
    actions.name_seat(block=block, first_name="Fatou", profession=nurse)
    rows = papers.sheet_context(meetup)["rows"]
    assert [(row.first_name, row.workplace) for row in rows[1:]] == [
        ("Rosa", ""),
        ("Fatou", "SAD Les Alizés"),
        ("", "SAD Les Alizés"),
    ]
    # The head, the line without a name, five blank ones: no cell of names is empty.
    page = pdf.html("pdf/sheet.html", papers.sheet_context(meetup))
    assert page.count("Nom, prénom, métier") == 7


def test_a_long_sheet_keeps_a_fifth_of_blank_rows(meetup: Meetup) -> None:
    for _ in range(31):
        InvitationFactory(meetup=meetup, partstat=PartStat.ACCEPTED)
    context = papers.sheet_context(meetup)
    assert list(context["blank_rows"]) == list(range(32, 39))


def test_the_sheet_holds_no_phone_and_no_address(meetup: Meetup) -> None:
    person = ProfessionalFactory(phone="+33639980102", email="secret@example.org")
    InvitationFactory(meetup=meetup, professional=person, partstat=PartStat.ACCEPTED)
    page = pdf.html("pdf/sheet.html", papers.sheet_context(meetup))
    assert person.last_name in page
    assert "secret@" not in page
    assert "39980102" not in page.replace("\u00a0", "").replace(" ", "")


def test_the_sheet_opens_in_the_browser_for_the_team_only(
    meetup: Meetup, bruno: User, driss: User, signed_in: SignIn
) -> None:
    url = reverse("sheet_pdf", args=(meetup.pk,))
    response = signed_in(bruno).get(url)
    assert response["Content-Disposition"].startswith(
        'inline; filename="feuille-le-dejeuner-de-valmorey-'
    )
    assert response.content.startswith(b"%PDF")
    assert signed_in(driss).get(url).status_code == 404
