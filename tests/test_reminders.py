from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from invitations import outbox, reminders
from invitations.actions import (
    adjust_meetup,
    answer,
    bounced,
    move_meetup,
    send_invitations,
)
from invitations.models import Delivery, DeliveryKind, DeliveryStatus, PartStat
from networking.models import Channel, Meetup
from tests.factories import ProfessionalFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def lunch(meetup: Meetup) -> Meetup:
    """In ten days at a quarter past twelve; three guests got the invitation."""
    day = timezone.localtime() + timedelta(days=10)
    meetup.starts_at = day.replace(hour=12, minute=15, second=0, microsecond=0)
    meetup.ends_at = meetup.starts_at + timedelta(minutes=90)
    meetup.reminder_days = [7, 2]
    meetup.save()
    send_invitations(meetup=meetup, people=ProfessionalFactory.create_batch(3))
    while outbox.deliver_due("test"):
        pass
    Delivery.objects.update(sent_at=timezone.now() - timedelta(days=3))
    return meetup


def noon_before(meetup: Meetup, days: int) -> datetime:
    day = timezone.localtime(meetup.starts_at) - timedelta(days=days)
    return day.replace(hour=12, minute=0)


def reminded() -> int:
    return Delivery.objects.filter(kind=DeliveryKind.REMINDER).count()


def test_four_hours_before_noon_reminders_wait_to_be_read(lunch: Meetup) -> None:
    noon = noon_before(lunch, 7)
    early = noon - timedelta(hours=4)
    assert reminders.queue_due(early - timedelta(minutes=1)) == 0
    assert reminders.queue_due(early) == 3
    waiting = Delivery.objects.filter(kind=DeliveryKind.REMINDER)
    assert {row.due_at for row in waiting} == {noon}
    with time_machine.travel(noon - timedelta(minutes=1)):
        assert outbox.deliver_due("test") == 0
    with time_machine.travel(noon):
        assert outbox.deliver_due("test") == 3


def test_each_silent_guest_is_reminded_once_per_date(lunch: Meetup) -> None:
    assert reminders.queue_due(noon_before(lunch, 7)) == 3
    assert reminders.queue_due(noon_before(lunch, 7) + timedelta(hours=1)) == 0
    assert reminders.queue_due(noon_before(lunch, 2)) == 3
    assert reminded() == 6


def test_nobody_who_answered_is_reminded(lunch: Meetup) -> None:
    yes, no, _ = lunch.invitations.all()
    yes.rsvp(PartStat.ACCEPTED)
    no.rsvp(PartStat.DECLINED)
    assert reminders.queue_due(noon_before(lunch, 7)) == 1


def test_a_missed_window_is_not_made_up_for(lunch: Meetup) -> None:
    assert reminders.queue_due(noon_before(lunch, 7) + timedelta(hours=25)) == 0


def test_a_fresh_invitation_is_left_in_peace(lunch: Meetup) -> None:
    moment = noon_before(lunch, 7)
    Delivery.objects.update(sent_at=moment - timedelta(hours=5))
    assert reminders.queue_due(moment) == 0


def postpone(meetup: Meetup, *, days: int) -> Meetup:
    later = timedelta(days=days)
    move_meetup(
        meetup=meetup,
        starts_at=meetup.starts_at + later,
        ends_at=meetup.ends_at + later,
        venue=meetup.venue,
    )
    return Meetup.objects.get()


def test_a_new_date_has_reminders_of_its_own(lunch: Meetup) -> None:
    moment = noon_before(lunch, 2)
    assert reminders.queue_due(moment) == 3
    with time_machine.travel(moment + timedelta(hours=1)):
        moved = postpone(lunch, days=14)
        assert reminders.queue_due(noon_before(moved, 2)) == 3
        assert reminders.queue_due(noon_before(moved, 2) + timedelta(hours=1)) == 0


@pytest.mark.parametrize("arrived", [True, False])
def test_news_of_a_move_leaves_people_in_peace(lunch: Meetup, arrived: bool) -> None:
    moment = noon_before(lunch, 2)
    with time_machine.travel(moment):
        moved = postpone(lunch, days=2)
        if arrived:
            outbox.deliver_due("test")
        told = Delivery.objects.filter(kind=DeliveryKind.UPDATE)
        assert set(told.values_list("status", flat=True)) == {
            DeliveryStatus.SENT if arrived else DeliveryStatus.QUEUED
        }
        Meetup.objects.update(reminder_days=[4, 2])
        assert reminders.queue_due(moment + timedelta(hours=1)) == 0
    assert reminders.queue_due(noon_before(moved, 2) + timedelta(hours=2)) == 3


