"""The sign-in sheet."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from invitations.models import PartStat
from networking.models import Meetup, User
from reports import papers, pdf
from tests.factories import InvitationFactory, ProfessionalFactory

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
    rows = [(row["number"], row["last_name"]) for row in context["rows"]]
    assert rows == [(1, "Abel"), (2, "Zola")]
    assert list(context["blank_rows"]) == [3, 4, 5, 6, 7]


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
