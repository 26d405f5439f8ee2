"""What leaves once a meal is over."""

import secrets
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from invitations.channels import channel_for
from invitations.models import (
    BY_PROGRAM,
    DeliveryKind,
    Invitation,
)
from invitations.queueing import queue
from invitations.telling import Notice, tell
from networking.models import Meetup
from networking.templatetags.french import hours_between, long_date_year
from reports.freezing import duration, reference
from reports.mails.after import employer_note
from reports.models import Attendance, Certificate, Presence

MORNING = time(9)
SATURDAY = 5
# Later, thanks come oddly, and the personal link is about to die.
THANKS_WITHIN = timedelta(days=14)
# No 0, 1, I, L, O, U: 30 letters, 13 of them are 63 bits.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE = 13
MOST_NOTES = 2


def next_morning(now: datetime) -> datetime:
    """Nine o'clock on the next day that is worked."""
    day = timezone.localtime(now).date() + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, MORNING))


def thank(meetup: Meetup) -> int:
    """Queue a word for each guest who was there and is reached by a program; until it
    leaves the team reads it, adds to it or drops it. How many."""
    now = timezone.now()
    if meetup.ends_at + THANKS_WITHIN < now:
        return 0
    there = meetup.invitations.filter(attendance__presence=Presence.PRESENT)
    due_at, told = next_morning(now), 0
    for guest in there.with_person():
        guest.meetup = meetup
        if channel_for(guest.professional, DeliveryKind.THANKS) in BY_PROGRAM:
            told += tell(guest, _thanks(guest, due_at)) is not None
    return told


def _thanks(guest: Invitation, due_at: datetime) -> Notice:
    return Notice(
        name="thanks",
        kind=DeliveryKind.THANKS,
        key=f"thanks:{guest.key}",
        due_at=due_at,
        not_after=guest.meetup.ends_at + THANKS_WITHIN,
    )


class TooEarly(Exception):
    """A certificate tells how long somebody stayed: none before the end."""


def certify(*, presence: Attendance, last_name: str) -> Certificate:
    """The same certificate each time for the same presence: its words are frozen.
    Raises TooEarly."""
    with transaction.atomic():
        meetup = Meetup.objects.select_for_update().get(pk=presence.meetup_id)
        if not meetup.is_over:
            raise TooEarly
        known = Certificate.objects.filter(attendance=presence).first()
        return known or _certificate(presence, meetup, last_name)


def withdraw_certificates(presences: QuerySet[Attendance]) -> None:
    """Of people who were not there after all: the public page no longer vouches."""
    Certificate.objects.filter(attendance__in=presences).delete()


def _certificate(presence: Attendance, meetup: Meetup, last_name: str) -> Certificate:
    guest = presence.invitation
    trade = guest.professional.trade if guest else str(presence.profession)
    stayed = stay(presence, meetup)
    return Certificate.objects.create(
        attendance=presence,
        meetup=meetup,
        code="".join(secrets.choice(ALPHABET) for _ in range(CODE)),
        first_name=presence.first_name,
        last_name=last_name,
        trade=trade[:80],
        title=meetup.full_title,
        minutes=int(stayed.total_seconds()) // 60,
        signed_by=meetup.organiser.get_full_name(),
        facts={
            "meetup": meetup.title,
            "date": long_date_year(meetup.starts_at),
            "hours": hours_between(meetup.starts_at, meetup.ends_at),
            "duration": duration(stayed),
            "venue": f"{meetup.venue.name}, {meetup.venue.full_address}",
            "commune": meetup.venue.commune.name,
            "organisation": settings.ORGANISATION_NAME,
            "contact": settings.ORGANISATION_CONTACT,
            "reference": reference(meetup),
        },
    )


def stay(presence: Attendance, meetup: Meetup) -> timedelta:
    """Between the hours noted for this person, or else those of the meal."""
    start = max(presence.arrived_at or meetup.starts_at, meetup.starts_at)
    end = min(presence.left_at or meetup.ends_at, meetup.ends_at)
    return max(end - start, timedelta())


class TooManyNotes(Exception):
    """An employer hears once, or twice when the first address was wrong."""


def tell_employer(
    *, invitation: Invitation, certificate: Certificate, name: str, email: str
) -> None:
    """The person asks for it; nobody else is named. Raises TooManyNotes."""
    with transaction.atomic():
        Invitation.objects.select_for_update().get(pk=invitation.pk)
        sent = invitation.deliveries.filter(kind=DeliveryKind.NOTE)
        key = f"note:{invitation.key}:{email.lower()}"
        if sent.exclude(key=key).count() >= MOST_NOTES:
            raise TooManyNotes
        note = employer_note(invitation, certificate, name=name, email=email)
        queue(note, kind=DeliveryKind.NOTE, key=key[:120], invitation=invitation)
