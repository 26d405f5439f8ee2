"""The worker goes on, whatever one row or one chore does."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from invitations.actions import send_invitations
from invitations.models import Delivery, DeliveryKind, DeliveryStatus
from networking.models import Meetup, PeopleImport, Professional
from reports.management.commands import worker
from tests.factories import MeetupFactory, ProfessionalFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_worker_does_all_that_is_due_and_stops(
    meetup: Meetup, chloe: Professional
) -> None:
    send_invitations(meetup=meetup, people=[chloe])
    PeopleImport.objects.create(
        circle=meetup.circle, user=meetup.organiser, file_name="a.csv"
    )
    PeopleImport.objects.update(created_at=timezone.now() - timedelta(days=2))
    call_command("worker", "--once")
    assert Delivery.objects.get().status == DeliveryStatus.SENT
    assert not PeopleImport.objects.exists()


def test_the_worker_drops_calls_that_come_too_late(meetup: Meetup) -> None:
    person = ProfessionalFactory(email="", phone="+33639980102")
    send_invitations(meetup=meetup, people=[person])
    Delivery.objects.update(not_after=timezone.now() - timedelta(minutes=1))
    call_command("worker", "--once")
    assert Delivery.objects.get().status == DeliveryStatus.DROPPED


def failing(error: Exception) -> Callable[[datetime], object]:
    def chore(now: datetime) -> object:
        raise error

    return chore


@pytest.mark.parametrize("chore", ["queue_due", "purge"])
def test_mail_leaves_although_a_chore_fails(
    meetup: Meetup,
    chloe: Professional,
    monkeypatch: pytest.MonkeyPatch,
    chore: str,
) -> None:
    send_invitations(meetup=meetup, people=[chloe])
    monkeypatch.setattr(worker, chore, failing(ValueError("odd")))
    call_command("worker", "--once")
    assert Delivery.objects.get().status == DeliveryStatus.SENT


def test_a_poisoned_reminder_leaves_the_others_theirs() -> None:
    now = timezone.now()
    noon = timezone.localtime(now).replace(hour=12, minute=0, second=0, microsecond=0)
    noon -= timedelta(days=noon > now)  # the window that is open at this moment
    meetup = MeetupFactory(starts_at=noon + timedelta(days=3), reminder_days=[3])
    send_invitations(meetup=meetup, people=ProfessionalFactory.create_batch(3))
    long_ago = now - timedelta(days=9)
    Delivery.objects.update(
        created_at=long_ago, sent_at=long_ago, status=DeliveryStatus.SENT
    )
    odd = meetup.invitations.all()[0].professional
    Professional.objects.filter(pk=odd.pk).update(email="x" * 65 + "@example.org")
    call_command("worker", "--once")
    reminders = Delivery.objects.filter(kind=DeliveryKind.REMINDER)
    assert list(reminders.values_list("status", flat=True)) == ["sent", "sent"]


@pytest.mark.parametrize("error", [OperationalError("busy"), InterfaceError("closed")])
def test_the_worker_outlives_its_database(
    monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    monkeypatch.setattr(worker, "REST", 0)
    monkeypatch.setattr(worker, "deliver_due", lambda *args, **kwargs: fail(error))
    call_command("worker", "--once")


def fail(error: Exception) -> int:
    raise error
