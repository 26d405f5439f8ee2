"""kill -9 at moments that nobody chose. `bench/kills.py` is the same with more of
them; `test_crash_points` chooses."""

import random
from collections.abc import Iterator

import pytest

from invitations.actions import send_invitations
from networking.models import Meetup
from tests.factories import ProfessionalFactory
from tests.killing import Arrived, deliver_through_kills
from tests.smtp_sink import Sink, open_sink

pytestmark = pytest.mark.django_db(transaction=True)

MAILS, KILLS = 60, (7, 21, 35)


@pytest.fixture
def sink(meetup: Meetup) -> Iterator[Sink]:
    """A slow server, and a meetup to which everybody is invited."""
    trade = ProfessionalFactory().profession
    people = ProfessionalFactory.create_batch(MAILS, profession=trade)
    send_invitations(meetup=meetup, people=people)
    with open_sink(seconds=0.005) as sink:
        yield sink


def deliver(sink: Sink, *, returns: bool) -> Arrived:
    chance = random.Random()
    return deliver_through_kills(sink, at=KILLS, chance=chance, returns=returns)


def test_killed_workers_lose_nothing_and_repeat_at_most_their_last_message(
    sink: Sink,
) -> None:
    arrived = deliver(sink, returns=True)
    repeated = arrived.mails - MAILS
    assert 0 <= repeated <= len(KILLS)
    assert arrived == Arrived(mails=MAILS + repeated, repeated=repeated)


def test_unless_nobody_looks_at_the_leases_of_the_dead(sink: Sink) -> None:
    arrived = deliver(sink, returns=False)
    assert arrived.lost >= 1
    assert arrived.unsettled >= arrived.lost
