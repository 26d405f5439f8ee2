"""Gentle reminders: only to those who have not answered, never twice."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from invitations import mails, outbox
from invitations.models import DeliveryKind, DeliveryStatus, Invitation
from networking.models import Meetup

AT = time(12, 0)
WINDOW = timedelta(hours=24)
# Whoever got the invitation this recently is left in peace.
GRACE = timedelta(days=2)


def moments(meetup: Meetup) -> Iterator[tuple[int, datetime]]:
    """(days before, when) of each reminder, at noon where the meal takes place."""
    day = timezone.localtime(meetup.starts_at).date()
    for days in sorted(meetup.reminder_days, reverse=True):
        noon = datetime.combine(day - timedelta(days=days), AT)
        yield days, timezone.make_aware(noon)


def next_moment(meetup: Meetup, now: datetime) -> datetime | None:
    return next((when for _, when in moments(meetup) if when > now), None)


def due(meetup: Meetup, now: datetime) -> int | None:
    """The reminder (in days before) whose window is open."""
    for days, when in moments(meetup):
        if when <= now < when + WINDOW and now < meetup.starts_at:
            return days
    return None


def queue_due(now: datetime) -> int:
    """Queue every reminder whose time has come; safe to run twice."""
    meetups = Meetup.objects.planned().filter(starts_at__gt=now)
    return sum(
        remind(meetup, days, now)
        for meetup in meetups.select_related("booking__venue__commune", "organiser")
        if (days := due(meetup, now)) is not None
    )


def remind(meetup: Meetup, days: int, now: datetime) -> int:
    invited_before = meetup.invitations.filter(
        deliveries__kind=DeliveryKind.INVITATION,
        deliveries__status=DeliveryStatus.SENT,
        deliveries__sent_at__lt=now - GRACE,
    )
    silent = invited_before.unanswered().filter(waiting_since=None).distinct()
    return sum(_remind_one(invitation, days) for invitation in silent.with_person())


def _remind_one(invitation: Invitation, days: int) -> int:
    person = invitation.professional
    if not person.email or person.opted_out_at:
        return 0
    with transaction.atomic():
        delivery = outbox.queue(
            mails.reminder(invitation),
            kind=DeliveryKind.REMINDER,
            key=f"reminder:{invitation.key}:{days}",
            invitation=invitation,
            not_after=invitation.meetup.starts_at,
        )
    return int(delivery is not None)
