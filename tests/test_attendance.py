import gzip
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invitations.models import ExtraSeatKind, Invitation
from networking.models import Meetup, User
from reports.models import Attendance, Presence
from reports.views import attendance
from tests.factories import InvitationFactory, ProfessionalFactory, ProfessionFactory

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def address(name: str, *args: object) -> str:
    return reverse(name, args=args)


def post_presence(client: Client, guest: Invitation, presence: str, kept: str = ""):
    url = address("record_attendance", guest.meetup_id, guest.pk)
    return client.post(url + kept, {"presence": presence})


def test_one_tap_marks_a_guest_present(
    guest: Invitation, bruno: User, signed_in: SignIn, noon
) -> None:
    response = post_presence(signed_in(bruno), guest, "present")
    assert response.status_code == 302
    assert response.url == (
        address("attendance", guest.meetup_id) + f"#personne-{guest.pk}"
    )
    mark = guest.meetup.attendances.get()
    assert (mark.presence, mark.invitation) == (Presence.PRESENT, guest)
    assert (mark.first_name, mark.recorded_by) == ("Chloé", bruno)
    assert mark.profession == guest.professional.profession
    assert mark.commune == guest.professional.commune


def test_the_search_and_the_page_survive_the_tap(
    guest: Invitation, bruno: User, signed_in: SignIn, noon
) -> None:
    response = post_presence(signed_in(bruno), guest, "present", "?q=chlo%C3%A9&page=2")
    assert "?q=chlo%C3%A9&page=2#" in response.url


def test_marking_twice_is_marking_once(
    guest: Invitation, bruno: User, signed_in: SignIn, noon
) -> None:
    client = signed_in(bruno)
    for presence in ("present", "present", "excused"):
        post_presence(client, guest, presence)
    assert [a.presence for a in Attendance.objects.all()] == [Presence.EXCUSED]


def test_a_mark_can_be_undone_twice(
    guest: Invitation, bruno: User, signed_in: SignIn, noon
) -> None:
    client = signed_in(bruno)
    for presence in ("absent", "", ""):
        assert post_presence(client, guest, presence).status_code == 302
    assert not Attendance.objects.exists()


@pytest.mark.parametrize("presence", ["walk_in", "PRESENT", "x"])
def test_an_invented_mark_is_refused(
    guest: Invitation, bruno: User, signed_in: SignIn, noon, presence: str
) -> None:
    assert post_presence(signed_in(bruno), guest, presence).status_code == 400
    assert not Attendance.objects.exists()


def test_a_guest_of_another_meetup_is_not_found(
    guest: Invitation, meetup: Meetup, bruno: User, signed_in: SignIn, noon
) -> None:
    other = InvitationFactory()
    url = address("record_attendance", meetup.pk, other.pk)
    assert signed_in(bruno).post(url, {"presence": "present"}).status_code == 404


def test_presences_open_three_hours_before_the_start(
    guest: Invitation, meetup: Meetup, bruno: User, signed_in: SignIn
) -> None:
    opening = meetup.starts_at - timedelta(hours=3)
    with time_machine.travel(opening - timedelta(seconds=1), tick=False):
        client = signed_in(bruno)
        page = client.get(address("attendance", meetup.pk)).content.decode()
        assert "Vous pourrez noter les présences" in page
        assert 'value="present"' not in page
        post_presence(client, guest, "present")
    assert not Attendance.objects.exists()
    with time_machine.travel(opening, tick=False):
        assert (
            'value="present"'
            in client.get(address("attendance", meetup.pk)).content.decode()
        )
        post_presence(client, guest, "present")
    assert Attendance.objects.count() == 1


@pytest.mark.parametrize("state", ["closed", "cancelled"])
def test_nothing_changes_after_the_end(
    guest: Invitation, meetup: Meetup, bruno: User, signed_in: SignIn, noon, state: str
) -> None:
    meetup.attendances.create(
        presence=Presence.WALK_IN, first_name="Karim", profession=ProfessionFactory()
    )
    Meetup.objects.update(status=state)
    client = signed_in(bruno)
    walk_in = meetup.attendances.get()
    post_presence(client, guest, "present")
    client.post(address("remove_walk_in", meetup.pk, walk_in.pk))
    client.post(
        address("walk_in", meetup.pk), {"first_name": "Ana", "profession": "nurse"}
    )
    assert list(meetup.attendances.all()) == [walk_in]
    page = client.get(address("attendance", meetup.pk)).content.decode()
    assert '<button class="btn btn-fort"' not in page
    assert ("ne changent plus" in page) is (state == "closed")


def test_a_walk_in_takes_two_fields(
    meetup: Meetup, bruno: User, signed_in: SignIn, noon
) -> None:
    ProfessionFactory()
    response = signed_in(bruno).post(
        address("walk_in", meetup.pk), {"first_name": " Karim ", "profession": "nurse"}
    )
    assert response.url == address("attendance", meetup.pk) + "#sans-invitation"
    there = meetup.attendances.there().get()
    assert (there.presence, there.first_name, there.invitation) == (
        Presence.WALK_IN,
        "Karim",
        None,
    )


