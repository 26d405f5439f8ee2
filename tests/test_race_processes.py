"""The last seats of tables with rules, companions and guests who change their mind,
asked for by several processes at once. `bench/seats.py` is the same with more."""

import random
from collections import Counter

import pytest

from invitations.models import (
    ExtraSeat,
    ExtraSeatKind,
    Invitation,
    PartStat,
    SeatRule,
)
from networking.models import Meetup, Profession
from tests.answering import BRING, CARELESS, NO, YES, Order, answer_at_once
from tests.factories import (
    FamilyFactory,
    InvitationFactory,
    MeetupFactory,
    ProfessionalFactory,
    ProfessionFactory,
)

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES, MEETUPS = 4, 10
# Chloé and whoever she brings sit already: four seats are left for twelve people.
CAPACITY, GUESTS = 6, 12
NURSES_AT_MOST, DOCTORS_AT_LEAST = 2, 1


def trade(key: str) -> Profession:
    return ProfessionFactory(key=key, family=FamilyFactory(key=key))


def table(number: int) -> list[Invitation]:
    """Five nurses of whom two fit, home helpers, and in every other meetup two
    doctors, for whom one seat is kept."""
    meetup = MeetupFactory(capacity=CAPACITY, companions=1)
    SeatRule.objects.create(
        meetup=meetup, profession=trade("nurse"), ceiling=NURSES_AT_MOST
    )
    SeatRule.objects.create(
        meetup=meetup, family=FamilyFactory(key="doctor"), floor=DOCTORS_AT_LEAST
    )
    chloe = invite(meetup, "pharmacist")
    chloe.rsvp(PartStat.ACCEPTED)
    ExtraSeat.objects.create(
        meetup=meetup,
        kind=ExtraSeatKind.COMPANION,
        invitation=chloe,
        profession=trade("pharmacist"),
    )
    keys = ["nurse"] * 5 + ["doctor"] * (number % 2 * 2)
    keys += ["home_helper"] * (GUESTS - len(keys))
    return [invite(meetup, key) for key in keys]


def invite(meetup: Meetup, key: str) -> Invitation:
    person = ProfessionalFactory(profession=trade(key))
    return InvitationFactory(meetup=meetup, professional=person)


def everybody_answers(chance: random.Random) -> list[Order]:
    """In some order; a third of them brings somebody, or has to say no after all."""
    orders = []
    for number in range(MEETUPS):
        guests = table(number)
        chance.shuffle(guests)
        orders += [Order(guest.pk, YES) for guest in guests]
        orders += [Order(guest.pk, BRING) for guest in guests[:2]]
        orders += [Order(guest.pk, NO) for guest in guests[2:4]]
    return orders


def test_processes_that_answer_at_once_respect_every_table() -> None:
    done = answer_at_once(everybody_answers(random.Random()), processes=PROCESSES)
    assert [one for one in done if one.error] == []
    outcomes = Counter(one.outcome for one in done if one.verb == YES)
    assert outcomes.total() == MEETUPS * GUESTS
    for meetup in Meetup.objects.all():
        seated = people_at(meetup)
        doctors = seated["doctor"]
        assert seated.total() <= CAPACITY
        assert seated["nurse"] <= NURSES_AT_MOST
        assert seated.total() - doctors <= CAPACITY - DOCTORS_AT_LEAST
        for guest in meetup.invitations.waiting().with_person():
            assert not admits(seated, guest.professional.profession_id)


def people_at(meetup: Meetup) -> Counter[str]:
    """Trades of those who sit or whom a seat is held for, counted one by one."""
    seated: Counter[str] = Counter()
    for guest in meetup.invitations.with_person():
        if guest.is_coming or guest.is_offered:
            seated[guest.professional.profession_id] += 1
    for extra in meetup.extra_seats.select_related("invitation"):
        assert extra.invitation
        assert extra.invitation.is_coming
        seated[str(extra.profession_id)] += 1
    return seated


def admits(seated: Counter[str], key: str) -> bool:
    """Whether one more person of this trade could sit down."""
    kept = 0 if key == "doctor" else max(DOCTORS_AT_LEAST - seated["doctor"], 0)
    enough = key == "nurse" and seated["nurse"] >= NURSES_AT_MOST
    return not enough and CAPACITY - seated.total() > kept


def test_without_the_lock_the_same_processes_overbook() -> None:
    orders = [Order(g.pk, CARELESS) for n in range(MEETUPS) for g in table(n)]
    done = answer_at_once(orders, processes=PROCESSES, pause=0.02)
    assert [one for one in done if one.error] == []
    assert any(
        meetup.invitations.coming().count() > CAPACITY
        for meetup in Meetup.objects.all()
    )


def test_an_error_in_a_process_is_seen_here() -> None:
    nobody = Order(0, YES)
    done = answer_at_once([nobody, Order(table(0)[0].pk, NO)], processes=2)
    assert [one.outcome for one in done] == ["", "NOTED"]
    assert done[0].error.startswith("DoesNotExist")
