"""The paper sheet typed again, line by line."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invitations.models import ExtraSeatKind, Invitation, PartStat, SeatBlock
from networking.models import Meetup, User
from reports import papers
from reports.actions import close_meetup
from reports.models import Attendance, Presence
from tests.factories import (
    CircleFactory,
    InvitationFactory,
    ProfessionalFactory,
    ProfessionFactory,
    UserFactory,
    WorkplaceFactory,
)

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(meetup: Meetup, chloe) -> Invitation:
    return InvitationFactory(
        meetup=meetup, professional=chloe, partstat=PartStat.ACCEPTED
    )


@pytest.fixture
def evening(meetup: Meetup):
    """The meal is over, and not closed yet."""
    with time_machine.travel(meetup.ends_at + timedelta(hours=3), tick=False) as t:
        yield t


def address(meetup: Meetup) -> str:
    return reverse("rekey_sheet", args=(meetup.pk,))


def shown(client: Client, meetup: Meetup) -> dict[str, str]:
    """What a browser would post of the page left as it is."""
    page = client.get(address(meetup)).content.decode()
    hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)
    radios = re.findall(
        r'type="radio" name="([^"]+)" value="([^"]*)" checked', page
    ) + re.findall(r'name="(prenom-\d+)" value="([^"]*)"', page)
    return dict(hidden + radios)


def save(client: Client, meetup: Meetup, fields: dict[str, str]) -> str:
    return client.post(address(meetup), fields, follow=True).content.decode()


def marks() -> list[tuple[str, str]]:
    return sorted(Attendance.objects.values_list("first_name", "presence"))


def test_lines_have_the_order_and_the_numbers_of_the_paper(
    guest: Invitation, bruno: User, signed_in: SignIn, evening
) -> None:
    for first, last in (("Zoé", "Abel"), ("Anne", "Zola")):
        person = ProfessionalFactory(first_name=first, last_name=last)
        InvitationFactory(meetup=guest.meetup, professional=person, partstat="ACCEPTED")
    guest.extra_seats.create(
        meetup=guest.meetup, kind=ExtraSeatKind.COMPANION, first_name="Rosa"
    )
    SeatBlock(
        meetup=guest.meetup,
        workplace=WorkplaceFactory(name="SAD Les Alizés"),
        seats=1,
        contact_name="Nora",
    ).save()
    page = signed_in(bruno).get(address(guest.meetup)).content.decode()
    paper = papers.sheet_context(guest.meetup)
    printed = [(row.number, row.first_name) for row in paper["rows"]]
    printed += [(number, "") for number in paper["blank_rows"]]
    lines = re.findall(r'<li id="l(\d+)">(.*?)</li>', page, re.DOTALL)
    assert [int(number) for number, _ in lines] == [number for number, _ in printed]
    for (_, line), (_, first_name) in zip(lines, printed, strict=True):
        assert first_name in line
        assert ("Prénom</label>" in line) is (first_name == "")
    assert "SAD Les Alizés" in lines[4][1]


def test_one_save_notes_every_line(
    guest: Invitation, bruno: User, signed_in: SignIn, evening
) -> None:
    ProfessionFactory()
    client = signed_in(bruno)
    fields = shown(client, guest.meetup) | {
        f"marque-i{guest.pk}": "present",
        "prenom-1": "Fatou",
        "metier-1": "nurse",
        "prenom-3": "Fatou",
        "metier-3": "nurse",
    }
    page = save(client, guest.meetup, fields)
    assert "3\xa0lignes notées." in page
    # Two signatures are two people, also of one name and trade.
    expected = [("Chloé", "present"), ("Fatou", "walk_in"), ("Fatou", "walk_in")]
    assert marks() == expected
    again = save(client, guest.meetup, fields)
    assert "Rien à changer." in again
    assert marks() == expected


def test_a_sheet_saved_as_it_is_changes_nothing(
    guest: Invitation, bruno: User, signed_in: SignIn, evening
) -> None:
    client = signed_in(bruno)
    fields = shown(client, guest.meetup)
    assert fields[f"marque-i{guest.pk}"] == ""
    url = reverse("record_attendance", args=(guest.meetup_id, guest.pk))
    client.post(url, {"presence": "present"})
    save(client, guest.meetup, fields)
    assert marks() == [("Chloé", "present")]


def test_an_error_stands_beside_its_line_and_nothing_is_lost(
    guest: Invitation, bruno: User, signed_in: SignIn, evening
) -> None:
    ProfessionFactory()
    client = signed_in(bruno)
    fields = shown(client, guest.meetup) | {
        f"marque-i{guest.pk}": "excused",
        "prenom-1": "Fatou",
        "metier-2": "nurse",
        "prenom-3": "A" * 61,
        "metier-3": "nurse",
    }
    page = save(client, guest.meetup, fields)
    assert "Ligne 2&#8239;: Choisissez le métier." in page
    assert "Ligne 3&#8239;: Écrivez le prénom." in page
    assert "Ligne 4&#8239;: 60 signes au plus." in page
    assert page.count('aria-invalid="true"') == 3
    assert "<title>Erreur" in page
    assert 'value="excused" checked' in page
    assert 'value="Fatou"' in page
    assert "A" * 61 in page
    assert not Attendance.objects.exists()
    corrected = shown_again(page) | {
        "metier-1": "nurse",
        "prenom-2": "Ana",
        "metier-2": "nurse",
        "prenom-3": "",
        "metier-3": "",
    }
    save(client, guest.meetup, fields | corrected)
    assert marks() == [("Ana", "walk_in"), ("Chloé", "excused"), ("Fatou", "walk_in")]


def shown_again(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_somebody_noted_on_a_telephone_is_not_typed_a_second_time(
    meetup: Meetup, bruno: User, signed_in: SignIn, evening
) -> None:
    nurse = ProfessionFactory()
    meetup.attendances.create(
        presence=Presence.WALK_IN, first_name="Fatou", profession=nurse
    )
    client = signed_in(bruno)
    fields = shown(client, meetup) | {"prenom-1": "FATOU", "metier-1": "nurse"}
    page = save(client, meetup, fields)
    assert "Déjà notée. Une autre personne\u202f? Ajoutez une initiale." in page
    save(client, meetup, fields | {"prenom-1": "Fatou D."})
    assert marks() == [("Fatou", "walk_in"), ("Fatou D.", "walk_in")]


def test_a_yes_that_comes_meanwhile_moves_no_typed_line(
    meetup: Meetup, bruno: User, signed_in: SignIn, evening
) -> None:
    ProfessionFactory()
    client = signed_in(bruno)
    fields = shown(client, meetup) | {"prenom-1": "Fatou", "metier-1": "nurse"}
    InvitationFactory(meetup=meetup, partstat=PartStat.ACCEPTED)
    save(client, meetup, fields)
    assert marks() == [("Fatou", "walk_in")]


def test_invented_marks_are_left_as_they_were(
    guest: Invitation, bruno: User, signed_in: SignIn, evening
) -> None:
    client = signed_in(bruno)
    fields = shown(client, guest.meetup)
    for mark in ("walk_in", "left", "x"):
        save(client, guest.meetup, fields | {f"marque-i{guest.pk}": mark})
    save(client, guest.meetup, fields | {"cle": "x", "marque-i99999": "present"})
    assert not Attendance.objects.exists()


def test_whoever_comes_along_is_there_or_not_noted(
    guest: Invitation, bruno: User, signed_in: SignIn, evening
) -> None:
    extra = guest.extra_seats.create(
        meetup=guest.meetup, kind=ExtraSeatKind.COMPANION, first_name="Rosa"
    )
    client = signed_in(bruno)
    for mark, known in (("present", 1), ("", 0)):
        fields = shown(client, guest.meetup)
        save(client, guest.meetup, fields | {f"marque-e{extra.pk}": mark})
        assert Attendance.objects.filter(extra=extra).count() == known


def test_nothing_is_typed_once_the_meetup_is_closed(
    guest: Invitation, amina: User, signed_in: SignIn, evening
) -> None:
    client = signed_in(amina)
    fields = shown(client, guest.meetup) | {f"marque-i{guest.pk}": "present"}
    close_meetup(meetup=guest.meetup, user=amina)
    page = save(client, guest.meetup, fields)
    assert "ne se notent pas maintenant" in page
    assert marks() == [("Chloé", "absent")]


def people() -> dict[str, User]:
    other = UserFactory(first_name="Nora", email="nora@example.org")
    CircleFactory(organiser=other)
    return {
        "amina": UserFactory(email="amina@example.org"),
        "bruno": UserFactory(email="bruno@example.org"),
        "nora": other,
        "driss": UserFactory(email="driss@example.org"),
        "eloy": UserFactory(email="eloy@mairie.example"),
    }


@pytest.mark.parametrize(
    ("who", "status"),
    [("amina", 200), ("bruno", 200), ("nora", 404), ("driss", 404), ("eloy", 404)],
)
def test_the_team_alone_types_the_sheet(
    guest: Invitation, eloy: User, signed_in: SignIn, evening, who: str, status: int
) -> None:
    client = signed_in(people()[who])
    assert client.get(address(guest.meetup)).status_code == status
    fields = {f"avant-i{guest.pk}": "", f"marque-i{guest.pk}": "present"}
    client.post(address(guest.meetup), fields)
    assert Attendance.objects.exists() is (status == 200)


def test_a_visitor_is_sent_to_sign_in(meetup: Meetup) -> None:
    assert reverse("account_login") in Client().get(address(meetup)).url


@pytest.mark.parametrize("guests", [1, 3])
def test_the_sheet_costs_the_same_for_one_and_three_people(
    meetup: Meetup,
    bruno: User,
    signed_in: SignIn,
    evening,
    guests: int,
    django_assert_num_queries,
) -> None:
    for _ in range(guests):
        InvitationFactory(meetup=meetup, partstat=PartStat.ACCEPTED)
        meetup.attendances.create(
            presence=Presence.WALK_IN, first_name="A", profession=ProfessionFactory()
        )
    client = signed_in(bruno)
    with django_assert_num_queries(14):
        client.get(address(meetup))
