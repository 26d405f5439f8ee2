"""Meals that are over, with people who were there."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from networking.models import Circle, Meetup, MeetupStatus
from reports.models import Attendance, Presence
from tests.factories import InvitationFactory, MeetupFactory, ProfessionalFactory

DAY = timedelta(days=1)


def past_meal(circle: Circle, days: float, guests: int, **more: Any) -> Meetup:
    """Ended so many days ago; its guests were all there."""
    ended = timezone.now() - days * DAY
    more.setdefault("status", MeetupStatus.CLOSED)
    meetup: Meetup = MeetupFactory(
        circle=circle, starts_at=ended - timedelta(hours=2), ends_at=ended, **more
    )
    for _ in range(guests):
        sits(meetup)
    return meetup


def sits(meetup: Meetup, **person: Any) -> Attendance:
    guest = InvitationFactory(
        meetup=meetup, professional=ProfessionalFactory(**person), partstat="ACCEPTED"
    )
    return Attendance.objects.create(
        meetup=meetup,
        invitation=guest,
        first_name=guest.professional.first_name,
        profession=guest.professional.profession,
        presence=Presence.PRESENT,
    )