def test_pressing_twice_adds_one_walk_in_and_says_so(
    meetup: Meetup, bruno: User, signed_in: SignIn, noon
) -> None:
    ProfessionFactory()
    client, url = signed_in(bruno), address("walk_in", meetup.pk)
    client.post(url, {"first_name": "Karim", "profession": "nurse"})
    second = client.post(
        url, {"first_name": "karim", "profession": "nurse"}, follow=True
    )
    assert "karim est déjà là" in second.content.decode()
    assert meetup.attendances.count() == 1
    noon.shift(timedelta(seconds=61))
    client.post(url, {"first_name": "Karim", "profession": "nurse"})
    assert meetup.attendances.count() == 2


def test_a_walk_in_without_name_keeps_the_trade(
    meetup: Meetup, bruno: User, signed_in: SignIn, noon
) -> None:
    ProfessionFactory()
    response = signed_in(bruno).post(
        address("walk_in", meetup.pk), {"first_name": "  ", "profession": "nurse"}
    )
    page = response.content.decode()
    assert "Écrivez son prénom." in page
    assert '<option value="nurse" selected>' in page
    assert "<title>Erreur" in page
    assert not meetup.attendances.exists()


def test_a_walk_in_can_be_removed_but_not_an_invited_guest(
    guest: Invitation, meetup: Meetup, bruno: User, signed_in: SignIn, noon
) -> None:
    client = signed_in(bruno)
    walk_in = meetup.attendances.create(
        presence=Presence.WALK_IN, first_name="Karim", profession=ProfessionFactory()
    )
    post_presence(client, guest, "present")
    for mark in meetup.attendances.all():
        client.post(address("remove_walk_in", meetup.pk, mark.pk))
    assert walk_in not in meetup.attendances.all()
    assert meetup.attendances.get().invitation == guest


def test_search_by_first_name_minds_no_accent(
    guest: Invitation, meetup: Meetup, bruno: User, signed_in: SignIn, noon
) -> None:
    other = ProfessionalFactory(first_name="Samira", last_name="Benali")
    InvitationFactory(meetup=meetup, professional=other)
    client = signed_in(bruno)
    page = client.get(address("attendance", meetup.pk), {"q": "CHLOE"}).content.decode()
    assert "Chloé M." in page
    assert "Samira B." not in page
    nobody = client.get(address("attendance", meetup.pk), {"q": "Zoé"})
    assert "Personne à ce nom" in nobody.content.decode()


def test_the_list_is_alphabetical_and_tells_the_answer(
    guest: Invitation, meetup: Meetup, bruno: User, signed_in: SignIn, noon
) -> None:
    for name, answer in (
        ("Samira", "DECLINED"),
        ("Anne", "TENTATIVE"),
        ("Éloïse", "TENTATIVE"),
        ("Øyvind", "TENTATIVE"),
    ):
        person = ProfessionalFactory(first_name=name, last_name="Roy")
        InvitationFactory(meetup=meetup, professional=person, partstat=answer)
    page = signed_in(bruno).get(address("attendance", meetup.pk)).content.decode()
    names = ("Anne R.", "Chloé M.", "Éloïse R.", "Øyvind R.", "Samira R.")
    assert [page.index(name) for name in names] == sorted(map(page.index, names))
    for words in ("Oui", "Ne sait pas", "Non"):
        assert f"· {words}<" in page


@pytest.mark.parametrize("others", [0, 2])
def test_the_page_costs_the_same_for_one_and_three_people(
    guest: Invitation,
    meetup: Meetup,
    bruno: User,
    signed_in: SignIn,
    noon,
    others: int,
    django_assert_num_queries,
) -> None:
    for _ in range(others):
        InvitationFactory(meetup=meetup)
        meetup.attendances.create(
            presence=Presence.WALK_IN, first_name="A", profession=ProfessionFactory()
        )
    client = signed_in(bruno)
    post_presence(client, guest, "present")
    with django_assert_num_queries(14):
        client.get(address("attendance", meetup.pk))


@pytest.mark.parametrize(("who", "closes"), [("amina", True), ("bruno", False)])
def test_only_who_may_end_the_meetup_is_led_there(
    meetup: Meetup, request, signed_in: SignIn, noon, who: str, closes: bool
) -> None:
    client = signed_in(request.getfixturevalue(who))
    page = client.get(address("attendance", meetup.pk)).content.decode()
    assert (address("close_meetup", meetup.pk) in page) is closes
    assert ("C’est Amina qui termine la rencontre." in page) is not closes


