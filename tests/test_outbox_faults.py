"""Mail servers that refuse, hang or talk nonsense, and messages that are odd."""

import smtplib
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from invitations import outbox
from invitations.actions import send_invitations
from invitations.models import MAX_ATTEMPTS, Delivery, DeliveryStatus
from networking.models import Meetup, Professional
from tests.factories import ProfessionalFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery(meetup: Meetup, chloe: Professional) -> Delivery:
    send_invitations(meetup=meetup, people=[chloe])
    return Delivery.objects.get()


class Refusing(BaseEmailBackend):
    """Answers each message with the next error of the list."""

    errors: list[Exception] = []

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if self.errors:
            raise self.errors.pop(0)
        return len(email_messages)


@pytest.fixture
def refusing(settings: LazySettings) -> Iterator[list[Exception]]:
    settings.EMAIL_BACKEND = "tests.test_outbox_faults.Refusing"
    yield Refusing.errors
    Refusing.errors.clear()


def test_a_4xx_waits_and_a_later_try_succeeds(
    delivery: Delivery, refusing: list[Exception]
) -> None:
    refusing.append(smtplib.SMTPRecipientsRefused({"c": (451, b"greylisted")}))
    assert outbox.deliver_due("w1") == 0
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.QUEUED
    assert delivery.due_at > timezone.now()
    assert "451" in delivery.last_error
    Delivery.objects.update(due_at=timezone.now())
    assert outbox.deliver_due("w1") == 1


def test_a_5xx_is_final_and_its_reason_is_kept(
    delivery: Delivery, refusing: list[Exception]
) -> None:
    refusing.append(smtplib.SMTPRecipientsRefused({"c": (550, b"no such user")}))
    outbox.deliver_due("w1")
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.FAILED
    assert delivery.last_error == "550 no such user"


NOT_THE_MESSAGE = [
    ConnectionRefusedError(),
    TimeoutError(),
    smtplib.SMTPServerDisconnected("gone"),
    smtplib.SMTPConnectError(554, b"no service"),
    smtplib.SMTPHeloError(501, b"who are you"),
    smtplib.SMTPAuthenticationError(535, b"bad credentials"),
    smtplib.SMTPSenderRefused(530, b"authentication required", "a@example.org"),
    smtplib.SMTPDataError(452, b"quota used up"),
]


@pytest.mark.parametrize("error", NOT_THE_MESSAGE, ids=repr)
def test_a_day_without_the_mail_server_loses_nothing(
    delivery: Delivery, refusing: list[Exception], error: Exception
) -> None:
    refusing.extend([error] * 100)
    with time_machine.travel(delivery.created_at, tick=False) as clock:
        tries = follow(delivery, clock, until=timedelta(hours=24))
        assert (delivery.status, delivery.attempts) == (DeliveryStatus.QUEUED, 0)
        assert 24 <= tries <= 40
        refusing.clear()
        clock.shift(outbox.LONGEST_WAIT)
        assert outbox.deliver_due("w1") == 1


def follow(
    delivery: Delivery, clock: time_machine.Traveller, *, until: timedelta
) -> int:
    """Let the worker meet each moment the row is due; how many there were."""
    tries = 0
    while delivery.status == DeliveryStatus.QUEUED:
        if delivery.due_at > delivery.created_at + until:
            break
        clock.move_to(max(timezone.now(), delivery.due_at))
        outbox.deliver_due("w1")
        delivery.refresh_from_db()
        tries += 1
    return tries


def test_after_two_days_without_a_server_the_team_is_told(
    delivery: Delivery, refusing: list[Exception]
) -> None:
    refusing.extend([ConnectionRefusedError()] * 100)
    with time_machine.travel(delivery.created_at, tick=False) as clock:
        follow(delivery, clock, until=timedelta(days=5))
        assert delivery.status == DeliveryStatus.FAILED
        assert timezone.now() - delivery.created_at > timedelta(hours=48)
    assert "injoignable" in delivery.last_error


