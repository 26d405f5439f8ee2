"""The kept table plan: from those who come, with the memory of those who met."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from invitations import actions
from invitations.actions.tables import ONE_TABLE, current, memory
from invitations.models import ExtraSeatKind, Invitation, PartStat, Seat
from invitations.seating import Companions
from networking.models import Meetup, Professional, User
from tests.factories import InvitationFactory, MeetupFactory, ProfessionalFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
KEPT = Companions.KEPT
SIZES = {"tables": 2, "rounds": 1, "companions": KEPT}


def coming(meetup: Meetup, *people: Professional) -> list[Invitation]:
    return [
        InvitationFactory(
            meetup=meetup, professional=person, partstat=PartStat.ACCEPTED
        )
        for person in people
    ]


def people(number: int) -> list[Professional]:
    return ProfessionalFactory.create_batch(number)


def ago(meetup: Meetup) -> Meetup:
    """Already eaten."""
    moment = timezone.now() - timedelta(days=60)
    rows = Meetup.objects.filter(pk=meetup.pk)
    rows.update(starts_at=moment, ends_at=moment + timedelta(hours=2))
    meetup.refresh_from_db()
    return meetup


def together(meetup: Meetup, one: Invitation, other: Invitation) -> bool:
    return any(
        {one.pk, other.pk} <= set(table) for turn in current(meetup) for table in turn
    )


def test_everybody_who_comes_has_a_seat_in_each_round(meetup: Meetup) -> None:
    guests = coming(meetup, *people(7))
    InvitationFactory(meetup=meetup)
    actions.deal_tables(meetup=meetup, tables=2, rounds=3, companions=KEPT)
    for turn in current(meetup):
        assert sorted(key for table in turn for key in table) == sorted(
            guest.pk for guest in guests
        )
        assert sorted(map(len, turn)) == [3, 4]


def test_a_second_deal_replaces_the_first(meetup: Meetup) -> None:
    coming(meetup, *people(5))
    for _ in range(2):
        actions.deal_tables(meetup=meetup, **SIZES)
    assert Seat.objects.count() == 5


def test_nobody_to_seat_is_said(meetup: Meetup) -> None:
    with pytest.raises(actions.NobodyComes):
        actions.deal_tables(meetup=meetup, **SIZES)


def test_a_companion_sits_with_their_guest_or_elsewhere(meetup: Meetup) -> None:
    guests = coming(meetup, *people(5))
    extra = guests[0].extra_seats.create(
        meetup=meetup, kind=ExtraSeatKind.COMPANION, first_name="Rosa"
    )
    for wish, beside in ((KEPT, True), (Companions.SPREAD, False)):
        actions.deal_tables(meetup=meetup, tables=2, rounds=1, companions=wish)
        table = Seat.objects.get(extra=extra).table
        assert (Seat.objects.get(invitation=guests[0]).table == table) is beside


def test_people_who_shared_a_table_sit_apart(meetup: Meetup) -> None:
    known, strangers = people(2), people(2)
    before = ago(MeetupFactory(circle=meetup.circle))
    coming(before, *known)
    actions.deal_tables(meetup=before, tables=1, rounds=1, companions=KEPT)
    guests = coming(meetup, *known, *strangers)
    assert memory(meetup, guests) == {(guests[0].pk, guests[1].pk): 1}
    actions.deal_tables(meetup=meetup, **SIZES)
    assert not together(meetup, guests[0], guests[1])


def test_a_meal_without_a_plan_counts_when_all_could_talk(meetup: Meetup) -> None:
    known = people(2)
    before = ago(MeetupFactory(circle=meetup.circle))
    for guest in coming(before, *known):
        before.attendances.create(
            invitation=guest,
            profession=guest.professional.profession,
            presence="present",
        )
    guests = coming(meetup, *known)
    assert memory(meetup, guests) == {(guests[0].pk, guests[1].pk): 1}
    crowd = people(ONE_TABLE)
    for guest in coming(before, *crowd):
        before.attendances.create(
            invitation=guest,
            profession=guest.professional.profession,
            presence="present",
        )
    everybody = [*guests, *coming(meetup, *crowd)]
    assert memory(meetup, everybody) == {}


def test_a_newcomer_sits_with_whoever_welcomes_them(meetup: Meetup) -> None:
    guests = coming(meetup, *people(8))
    Invitation.objects.filter(pk=guests[0].pk).update(buddy=guests[7])
    actions.deal_tables(meetup=meetup, tables=4, rounds=2, companions=KEPT)
    first = current(meetup)[0]
    assert any({guests[0].pk, guests[7].pk} == set(table) for table in first)


def test_after_no_shows_tables_are_balanced_and_few_people_move(
    meetup: Meetup,
) -> None:
    guests = coming(meetup, *people(9))
    actions.deal_tables(meetup=meetup, tables=3, rounds=1, companions=KEPT)
    before = {seat.invitation_id: seat.table for seat in Seat.objects.all()}
    emptied = [pk for pk, table in before.items() if table == 1][:2]
    for pk in emptied:
        guest = next(guest for guest in guests if guest.pk == pk)
        meetup.attendances.create(
            invitation=guest,
            profession=guest.professional.profession,
            presence="absent",
        )
    actions.deal_again(meetup=meetup)
    after = {seat.invitation_id: seat.table for seat in Seat.objects.all()}
    assert len(after) == 7
    assert sorted(map(len, current(meetup)[0])) == [2, 2, 3]
    assert sum(after[pk] != before[pk] for pk in after) == 1


@pytest.fixture
def address(meetup: Meetup) -> str:
    return reverse("tables", args=(meetup.pk,))


FORM = {"tirer": "1", "tables": "2", "rounds": "2", "companions": "kept", "turn": "7"}


def test_the_organiser_deals_and_the_relay_deals_again(
    meetup: Meetup,
    address: str,
    amina: User,
    bruno: User,
    driss: User,
    signed_in: SignIn,
) -> None:
    guests = coming(meetup, *people(4))
    assert signed_in(driss).get(address).status_code == 404
    assert signed_in(bruno).post(address, FORM).status_code == 403
    assert signed_in(amina).post(address, FORM).status_code == 302
    page = signed_in(bruno).get(address).content.decode()
    assert "Tour 2" in page
    assert "métiers différents par table" in page
    guests[0].rsvp(PartStat.DECLINED)
    assert "1\u00a0personne du plan ne vient pas" in (
        signed_in(bruno).get(address).content.decode()
    )
    signed_in(bruno).post(address, {"redonner": "1"})
    assert Seat.objects.filter(invitation=guests[0]).count() == 0


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"tables": ""}, "Écrivez un nombre."),
        ({"tables": "x"}, "Écrivez un nombre, par exemple 3."),
        ({"tables": "0"}, "Écrivez 1 ou plus."),
        ({"tables": "9"}, "C’est plus que le nombre de personnes."),
        ({"rounds": "99"}, "6 tours au plus."),
        ({"companions": "x"}, "Choisissez l’un des deux."),
    ],
)
def test_a_wrong_number_is_said_beside_it(
    meetup: Meetup,
    address: str,
    amina: User,
    signed_in: SignIn,
    values: dict[str, str],
    sentence: str,
) -> None:
    coming(meetup, *people(3))
    response = signed_in(amina).post(address, {**FORM, **values})
    assert sentence in response.content.decode()


def test_a_table_plan_without_guests_says_so(
    address: str, amina: User, signed_in: SignIn
) -> None:
    client = signed_in(amina)
    assert "Personne n’a encore dit oui" in client.get(address).content.decode()
    assert client.post(address, {"redonner": "1"}).status_code == 302
    assert client.post(address, {}).status_code == 404


def test_the_page_costs_the_same_with_one_guest_and_with_three(
    meetup: Meetup,
    address: str,
    amina: User,
    signed_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(amina)
    for number in (1, 2):
        coming(meetup, *people(number))
        actions.deal_tables(meetup=meetup, tables=1, rounds=1, companions=KEPT)
        with django_assert_num_queries(13):
            client.get(address)
