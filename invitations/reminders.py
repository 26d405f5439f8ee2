"""Gentle reminders: only to those who have not answered, never twice."""

import logging
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from invitations import mails, outbox
from invitations.models import Delivery, DeliveryKind, DeliveryStatus, Invitation
from networking.models import Meetup

log = logging.getLogger("parentheses.reminders")

AT = time(12, 0)
WINDOW = timedelta(hours=24)
# Whoever was invited, or told of a change, this recently is left in peace.
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
    invited = meetup.invitations.filter(
        deliveries__kind=DeliveryKind.INVITATION,
        deliveries__status=DeliveryStatus.SENT,
    ).exclude(pk__in=told_since(meetup, now - GRACE))
    silent = invited.unanswered().filter(waiting_since=None).distinct()
    return sum(_remind_carefully(one, days) for one in silent.with_person())


def told_since(meetup: Meetup, moment: datetime) -> QuerySet[Delivery, int | None]:
    """The invitations written about since then, whether the mail has left or not."""
    recent = Delivery.objects.filter(
        Q(created_at__gte=moment) | Q(sent_at__gte=moment),
        invitation__meetup=meetup,
        kind__in=(DeliveryKind.INVITATION, DeliveryKind.UPDATE),
    )
    return recent.values_list("invitation", flat=True)


def _remind_carefully(invitation: Invitation, days: int) -> int:
    """An invitation that cannot be worded does not silence the others."""
    try:
        return _remind_one(invitation, days)
    except outbox.DATABASE_AWAY:
        raise
    except Exception:
        log.exception("no reminder for invitation %s", invitation.pk)
        return 0


def _remind_one(invitation: Invitation, days: int) -> int:
    person, meetup = invitation.professional, invitation.meetup
    if not person.email or person.opted_out_at:
        return 0
    with transaction.atomic():
        delivery = outbox.queue(
            mails.reminder(invitation),
            kind=DeliveryKind.REMINDER,
            # A new date has reminders of its own.
            key=f"reminder:{invitation.key}:{meetup.sequence}:{days}",
            invitation=invitation,
            not_after=meetup.starts_at,
        )
    return int(delivery is not None)