def test_one_odd_address_does_not_silence_the_others(lunch: Meetup) -> None:
    odd = lunch.invitations.all()[0].professional
    odd.email = "x" * 65 + "@example.org"
    odd.save()
    assert reminders.queue_due(noon_before(lunch, 7)) == 2


def test_an_invitation_that_never_arrived_is_not_reminded(lunch: Meetup) -> None:
    Delivery.objects.update(status=DeliveryStatus.FAILED)
    assert reminders.queue_due(noon_before(lunch, 7)) == 0


def test_a_cancelled_table_reminds_nobody(lunch: Meetup) -> None:
    lunch.cancel("La salle est prise.")
    assert reminders.queue_due(noon_before(lunch, 7)) == 0


def test_a_table_without_reminders_reminds_nobody(lunch: Meetup) -> None:
    Meetup.objects.update(reminder_days=[])
    assert reminders.queue_due(noon_before(lunch, 7)) == 0


def test_the_page_can_say_when_the_next_one_leaves(lunch: Meetup) -> None:
    moment = reminders.next_moment(lunch, timezone.now())
    assert moment == noon_before(lunch, 7)
    assert reminders.next_moment(lunch, lunch.starts_at) is None


def test_whoever_rests_or_objected_is_not_reminded(lunch: Meetup) -> None:
    resting, gone, _ = (one.professional for one in lunch.invitations.with_person())
    resting.paused_until = timezone.localdate() + timedelta(days=90)
    resting.save()
    gone.opted_out_at = timezone.now()
    gone.save()
    noon = noon_before(lunch, 7)
    with time_machine.travel(noon):
        assert reminders.queue_due(noon) == 1


def test_whoever_waits_for_a_call_is_not_reminded(lunch: Meetup) -> None:
    mail = Delivery.objects.first()
    assert mail
    bounced(delivery=mail, reason="550 5.1.1 unknown")
    Delivery.objects.filter(pk=mail.pk).update(status=DeliveryStatus.SENT)
    assert reminders.queue_due(noon_before(lunch, 7)) == 2


def test_a_reminder_goes_the_way_that_the_person_prefers(lunch: Meetup) -> None:
    person = lunch.invitations.with_person()[0].professional
    person.channel, person.phone = Channel.PHONE, "+33639980102"
    person.save()
    noon = noon_before(lunch, 7)
    assert reminders.queue_due(noon - timedelta(hours=1)) == 3
    (call,) = Delivery.objects.calls()
    assert (call.kind, call.due_at) == (DeliveryKind.REMINDER, noon)
    assert "tout nous aide" in call.text


def test_an_answer_takes_the_waiting_reminder_back(lunch: Meetup) -> None:
    reminders.queue_due(noon_before(lunch, 7) - timedelta(hours=1))
    answer(invitation=lunch.invitations.all()[0], partstat=PartStat.DECLINED)
    rows = Delivery.objects.filter(kind=DeliveryKind.REMINDER)
    assert sorted(rows.values_list("status", flat=True)) == [
        *("dropped", "queued", "queued")
    ]


def test_reminders_switched_off_do_not_leave(lunch: Meetup) -> None:
    noon = noon_before(lunch, 7)
    reminders.queue_due(noon - timedelta(hours=1))
    adjust_meetup(meetup=lunch, details={"capacity": 14, "reminder_days": [2]})
    with time_machine.travel(noon):
        assert outbox.deliver_due("test") == 0


def test_what_is_planned_is_known_before_it_waits(lunch: Meetup) -> None:
    noons = [noon_before(lunch, days) for days in (7, 2)]
    now = timezone.now()
    assert reminders.planned(lunch, now) == [(noon, 3) for noon in noons]
    lunch.invitations.all()[0].rsvp(PartStat.ACCEPTED)
    early = noons[0] - timedelta(hours=4)
    assert reminders.planned(lunch, early) == [(noons[1], 2)]
    lunch.cancel("Trop de neige.")
    assert reminders.planned(lunch, now) == []
