"""Answers, and the seats that they free."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from invitations.actions.welcome import pair_newcomers
from invitations.composition import admitted, offer_ends, overtaken
from invitations.models import (
    AnswerChannel,
    AnswersClosed,
    Delivery,
    DeliveryKind,
    ExtraSeatKind,
    Invitation,
    Outcome,
    PartStat,
    TableFull,
    composition_of,
    waiters,
)
from invitations.queueing import drop, drop_answered
from invitations.telling import Notice, tell
from networking.models import Meetup, User


def answer(
    *,
    invitation: Invitation,
    partstat: PartStat,
    by: AnswerChannel = AnswerChannel.WEB,
    recorded_by: User | None = None,
    mailed: tuple[int, datetime] | None = None,
) -> Outcome:
    """Record an answer and offer the seat that it frees. Raises AnswersClosed, and
    AnswerOutdated for a `mailed` one."""
    with transaction.atomic():
        outcome = invitation.rsvp(
            partstat, by=by, recorded_by=recorded_by, mailed=mailed
        )
        drop_answered(invitation)
        if outcome == Outcome.NOTED:
            kept = ExtraSeatKind.COMPANION if invitation.is_coming else ""
            invitation.extra_seats.exclude(kind=kept).delete()
            pair_newcomers(meetup=invitation.meetup)
            promote(meetup=invitation.meetup)
    return outcome


def promote(*, meetup: Meetup) -> int:
    """Offer free seats to those who wait, missing trades first; the number offered.
    Within 48 hours of the meal nobody is surprised: the organiser calls."""
    meetup = Meetup.objects.select_for_update().get(pk=meetup.pk)
    until = offer_ends(timezone.now(), meetup.starts_at)
    if not meetup.takes_answers or until is None:
        return 0
    if not (left := waiters(meetup)):
        return 0
    composition, given = composition_of(meetup), 0
    while fitting := admitted(left, composition):
        chosen = fitting[0]
        passed = overtaken(chosen, fitting)
        meetup.invitations.filter(pk__in=passed).update(
            passed_over=F("passed_over") + 1
        )
        offer_seat(meetup, chosen.key, until)
        left = [
            w._replace(passed_over=w.passed_over + (w.key in passed))
            for w in left
            if w.key != chosen.key
        ]
        composition, given = composition.plus(chosen.trade), given + 1
    return given


def offer_seat(meetup: Meetup, key: int, until: datetime) -> None:
    invitation = meetup.invitations.with_person().get(pk=key)
    invitation.meetup = meetup
    invitation.offer(until)
    number = invitation.deliveries.filter(kind=DeliveryKind.SEAT).count()
    tell(
        invitation,
        Notice(
            name="seat_offered",
            kind=DeliveryKind.SEAT,
            key=f"offer:{invitation.key}:{number}",
            not_after=until,
        ),
    )


def tell_seat(invitation: Invitation) -> Delivery | None:
    """Instead of a call that still waited to ask."""
    drop_answered(invitation)
    number = invitation.deliveries.filter(kind=DeliveryKind.SEAT).count()
    return tell(
        invitation,
        Notice(
            name="seat_given",
            kind=DeliveryKind.SEAT,
            key=f"seat:{invitation.key}:{number}",
            not_after=invitation.meetup.ends_at,
        ),
    )


def expire_offers(now: datetime) -> int:
    """Seats whose offer is over go to the next person; so do those that are released
    today. The number of meetups looked at; safe to run twice."""
    planned = Meetup.objects.planned().filter(starts_at__gt=now)
    over = planned.filter(invitations__offered_until__lte=now)
    waited = planned.filter(
        held_until__lte=now, invitations__waiting_since__isnull=False
    )
    keys = set(over.values_list("pk", flat=True)) | set(
        waited.values_list("pk", flat=True)
    )
    for pk in keys:
        with transaction.atomic():
            meetup = Meetup.objects.select_for_update().get(pk=pk)
            for invitation in meetup.invitations.filter(offered_until__lte=now):
                invitation.let_go()
            promote(meetup=meetup)
    return len(keys)


def adjust_meetup(*, meetup: Meetup, details: dict[str, Any]) -> int:
    """Change title, message, seats, meal, reminders; freed seats are offered to those
    who wait, and their number is returned. Raises TableFull when more seats are taken
    than there would be, AnswersClosed when the meetup was cancelled meanwhile."""
    with transaction.atomic():
        meetup = Meetup.objects.select_for_update().get(pk=meetup.pk)
        if not meetup.is_planned:
            raise AnswersClosed
        if details["capacity"] < composition_of(meetup).seated:
            raise TableFull
        reminder_days = meetup.reminder_days
        fields = {**details, "changed_at": timezone.now()}
        for name, value in fields.items():
            setattr(meetup, name, value)
        meetup.save(update_fields=fields)
        if "reminder_days" in details and details["reminder_days"] != reminder_days:
            reminders = Delivery.objects.filter(invitation__meetup=meetup)
            drop(reminders.filter(kind=DeliveryKind.REMINDER))
        return promote(meetup=meetup)