def test_a_mail_that_waited_for_a_stopped_worker_gets_its_second_try(
    delivery: Delivery, refusing: list[Exception]
) -> None:
    refusing.append(smtplib.SMTPRecipientsRefused({"c": (451, b"greylisted")}))
    with time_machine.travel(delivery.created_at + timedelta(days=3), tick=False) as t:
        assert outbox.deliver_due("w1") == 0
        t.shift(outbox.LONGEST_WAIT)
        assert outbox.deliver_due("w1") == 1


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPDataError(554, b"looks like spam"),
        smtplib.SMTPSenderRefused(552, b"too large", "a@example.org"),
    ],
    ids=repr,
)
def test_a_refusal_of_the_message_itself_is_final(
    delivery: Delivery, refusing: list[Exception], error: Exception
) -> None:
    refusing.append(error)
    outbox.deliver_due("w1")
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.FAILED


def test_what_the_server_says_fits_and_has_no_control_signs(
    delivery: Delivery, refusing: list[Exception]
) -> None:
    refusing.append(smtplib.SMTPDataError(554, b"no\x00\r\nnever " + b"x" * 900))
    outbox.deliver_due("w1")
    delivery.refresh_from_db()
    assert delivery.last_error.startswith("554 no never xxx")
    assert len(delivery.last_error) < 300


def test_one_odd_message_does_not_stop_the_others(
    meetup: Meetup, refusing: list[Exception]
) -> None:
    send_invitations(meetup=meetup, people=ProfessionalFactory.create_batch(3))
    odd = Delivery.objects.order_by("pk")[0]
    Delivery.objects.filter(pk=odd.pk).update(recipient="x" * 65 + "@example.org")
    assert outbox.deliver_due("w1") == 2
    odd.refresh_from_db()
    assert (odd.status, odd.attempts) == (DeliveryStatus.QUEUED, 1)
    assert "ValueError" in odd.last_error
    with time_machine.travel(odd.created_at, tick=False) as clock:
        follow(odd, clock, until=timedelta(days=5))
    assert (odd.status, odd.attempts) == (DeliveryStatus.FAILED, MAX_ATTEMPTS)


class Rude(BaseEmailBackend):
    """Takes the mail and says goodbye with an error."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return len(email_messages)

    def close(self) -> None:
        raise smtplib.SMTPResponseException(500, b"line too long")


def test_a_rude_goodbye_does_not_stop_the_post(
    delivery: Delivery, settings: LazySettings
) -> None:
    settings.EMAIL_BACKEND = "tests.test_outbox_faults.Rude"
    assert outbox.deliver_due("w1") == 1
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.SENT


class Kill(BaseException):
    """What no code catches, as little as a SIGKILL."""


class Deadly(BaseEmailBackend):
    """Kills the worker at a certain address."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if email_messages[0].to == ["chloe@example.org"]:
            raise Kill
        return len(email_messages)


def test_a_message_that_kills_its_worker_takes_no_other_down(
    meetup: Meetup, chloe: Professional, settings: LazySettings
) -> None:
    settings.EMAIL_BACKEND = "tests.test_outbox_faults.Deadly"
    people = [chloe, *ProfessionalFactory.create_batch(2)]
    send_invitations(meetup=meetup, people=people)
    others = Delivery.objects.exclude(recipient="chloe@example.org")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for attempts in range(1, MAX_ATTEMPTS + 1):
            with pytest.raises(Kill):
                outbox.deliver_due(f"w{attempts}")
            deadly = Delivery.objects.get(recipient="chloe@example.org")
            assert deadly.attempts == attempts
            clock.shift(outbox.LEASE + timedelta(seconds=1))
        assert set(others.values_list("status", "attempts")) == {("sent", 1)}
        assert outbox.deliver_due("last") == 0
    deadly.refresh_from_db()
    assert deadly.status == DeliveryStatus.FAILED
