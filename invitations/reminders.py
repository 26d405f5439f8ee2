"""Gentle reminders: only to those who have not answered, never twice."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from invitations import outbox
from invitations.models import (
    Delivery,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
)
from invitations.models.invitations import InvitationQuerySet
from invitations.telling import Notice, tell
from networking.models import Meetup

log = logging.getLogger("parentheses.reminders")

AT = time(12, 0)
# So long before, the team may still read, change or drop them.
AHEAD = timedelta(hours=4)
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


def due(meetup: Meetup, now: datetime) -> tuple[int, datetime] | None:
    """The reminder (in days before, and when) whose window is open."""
    for days, when in moments(meetup):
        if when - AHEAD <= now < when + WINDOW and now < meetup.starts_at:
            return days, when
    return None


def queue_due(now: datetime) -> int:
    """Queue every reminder whose time is near; safe to run twice."""
    meetups = Meetup.objects.planned().filter(starts_at__gt=now)
    return sum(
        remind(meetup, *found, now=now)
        for meetup in meetups.select_related("booking__venue__commune", "organiser")
        if (found := due(meetup, now)) is not None
    )


def remind(meetup: Meetup, days: int, when: datetime, *, now: datetime) -> int:
    leaves_at = max(when, now)
    notice = Notice(
        name="reminder",
        kind=DeliveryKind.REMINDER,
        key="",
        due_at=leaves_at,
        not_after=min(when + WINDOW, meetup.starts_at),
    )
    silent = to_remind(meetup).exclude(pk__in=told_since(meetup, leaves_at - GRACE))
    return sum(_remind_carefully(one, days, notice) for one in silent.with_person())


def to_remind(meetup: Meetup) -> InvitationQuerySet:
    """Those who got the invitation and said nothing, unless they want peace or a call
    waits for them."""
    invited = meetup.invitations.filter(
        deliveries__kind=DeliveryKind.INVITATION,
        deliveries__status=DeliveryStatus.SENT,
    )
    called = Delivery.objects.calls().filter(invitation__meetup=meetup)
    silent = invited.unanswered().filter(waiting_since=None)
    at_peace = Q(professional__opted_out_at__isnull=False) | Q(
        professional__paused_until__gt=timezone.localdate()
    )
    return (
        silent.exclude(at_peace).exclude(pk__in=called.values("invitation")).distinct()
    )


class Planned(NamedTuple):
    when: datetime
    people: int


def planned(meetup: Meetup, now: datetime) -> list[Planned]:
    """The reminders that are not in the queue yet, and whom they would reach if they
    left now."""
    if not meetup.is_planned:
        return []
    ahead = [when for _, when in moments(meetup) if now < when - AHEAD]
    people = to_remind(meetup).count() if ahead else 0
    return [Planned(when, people) for when in ahead]


def told_since(meetup: Meetup, moment: datetime) -> QuerySet[Delivery, int | None]:
    """The invitations written about since then, whether the mail has left or not."""
    recent = Delivery.objects.filter(
        Q(created_at__gte=moment) | Q(sent_at__gte=moment),
        invitation__meetup=meetup,
        kind__in=(DeliveryKind.INVITATION, DeliveryKind.UPDATE),
    )
    return recent.values_list("invitation", flat=True)


def _remind_carefully(invitation: Invitation, days: int, notice: Notice) -> int:
    """An invitation that cannot be worded does not silence the others."""
    # A new date has reminders of its own.
    key = f"reminder:{invitation.key}:{invitation.meetup.sequence}:{days}"
    try:
        with transaction.atomic():
            return int(tell(invitation, replace(notice, key=key)) is not None)
    except outbox.DATABASE_AWAY:
        raise
    except Exception:
        log.exception("no reminder for invitation %s", invitation.pk)
        return 0
