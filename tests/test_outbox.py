import socket
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes

import pytest
import time_machine
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import LazySettings
from django.core import mail
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from invitations import mails, outbox
from invitations.actions import send_invitations
from invitations.models import (
    MAX_ATTEMPTS,
    Delivery,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
    PartStat,
)
from networking.models import Meetup, Professional, Suppression, SuppressionReason
from tests.factories import ProfessionalFactory
from tests.test_outbox_faults import Refusing

pytestmark = pytest.mark.django_db


@pytest.fixture
def delivery(meetup: Meetup, chloe: Professional) -> Delivery:
    send_invitations(meetup=meetup, people=[chloe])
    return Delivery.objects.get()


def test_a_queued_message_leaves_once(delivery: Delivery) -> None:
    assert outbox.deliver_due("w1") == 1
    assert outbox.deliver_due("w1") == 0
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.SENT
    assert delivery.attempts == 1
    assert [message.to for message in mail.outbox] == [["chloe@example.org"]]


def test_what_leaves_is_what_was_frozen(delivery: Delivery) -> None:
    outbox.deliver_due("w1")
    sent = mail.outbox[0].message().as_bytes(linesep="\r\n")
    assert sent == bytes(delivery.mime)
    parsed = message_from_bytes(sent)
    assert parsed["Message-ID"].endswith("@parentheses.example>")