def test_the_hours_of_a_walk_in_are_noted_too(
    meetup: Meetup, bruno: User, signed_in: SignIn, noon
) -> None:
    Meetup.objects.update(keeps_times=True)
    trade = ProfessionFactory()
    row = meetup.attendances.create(
        presence=Presence.WALK_IN, first_name="Rosa", profession=trade
    )
    client, hours = signed_in(bruno), address("correct_hours", meetup.pk, row.pk)
    assert hours in client.get(address("attendance", meetup.pk)).content.decode()
    client.post(hours, {"arrived": "12:20", "left": "13:30"})
    page = client.get(address("attendance", meetup.pk)).content.decode()
    assert "12\xa0h\xa020 – 13\xa0h\xa030" in page


@pytest.mark.parametrize(
    ("name", "typed", "error"),
    [
        ("left", "1:30", "Le repas commence à 12\xa0h\xa015."),
        ("arrived", "20:00", "Le repas finit à 13\xa0h\xa045."),
    ],
)
def test_hours_of_another_meal_are_refused(
    meetup: Meetup, bruno: User, signed_in: SignIn, noon, name, typed, error
) -> None:
    row = meetup.attendances.create(
        presence=Presence.WALK_IN, first_name="Rosa", profession=ProfessionFactory()
    )
    hours = address("correct_hours", meetup.pk, row.pk)
    answer = signed_in(bruno).post(hours, {name: typed})
    assert error in answer.content.decode()
    row.refresh_from_db()
    assert (row.arrived_at, row.left_at) == (None, None)


def test_long_lists_are_cut_in_pages(
    meetup: Meetup, bruno: User, signed_in: SignIn, noon, monkeypatch
) -> None:
    monkeypatch.setattr(attendance, "PER_PAGE", 2)
    for name in ("Anne", "Bob", "Cyr"):
        person = ProfessionalFactory(first_name=name, last_name="")
        InvitationFactory(meetup=meetup, professional=person)
    client = signed_in(bruno)
    first = client.get(address("attendance", meetup.pk)).content.decode()
    assert "Bob" in first
    assert "Cyr" not in first
    second = client.get(address("attendance", meetup.pk), {"page": 2})
    assert "Cyr" in second.content.decode()


def test_two_hundred_people_are_one_light_list(
    meetup: Meetup, bruno: User, signed_in: SignIn, noon, django_assert_num_queries
) -> None:
    for n in range(200):
        person = ProfessionalFactory(first_name=f"Personne {n:03}", last_name="")
        InvitationFactory(meetup=meetup, professional=person)
    client, url = signed_in(bruno), address("attendance", meetup.pk)
    with django_assert_num_queries(14):
        page = client.get(url, headers={"accept-encoding": "gzip"})
    assert len(page.content) < 20_000
    assert gzip.decompress(page.content).count(b"data-target=") == 200


@pytest.mark.parametrize("who", ["driss", "eloy"])
def test_strangers_and_partners_find_no_presences(
    guest: Invitation, meetup: Meetup, request, signed_in: SignIn, noon, who: str
) -> None:
    client = signed_in(request.getfixturevalue(who))
    assert client.get(address("attendance", meetup.pk)).status_code == 404
    assert post_presence(client, guest, "present").status_code == 404
    for name in ("walk_in", "close_meetup", "issue_report"):
        assert client.post(address(name, meetup.pk)).status_code == 404
    assert client.post(address("remove_walk_in", meetup.pk, 1)).status_code == 404
    assert not Attendance.objects.exists()


def test_visitors_are_asked_to_sign_in(meetup: Meetup) -> None:
    response = Client().get(address("attendance", meetup.pk))
    assert response.status_code == 302
    assert address("account_login") in response.url


@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_a_writing_address_changes_nothing(
    guest: Invitation, bruno: User, signed_in: SignIn, noon, method: str
) -> None:
    client = signed_in(bruno)
    addresses = (
        address("record_attendance", guest.meetup_id, guest.pk),
        address("walk_in", guest.meetup_id),
        address("remove_walk_in", guest.meetup_id, 1),
    )
    for url in addresses:
        assert getattr(client, method)(url).status_code == 405


def test_company_is_marked_like_guests(
    guest: Invitation, bruno: User, signed_in: SignIn, noon
) -> None:
    extra = guest.extra_seats.create(
        meetup=guest.meetup,
        kind=ExtraSeatKind.COMPANION,
        first_name="Rosa",
        profession=guest.professional.profession,
    )
    client = signed_in(bruno)
    page = client.get(address("attendance", guest.meetup_id)).content.decode()
    assert "avec Chloé" in page
    url = address("record_company", guest.meetup_id, extra.pk)
    for _ in range(2):
        client.post(url, {"present": "1"})
    mark = Attendance.objects.get()
    assert (mark.first_name, mark.presence) == ("Rosa", Presence.PRESENT)
    client.post(url, {"annuler": "1"})
    assert not Attendance.objects.exists()


def test_company_is_marked_by_the_team_only(
    guest: Invitation, driss: User, signed_in: SignIn, noon
) -> None:
    extra = guest.extra_seats.create(meetup=guest.meetup, kind=ExtraSeatKind.COMPANION)
    url = address("record_company", guest.meetup_id, extra.pk)
    assert signed_in(driss).post(url, {"present": "1"}).status_code == 404
