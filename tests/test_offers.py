"""A seat that comes free is offered for some hours to one person at a time."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from invitations import actions
from invitations.models import (
    AnswerChannel,
    AnswerOutdated,
    Delivery,
    Invitation,
    Outcome,
    PartStat,
    SeatRule,
    composition_of,
)
from networking.models import Meetup, Profession
from tests.factories import InvitationFactory, ProfessionalFactory, ProfessionFactory

pytestmark = pytest.mark.django_db

YES, NO = PartStat.ACCEPTED, PartStat.DECLINED


def guest(meetup: Meetup, trade: Profession | None = None) -> Invitation:
    more = {"profession": trade} if trade else {}
    return InvitationFactory(meetup=meetup, professional=ProfessionalFactory(**more))


def says(invitation: Invitation, partstat: PartStat) -> Outcome:
    return actions.answer(invitation=invitation, partstat=partstat)


def fresh(invitation: Invitation) -> Invitation:
    return Invitation.objects.with_person().get(pk=invitation.pk)


@pytest.fixture
def queue(meetup: Meetup) -> list[Invitation]:
    """One who comes and two who wait, at a table for one."""
    Meetup.objects.update(capacity=1)
    guests = [guest(meetup) for _ in range(3)]
    outcomes = [says(one, YES) for one in guests]
    assert outcomes == [Outcome.NOTED, Outcome.WAITING, Outcome.WAITING]
    return guests


def test_a_no_offers_the_seat_to_the_first_who_waits(
    meetup: Meetup, queue: list[Invitation]
) -> None:
    says(queue[0], NO)
    assert fresh(queue[1]).is_offered
    assert not fresh(queue[2]).is_offered
    mail = Delivery.objects.get()
    assert mail.invitation == queue[1]
    assert "une place se libère" in mail.subject
    assert mail.not_after == fresh(queue[1]).offered_until


def test_an_offered_seat_is_nobody_elses(
    meetup: Meetup, queue: list[Invitation]
) -> None:
    says(queue[0], NO)
    assert composition_of(Meetup.objects.get()).free == 0
    assert says(guest(meetup), YES) == Outcome.WAITING
    assert says(queue[2], YES) == Outcome.WAITING
    assert says(queue[1], YES) == Outcome.NOTED
    assert fresh(queue[1]).is_coming
    assert fresh(queue[1]).offered_until is None


def test_a_refused_offer_goes_on_at_once(queue: list[Invitation]) -> None:
    says(queue[0], NO)
    says(fresh(queue[1]), NO)
    assert fresh(queue[2]).is_offered


def test_an_offer_that_is_over_goes_to_the_next_person(
    queue: list[Invitation],
) -> None:
    says(queue[0], NO)
    until = fresh(queue[1]).offered_until
    assert until
    assert actions.expire_offers(until - timedelta(minutes=1)) == 0
    with time_machine.travel(until + timedelta(minutes=1)):
        assert actions.expire_offers(timezone.now()) == 1
        assert actions.expire_offers(timezone.now()) == 0
        assert fresh(queue[2]).is_offered
        late = fresh(queue[1])
        assert (late.waiting_since, late.offered_until) == (None, None)
        # Whoever still wants a seat waits again, behind the others.
        assert says(late, YES) == Outcome.WAITING


def test_more_seats_are_offered_to_those_who_wait(
    meetup: Meetup, queue: list[Invitation]
) -> None:
    details = {"capacity": 3, "title": "Le dîner", "reminder_days": []}
    assert actions.adjust_meetup(meetup=meetup, details=details) == 2
    assert all(fresh(one).is_offered for one in queue[1:])


def test_nobody_is_surprised_within_48_hours(
    meetup: Meetup, queue: list[Invitation]
) -> None:
    soon = timezone.now() + timedelta(hours=47)
    Meetup.objects.update(starts_at=soon, ends_at=soon + timedelta(hours=1))
    says(queue[0], NO)
    assert not any(fresh(one).is_offered for one in queue)
    # The organiser calls; the free seat still belongs to the first who waits.
    assert says(fresh(queue[2]), YES) == Outcome.WAITING
    assert says(fresh(queue[1]), YES) == Outcome.NOTED


def test_the_missing_trade_comes_before_the_longer_wait(meetup: Meetup) -> None:
    Meetup.objects.update(capacity=2)
    common, missing = ProfessionFactory(), ProfessionFactory(key="home_help")
    people = [guest(meetup, trade) for trade in (common, common, common, missing)]
    for one in people:
        says(one, YES)
    says(people[0], NO)
    assert fresh(people[3]).is_offered
    assert fresh(people[2]).passed_over == 1


def test_seats_kept_for_a_trade_are_released_on_their_day(meetup: Meetup) -> None:
    release = timezone.now() + timedelta(days=5)
    Meetup.objects.update(capacity=2, held_until=release)
    home_help, nurse = ProfessionFactory(key="home_help"), ProfessionFactory()
    SeatRule.objects.create(meetup=meetup, profession=home_help, floor=1)
    first, second = guest(meetup, nurse), guest(meetup, nurse)
    assert says(first, YES) == Outcome.NOTED
    assert says(second, YES) == Outcome.WAITING
    with time_machine.travel(release + timedelta(minutes=1)):
        actions.expire_offers(timezone.now())
        assert fresh(second).is_offered


def test_a_kept_seat_is_there_for_its_trade(meetup: Meetup) -> None:
    Meetup.objects.update(capacity=1)
    home_help = ProfessionFactory()
    SeatRule.objects.create(meetup=meetup, family=home_help.family, floor=1)
    assert says(guest(meetup, home_help), YES) == Outcome.NOTED


def test_enough_of_one_trade_is_enough(meetup: Meetup) -> None:
    nurse = ProfessionFactory()
    SeatRule.objects.create(meetup=meetup, profession=nurse, ceiling=1)
    assert says(guest(meetup, nurse), YES) == Outcome.NOTED
    assert says(guest(meetup, nurse), YES) == Outcome.WAITING
    physio = ProfessionFactory(key="physio")
    assert says(guest(meetup, physio), YES) == Outcome.NOTED


def test_a_given_seat_only_needs_a_seat(meetup: Meetup) -> None:
    nurse = ProfessionFactory()
    SeatRule.objects.create(meetup=meetup, profession=nurse, ceiling=0)
    given = guest(meetup, nurse)
    assert given.rsvp(YES, by=AnswerChannel.TEAM) == Outcome.WAITING
    assert fresh(given).rsvp(YES, by=AnswerChannel.REQUEST) == Outcome.NOTED


def test_moving_the_meal_ends_the_offers(
    meetup: Meetup, queue: list[Invitation]
) -> None:
    says(queue[0], NO)
    later = timedelta(days=1)
    actions.move_meetup(
        meetup=Meetup.objects.get(),
        venue=meetup.venue,
        starts_at=meetup.starts_at + later,
        ends_at=meetup.ends_at + later,
    )
    assert fresh(queue[1]).offered_until is None
    assert fresh(queue[1]).partstat == PartStat.NEEDS_ACTION


def test_every_answer_stays_on_record(queue: list[Invitation]) -> None:
    says(queue[0], NO)
    says(fresh(queue[1]), YES)
    said = queue[1].answers.values_list("partstat", "by")
    assert list(said) == [("TENTATIVE", "web"), ("ACCEPTED", "web")]


def test_a_calendar_answer_older_than_the_last_one_does_not_count(
    meetup: Meetup,
) -> None:
    one = guest(meetup)
    moment = datetime(2026, 11, 1, 9, tzinfo=timezone.get_current_timezone())
    later = moment + timedelta(minutes=5)
    itip = AnswerChannel.ITIP
    assert one.rsvp(NO, by=itip, mailed=(0, later)) == Outcome.NOTED
    for old in (moment, later):
        with pytest.raises(AnswerOutdated):
            one.rsvp(YES, by=itip, mailed=(0, old))
    assert fresh(one).partstat == NO
    assert one.rsvp(YES, by=itip, mailed=(1, moment)) == Outcome.NOTED


def test_a_calendar_answer_to_another_hour_does_not_count(meetup: Meetup) -> None:
    one = guest(meetup)
    Meetup.objects.update(sequence=2, asked_sequence=2)
    with pytest.raises(AnswerOutdated):
        one.rsvp(YES, by=AnswerChannel.ITIP, mailed=(1, timezone.now()))
    assert one.rsvp(YES, by=AnswerChannel.ITIP, mailed=(2, timezone.now()))