@pytest.mark.parametrize("kind", DeliveryKind.values)
def test_a_message_asks_the_database_four_times(
    kind: str,
    delivery: Delivery,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    """Ours? Objected? Still wanted? Gone."""
    Delivery.objects.update(kind=kind)
    (row,) = outbox.claim("w1", timezone.now())
    with django_assert_num_queries(4):
        assert outbox.still_ours(row, "w1")
        assert outbox.attempt(row, "w1", mail.get_connection()) == 1


def test_the_same_key_is_queued_once(delivery: Delivery) -> None:
    invitation = Invitation.objects.get()
    again = outbox.queue(
        mails.invitation(invitation),
        kind=DeliveryKind.INVITATION,
        key=delivery.key,
        invitation=invitation,
    )
    assert again is None
    assert Delivery.objects.count() == 1


def test_a_leased_row_is_invisible_to_the_other_worker(delivery: Delivery) -> None:
    assert len(outbox.claim("w1", timezone.now())) == 1
    assert outbox.claim("w2", timezone.now()) == []


def test_a_dead_worker_gives_its_row_back_after_the_lease(delivery: Delivery) -> None:
    now = timezone.now()
    outbox.claim("dead", now)
    later = now + outbox.LEASE + timedelta(seconds=1)
    assert [row.pk for row in outbox.claim("w2", later)] == [delivery.pk]


def test_the_fence_stops_a_worker_that_lost_its_lease(delivery: Delivery) -> None:
    outbox.claim("slow", timezone.now())
    Delivery.objects.update(leased_by="other")
    assert outbox.still_ours(delivery, "slow") is False
    outbox.settle(delivery, "slow", status=DeliveryStatus.SENT)
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.QUEUED


def test_a_message_that_kills_its_worker_does_not_come_back_for_ever(
    delivery: Delivery,
) -> None:
    Delivery.objects.update(attempts=MAX_ATTEMPTS)
    assert outbox.deliver_due("w1") == 0
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.FAILED
    assert mail.outbox == []


def test_what_is_too_late_is_dropped(delivery: Delivery) -> None:
    Delivery.objects.update(not_after=timezone.now() - timedelta(minutes=1))
    outbox.deliver_due("w1")
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.DROPPED
    assert mail.outbox == []


def test_a_worker_asked_to_stop_gives_the_rest_back(delivery: Delivery) -> None:
    assert outbox.deliver_due("w1", keep_going=lambda: False) == 0
    delivery.refresh_from_db()
    assert (delivery.leased_by, delivery.attempts) == ("", 0)
    assert outbox.deliver_due("w2") == 1


def test_a_suppressed_address_gets_nothing_into_the_queue(
    meetup: Meetup, chloe: Professional
) -> None:
    Suppression.objects.add(chloe.email)
    send_invitations(meetup=meetup, people=[chloe])
    invitation = Invitation.objects.get()
    again = outbox.queue(
        mails.invitation(invitation), kind=DeliveryKind.SEAT, key="seat:1"
    )
    assert again is None
    assert not Delivery.objects.exists()


def test_an_address_suppressed_meanwhile_gets_nothing_from_the_queue(
    delivery: Delivery,
) -> None:
    Suppression.objects.add("Chloe@example.org")
    assert outbox.deliver_due("w1") == 0
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.DROPPED
    assert mail.outbox == []


def test_what_a_living_worker_holds_is_not_taken_back(delivery: Delivery) -> None:
    outbox.claim("alive", timezone.now())
    assert not outbox.drop_queued(Invitation.objects.get(), DeliveryKind.INVITATION)
    assert Delivery.objects.get().status == DeliveryStatus.QUEUED


def test_what_a_dead_worker_held_can_be_taken_back(delivery: Delivery) -> None:
    outbox.claim("dead", timezone.now())
    with time_machine.travel(timezone.now() + outbox.LEASE + timedelta(seconds=1)):
        assert outbox.drop_queued(Invitation.objects.get(), DeliveryKind.INVITATION)
        assert outbox.deliver_due("w2") == 0
    outbox.settle(delivery, "dead", status=DeliveryStatus.SENT)
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.DROPPED


class Sink:
    def __init__(self) -> None:
        self.contents: list[bytes] = []

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.contents.append(bytes(envelope.content or b""))
        return "250 OK"


def test_a_real_server_gets_the_frozen_bytes(
    meetup: Meetup, settings: LazySettings
) -> None:
    people = ProfessionalFactory.create_batch(3)
    send_invitations(meetup=meetup, people=people)
    sink = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        assert outbox.deliver_due("w1") == 3
    finally:
        controller.stop()
    frozen = {bytes(row.mime) for row in Delivery.objects.all()}
    assert set(sink.contents) == frozen


def queued_for(meetup: Meetup, *domains: str) -> None:
    people = [
        ProfessionalFactory(email=f"p{number}@{domain}.example")
        for number, domain in enumerate(domains)
    ]
    send_invitations(meetup=meetup, people=people)


def recipients() -> list[str]:
    return sorted(message.to[0].partition("@")[2] for message in mail.outbox)


def test_a_busy_domain_waits_for_the_next_minute_and_holds_nobody_up(
    meetup: Meetup, settings: LazySettings
) -> None:
    settings.MAIL_PER_MINUTE_AND_DOMAIN = 2
    with time_machine.travel(timezone.now(), tick=False) as clock:
        queued_for(meetup, *["grand"] * 15, "petit")
        assert outbox.deliver_due("w1") == 3
        assert recipients() == ["grand.example", "grand.example", "petit.example"]
        assert outbox.deliver_due("w1") == 0
        clock.shift(59)
        assert outbox.deliver_due("w1") == 0
        clock.shift(2)
        assert outbox.deliver_due("w2") == 2


def test_a_second_worker_counts_what_the_first_one_holds(
    meetup: Meetup, settings: LazySettings
) -> None:
    settings.MAIL_PER_MINUTE_AND_DOMAIN = 4
    queued_for(meetup, *["grand"] * 6)
    now = timezone.now()
    assert len(outbox.claim("w1", now)) == 4
    assert outbox.claim("w2", now) == []


def test_tries_count_and_not_only_what_was_taken(
    meetup: Meetup, settings: LazySettings
) -> None:
    settings.MAIL_PER_MINUTE_AND_DOMAIN = 2
    queued_for(meetup, *["grand"] * 4)
    settings.EMAIL_BACKEND = "tests.test_outbox_faults.Refusing"
    Refusing.errors = [TimeoutError()] * 9
    try:
        assert outbox.deliver_due("w1") == 0
        assert outbox.deliver_due("w1") == 0
    finally:
        left = len(Refusing.errors)
        Refusing.errors.clear()
    assert left == 7


def test_without_a_limit_all_leave_over_one_connection(
    meetup: Meetup, settings: LazySettings
) -> None:
    settings.MAIL_PER_MINUTE_AND_DOMAIN = 0
    queued_for(meetup, *["grand"] * 12)
    assert outbox.deliver_due("w1") == 12


def test_calls_are_left_to_people(meetup: Meetup) -> None:
    person = ProfessionalFactory(email="", phone="+33639980102")
    send_invitations(meetup=meetup, people=[person])
    assert outbox.deliver_due("w1") == 0
    assert Delivery.objects.get().status == DeliveryStatus.QUEUED


def change_answer(delivery: Delivery) -> None:
    Invitation.objects.get().rsvp(PartStat.DECLINED)


def change_queue(delivery: Delivery) -> None:
    Meetup.objects.update(capacity=0)
    Invitation.objects.get().rsvp(PartStat.ACCEPTED)
    Invitation.objects.update(partstat=PartStat.NEEDS_ACTION)


def change_pause(delivery: Delivery) -> None:
    until = timezone.localdate() + timedelta(days=3)
    Professional.objects.update(paused_until=until)


def change_objection(delivery: Delivery) -> None:
    Professional.objects.update(opted_out_at=timezone.now())


def change_cancelled(delivery: Delivery) -> None:
    Meetup.objects.get().cancel("Trop de neige.")


def change_started(delivery: Delivery) -> None:
    Meetup.objects.update(starts_at=timezone.now() - timedelta(minutes=1))


def change_bounce(delivery: Delivery) -> None:
    Suppression.objects.add(delivery.recipient, SuppressionReason.BOUNCED)


@pytest.mark.parametrize(
    ("change", "kind", "reason"),
    [
        (change_answer, "reminder", "La personne a répondu."),
        (change_queue, "reminder", "La personne a répondu."),
        (change_pause, "reminder", "La personne fait une pause."),
        (change_pause, "invitation", "La personne fait une pause."),
        (change_objection, "update", "La personne ne veut plus de messages."),
        (change_objection, "cancellation", "La personne ne veut plus de messages."),
        (change_cancelled, "invitation", "La rencontre est annulée."),
        (change_cancelled, "reminder", "La rencontre est annulée."),
        (change_started, "reminder", "Trop tard."),
        (change_bounce, "update", "L’adresse ne reçoit plus rien."),
        (change_answer, "invitation", ""),
        (change_answer, "update", ""),
        (change_pause, "update", ""),
        (change_cancelled, "cancellation", ""),
    ],
)
def test_what_changed_meanwhile_is_seen_at_the_moment_of_sending(
    delivery: Delivery, change: Callable[[Delivery], None], kind: str, reason: str
) -> None:
    Delivery.objects.update(kind=kind, not_after=None)
    change(delivery)
    assert outbox.deliver_due("w1") == int(reason == "")
    delivery.refresh_from_db()
    assert (delivery.status, delivery.last_error) == (
        (DeliveryStatus.DROPPED, reason) if reason else (DeliveryStatus.SENT, "")
    )


def test_a_message_for_monday_still_has_its_two_days_of_patience(
    delivery: Delivery, settings: LazySettings
) -> None:
    monday = timezone.now() + timedelta(days=3)
    Delivery.objects.update(due_at=monday)
    settings.EMAIL_BACKEND = "tests.test_outbox_faults.Refusing"
    Refusing.errors = [ConnectionRefusedError()] * 2
    with time_machine.travel(monday, tick=False) as clock:
        for _ in range(2):
            assert outbox.deliver_due("w1") == 0
            delivery.refresh_from_db()
            assert delivery.due_at - timezone.now() == outbox.SHORTEST_WAIT
            clock.move_to(delivery.due_at)
        assert outbox.deliver_due("w1") == 1
