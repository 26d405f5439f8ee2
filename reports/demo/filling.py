"""Fills an empty database; the same people and meals for the same seed and day."""

from collections.abc import Sequence

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from invitations.models import Delivery
from invitations.outbox import deliver_due
from networking.models import Meetup, Professional
from reports.demo import (
    aftermath,
    coming,
    links,
    past,
    periods,
    portal,
    post,
    voices,
)
from reports.demo.cast import Cast, chance, make_cast
from reports.demo.words import PAST


def fill() -> dict[str, int]:
    """What was made, by its French name."""
    rng = chance()
    with transaction.atomic():
        cast = make_cast(rng)
        tables = [_table(cast, told) for told in PAST]
        before = past.make(rng, tables)
        links.fill(chance(), before)
        periods.give(before, cast.users)
        after = coming.make(rng, cast)
        portal.fill()
        aftermath.make(before, after[0])
        voices.make(chance(), before)
    if settings.DEMO:
        deliver_all()
    post.fill(after[0])
    if settings.DEMO:
        # What that wrote in turn.
        deliver_all()
    coming.sent_then(after[0], timezone.now() - coming.SENT_AGO)
    return _counts(cast, before, after)


def _table(cast: Cast, told: past.Told) -> past.Table:
    return past.Table(
        told,
        cast.circles[told.circle],
        cast.people[told.circle],
        cast.venues[told.venue],
        cast.organiser(told.circle),
    )


def deliver_all() -> None:
    """What the worker does, until nothing is due: no domain makes us wait here."""
    while Delivery.objects.due(timezone.now()).exists():
        deliver_due("demo")


def _counts(
    cast: Cast, before: Sequence[Meetup], after: Sequence[Meetup]
) -> dict[str, int]:
    return {
        "cercles": len(cast.circles),
        "lieux": len(cast.venues),
        "professionnels": Professional.objects.count(),
        "rencontres passées": len(before),
        "rencontres à venir": len(after),
        "messages": Delivery.objects.count(),
    }
