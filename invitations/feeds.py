"""Calendars to subscribe to: what stands in each of them, and since when.

Nobody is named there: programs keep copies, secretaries look on, and the address may
be passed around. Time alone changes a calendar at midnight only, so that its bytes stay
the same until somebody changes something.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from invitations import itip, mails
from invitations.models import Answer, Invitation, PartStat
from networking.models import Circle, Meetup, Professional, User

KEPT = timedelta(days=30)
NAME = "Parenthèses Réseau"
# What a calendar says of an answer; the other answers leave no entry.
STANDING = {PartStat.ACCEPTED: "CONFIRMED", PartStat.TENTATIVE: "TENTATIVE"}


class Entry(NamedTuple):
    """`status` is "" for what is not in the calendar, or not any more."""

    meetup: Meetup
    status: str
    changed_at: datetime
    page: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """`changed_at` is never before this midnight: a renamed circle, a person who left
    a team have no date of their own, and programs that only ask for what is newer hear
    of them the next day. The others compare the bytes."""

    name: str
    events: list[itip.CalendarEvent]
    changed_at: datetime


def midnight() -> datetime:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def of_everybody() -> Feed:
    """The public agenda."""
    return feed(NAME, map(published, Meetup.objects.since(midnight() - KEPT)))


def of_circle(circle: Circle) -> Feed:
    """The same for one circle."""
    meetups = circle.meetups.since(midnight() - KEPT)
    return feed(f"{NAME}, {circle}", map(published, meetups))


def of_team(user: User) -> Feed:
    """Every meetup of the circles whose team the user belongs to."""
    meetups = Meetup.objects.visible_to(user).since(midnight() - KEPT)
    entries = (
        Entry(m, "CONFIRMED", m.changed_at, m.get_absolute_url()) for m in meetups
    )
    return feed(f"{NAME}, mes cercles", entries)


def of_person(person: Professional) -> Feed:
    """The meetups that this person said yes to, hesitates about or waits for."""
    spoken = Answer.objects.filter(invitation=OuterRef("pk"), counted=True)
    last = spoken.order_by("-created_at", "-pk").values("partstat")[:1]
    invitations = (
        person.invitations.filter(meetup__in=Meetup.objects.since(midnight() - KEPT))
        .select_related("meetup__booking__venue__commune")
        .annotate(last_said=Subquery(last))
        .order_by("meetup_id")
    )
    return feed(f"{NAME}, mes rencontres", map(answered, invitations))


def published(meetup: Meetup) -> Entry:
    status = "CONFIRMED" if meetup.is_public else ""
    return Entry(meetup, status, meetup.changed_at)


def answered(invitation: Invitation) -> Entry:
    """Whoever said yes before the hour moved is asked again, and sees the new hour
    meanwhile, unconfirmed."""
    meetup, said = invitation.meetup, PartStat(invitation.partstat)
    status = STANDING.get(said, "")
    last_said = getattr(invitation, "last_said", None)
    if said == PartStat.NEEDS_ACTION and last_said in STANDING:
        status = "TENTATIVE"
    changed_at = max(meetup.changed_at, invitation.answered_at or meetup.changed_at)
    return Entry(meetup, status, changed_at)


def feed(name: str, entries: Iterable[Entry]) -> Feed:
    entries = list(entries)
    moments = [midnight(), *(entry.changed_at for entry in entries)]
    shown = [entry for entry in entries if is_shown(entry)]
    return Feed(name=name, events=list(map(event, shown)), changed_at=max(moments))


def is_shown(entry: Entry) -> bool:
    """A called-off meetup stays for a month, said as such, so that every program has
    heard of it."""
    if entry.meetup.is_cancelled and entry.meetup.changed_at < midnight() - KEPT:
        return False
    return entry.status != ""


def event(entry: Entry) -> itip.CalendarEvent:
    """The stamp is the last change, not now: a calendar without METHOD says when it
    was revised (RFC 5545 3.8.7.2)."""
    meetup = entry.meetup
    return replace(
        mails.event_of(meetup, entry.changed_at, page=entry.page, signed=False),
        status="CANCELLED" if meetup.is_cancelled else entry.status,
        last_modified=entry.changed_at,
    )
