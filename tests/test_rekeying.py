"""The paper sheet typed again, line by line."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from invitations.models import ExtraSeatKind, Invitation, PartStat, SeatBlock
from networking.models import Meetup, User
from networking.templatetags.french import NBSP
from reports import papers
from reports.actions import close_meetup
from reports.models import Attendance, Presence
from tests.factories import (
    InvitationFactory,
    ProfessionalFactory,
    ProfessionFactory,
    WorkplaceFactory,
)

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


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


def hours() -> list[tuple[str, str]]:
    rows = Attendance.objects.order_by("first_name", "pk")
    return [
        tuple(
            f"{timezone.localtime(moment):%H:%M}" if moment else ""
            for moment in (row.arrived_at, row.left_at)
        )
        for row in rows
    ]


def test_the_hours_of_the_paper_are_typed_and_the_evening_is_no_arrival(
    guest: Invitation, bruno: User, signed_in: SignIn, evening
) -> None:
    ProfessionFactory()
    Meetup.objects.update(keeps_times=True)
    other = ProfessionalFactory(first_name="Samira")
    second = InvitationFactory(
        meetup=guest.meetup, professional=other, partstat=PartStat.ACCEPTED
    )
    client = signed_in(bruno)
    fields = shown(client, guest.meetup) | {
        f"marque-i{guest.pk}": "present",
        f"arrivee-i{guest.pk}": "12:20",
        f"depart-i{guest.pk}": "13:30",
        f"marque-i{second.pk}": "present",
        "prenom-1": "Rosa",
        "metier-1": "nurse",
        "arrivee-1": "12:40",
    }
    assert "3\xa0lignes notées." in save(client, guest.meetup, fields)
    assert hours() == [("12:20", "13:30"), ("12:40", ""), ("", "")]
    fields = shown(client, guest.meetup)
    assert fields[f"heures-i{guest.pk}"] == "12:20/13:30"
    assert "Rien à changer." in save(client, guest.meetup, fields)
    fields |= {f"arrivee-i{second.pk}": "12:50", f"depart-i{second.pk}": ""}
    assert "1\xa0ligne notée." in save(client, guest.meetup, fields)
    assert hours() == [("12:20", "13:30"), ("12:40", ""), ("12:50", "")]


@pytest.mark.parametrize(
    ("mark", "came", "left", "error"),
    [
        ("present", "12:20", "12:10", "Le départ vient après l’arrivée."),
        ("present", "", "1:30", "Le repas commence à 12\xa0h\xa015."),
        ("present", "20:00", "", "Le repas finit à 13\xa0h\xa045."),
        ("present", "midi", "", "Écrivez une heure, par exemple 12:20."),
        ("absent", "12:20", "", "Cochez «\u202fLà\u202f», ou effacez les heures."),
    ],
)
def test_a_wrong_hour_stands_beside_its_line_and_is_kept(
    guest: Invitation, bruno: User, signed_in: SignIn, evening, mark, came, left, error
) -> None:
    Meetup.objects.update(keeps_times=True)
    client = signed_in(bruno)
    fields = shown(client, guest.meetup) | {
        f"marque-i{guest.pk}": mark,
        f"arrivee-i{guest.pk}": came,
        f"depart-i{guest.pk}": left,
    }
    page = save(client, guest.meetup, fields)
    assert f'<p class="erreur" id="e1">{error}</p>' in page
    assert f'value="{came}"' in page
    assert f'value="{mark}" checked' in page
    assert not Attendance.objects.exists()


def test_hours_that_a_telephone_noted_meanwhile_stay(
    guest: Invitation, bruno: User, signed_in: SignIn, meetup: Meetup
) -> None:
    Meetup.objects.update(keeps_times=True)
    with time_machine.travel(meetup.starts_at + timedelta(minutes=5), tick=False):
        client = signed_in(bruno)
        fields = shown(client, meetup) | {f"marque-i{guest.pk}": "present"}
        url = reverse("record_attendance", args=(meetup.pk, guest.pk))
        client.post(url, {"presence": "present"})
    noted = hours()
    assert noted != [("", "")]
    with time_machine.travel(meetup.ends_at + timedelta(hours=3), tick=False):
        save(signed_in(bruno), meetup, fields)
    assert hours() == noted


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


@pytest.mark.parametrize(
    ("who", "status"),
    [("amina", 200), ("bruno", 200), ("nora", 404), ("driss", 404), ("eloy", 404)],
)
def test_the_team_alone_types_the_sheet(
    guest: Invitation, everyone, signed_in: SignIn, evening, who: str, status: int
) -> None:
    client = signed_in(everyone[who])
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


def test_a_line_typed_below_the_last_blank_one_is_kept(
    guest: Invitation, bruno: User, signed_in: SignIn, evening
) -> None:
    """The page was opened while an employer's seats had no names yet."""
    block = SeatBlock(
        meetup=guest.meetup, workplace=WorkplaceFactory(), seats=2, contact_name="Nora"
    )
    block.save()
    client, nurse = signed_in(bruno), guest.professional.profession_id
    typed = shown(client, guest.meetup) | {"prenom-7": "Karim", "metier-7": nurse}
    for name in ("Ines", "Léa"):
        guest.meetup.extra_seats.create(
            block=block, kind=ExtraSeatKind.NAMED, first_name=name
        )
    assert "1 ligne notée" in save(client, guest.meetup, typed).replace(NBSP, " ")
    assert marks() == [("Karim", "walk_in")]
