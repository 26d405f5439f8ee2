"""Who kept whose card after the meals of the demonstration."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import combinations
from random import Random

from invitations.models import Invitation, Seat
from networking.models import Meetup
from reports.actions.nudges import TERMS, WINDOW
from reports.models import Connection, Consent, ConsentKind, Nudge, Presence

KEPT, HOPED, SHOWN, MET_AGAIN = 0.14, 0.05, 0.75, 0.6


def fill(rng: Random, meetups: Sequence[Meetup]) -> None:
    """Some pairs of each past meal, most first names shown, news given when asked."""
    for meetup in meetups:
        rows = meetup.invitations.filter(attendance__presence=Presence.PRESENT)
        for one, two in combinations(rows.order_by("pk"), 2):
            chance = rng.random()
            if chance < KEPT:
                _say(rng, meetup, one, two)
                _say(rng, meetup, two, one)
            elif chance < KEPT + HOPED:
                _say(rng, meetup, one, two)
    people = Connection.objects.order_by("professional").values_list("professional")
    Consent.objects.bulk_create(
        Consent(professional_id=pk, kind=ConsentKind.WEB)
        for (pk,) in people.distinct()
        if rng.random() < SHOWN
    )
    _give_news(rng, meetups)
    for meetup in meetups[-1:]:
        _seat(meetup)


def _seat(meetup: Meetup) -> None:
    """At two tables, so that their codes find people."""
    guests = meetup.invitations.filter(attendance__presence=Presence.PRESENT)
    Seat.objects.bulk_create(
        Seat(meetup=meetup, round=1, table=1 + number % 2, invitation=guest)
        for number, guest in enumerate(guests.order_by("pk"))
    )


def _say(rng: Random, meetup: Meetup, one: Invitation, two: Invitation) -> None:
    Connection.objects.get_or_create(
        professional_id=one.professional_id,
        other_id=two.professional_id,
        defaults={
            "meetup": meetup,
            "shows_email": True,
            "shows_phone": rng.random() < 0.7,
            "created_at": meetup.ends_at + timedelta(hours=rng.randrange(2, 90)),
        },
    )


def _give_news(rng: Random, meetups: Sequence[Meetup]) -> None:
    """What the worker would ask now, it asks; what it would have asked, it has."""
    newest = max((meetup.ends_at for meetup in meetups), default=None)
    if newest is None:
        return
    today = newest + timedelta(days=7)
    for link in Connection.objects.mutual().select_related("meetup").order_by("pk"):
        for months, term in TERMS.items():
            asked_at = link.meetup.ends_at + term
            if asked_at + WINDOW < today and rng.random() < 0.7:
                Nudge.objects.create(
                    connection=link,
                    months=months,
                    sent_at=asked_at,
                    has_met_again=rng.random() < MET_AGAIN,
                    answered_on=(asked_at + timedelta(days=2)).date(),
                )
