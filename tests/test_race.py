"""The last seat, asked for by several connections at once, on the real database."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction

from invitations.models import Invitation, PartStat
from tests.factories import InvitationFactory, MeetupFactory, ProfessionalFactory

pytestmark = pytest.mark.django_db(transaction=True)

GUESTS, SEATS = 8, 3


def answer_all_at_once(invitations: list[Invitation], locked: bool) -> list[str]:
    """Each answer in its own thread and connection; the errors that came out."""
    start, errors = threading.Barrier(len(invitations)), []

    def answer(pk: int) -> None:
        try:
            start.wait()
            if locked:
                Invitation.objects.get(pk=pk).rsvp(PartStat.ACCEPTED)
            else:
                careless(pk, start)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure
            errors.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=answer, args=(i.pk,)) for i in invitations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def careless(pk: int, barrier: threading.Barrier) -> None:
    """The control: count, then write, without a lock in between."""
    invitation = Invitation.objects.select_related("meetup").get(pk=pk)
    taken = Invitation.objects.filter(meetup=invitation.meetup).coming().count()
    barrier.wait()
    if taken < invitation.meetup.capacity:
        Invitation.objects.filter(pk=pk).update(partstat=PartStat.ACCEPTED)


@contextmanager
def table() -> Iterator[list[Invitation]]:
    meetup = MeetupFactory(capacity=SEATS)
    yield [
        InvitationFactory(
            meetup=meetup, professional=ProfessionalFactory(email=f"p{n}@example.org")
        )
        for n in range(GUESTS)
    ]


def needs_real_concurrency() -> bool:
    return (
        bool(connection.is_in_memory_db()) if connection.vendor == "sqlite" else False
    )


def test_the_last_seats_are_never_given_twice() -> None:
    with table() as invitations:
        if needs_real_concurrency():
            pytest.fail("the tests need a database file: set TEST NAME in settings")
        assert answer_all_at_once(invitations, locked=True) == []
        assert Invitation.objects.coming().count() == SEATS
        waiting = Invitation.objects.filter(waiting_since__isnull=False)
        assert waiting.count() == GUESTS - SEATS


def test_without_the_lock_the_same_test_overbooks() -> None:
    with table() as invitations:
        answer_all_at_once(invitations, locked=False)
        assert Invitation.objects.coming().count() > SEATS


def test_a_transaction_of_ours_takes_the_write_lock_at_once() -> None:
    if connection.vendor == "sqlite":
        with transaction.atomic():
            assert connection.transaction_mode == "IMMEDIATE"
