"""Answers, and the seats that they free."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from invitations import mails, outbox
from invitations.actions.sending import reachable
from invitations.models import (
    AnswerChannel,
    AnswersClosed,
    DeliveryKind,
    Invitation,
    Outcome,
    PartStat,
    TableFull,
    seats_left,
)
from networking.models import Meetup, User

# Nearer to the meal a freed seat is offered by telephone, not by a surprise.
NOTICE = timedelta(hours=24)


def answer(
    *,
    invitation: Invitation,
    partstat: PartStat,
    by: AnswerChannel = AnswerChannel.WEB,
    recorded_by: User | None = None,
) -> Outcome:
    """Record an answer and give the seat that it frees. Raises AnswersClosed."""
    with transaction.atomic():
        outcome = invitation.rsvp(partstat, by=by, recorded_by=recorded_by)
        if outcome == Outcome.NOTED:
            promote(meetup=invitation.meetup)
    return outcome


def promote(*, meetup: Meetup) -> int:
    """Give free seats to those who wait, in their order; the number given."""
    meetup = Meetup.objects.select_for_update().get(pk=meetup.pk)
    free = max(seats_left(meetup), 0)
    if not meetup.takes_answers or meetup.starts_at - NOTICE <= timezone.now():
        return 0
    waiting = meetup.invitations.waiting().select_related("professional__profession")
    given = list(waiting[:free])
    for invitation in given:
        invitation.meetup = meetup
        invitation.rsvp(PartStat.ACCEPTED, by=AnswerChannel.QUEUE)
        tell_seat(invitation)
    return len(given)


def tell_seat(invitation: Invitation) -> None:
    if reachable(invitation.professional):
        number = invitation.deliveries.filter(kind=DeliveryKind.SEAT).count()
        outbox.queue(
            mails.seat_given(invitation),
            kind=DeliveryKind.SEAT,
            key=f"seat:{invitation.key}:{number}",
            invitation=invitation,
        )


def adjust_meetup(*, meetup: Meetup, details: dict[str, Any]) -> int:
    """Change title, message, seats, meal, reminders; freed seats go to those who
    wait, and their number is returned. Raises TableFull when more people come than
    there would be seats, AnswersClosed when the meetup was cancelled meanwhile."""
    with transaction.atomic():
        meetup = Meetup.objects.select_for_update().get(pk=meetup.pk)
        if not meetup.is_planned:
            raise AnswersClosed
        if details["capacity"] < meetup.invitations.coming().count():
            raise TableFull
        fields = {**details, "changed_at": timezone.now()}
        for name, value in fields.items():
            setattr(meetup, name, value)
        meetup.save(update_fields=fields)
        return promote(meetup=meetup)
