from datetime import datetime
from typing import Any

from django.db import transaction

from networking.models import Circle, Meetup, User
from venues.models import Booking, Venue


def plan_meetup(
    *,
    circle: Circle,
    organiser: User,
    venue: Venue,
    starts_at: datetime,
    ends_at: datetime,
    details: dict[str, Any],
) -> Meetup:
    """A planned meetup with its requested slot; nobody is invited yet. Raises
    SlotTaken."""
    with transaction.atomic():
        booking = Booking.objects.book(venue, starts_at, ends_at)
        return Meetup.objects.create(
            circle=circle,
            organiser=organiser,
            booking=booking,
            starts_at=starts_at,
            ends_at=ends_at,
            **details,
        )
