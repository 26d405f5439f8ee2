"""Moving and cancelling, with everybody concerned told."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from invitations import mails, outbox
from invitations.actions.seats import refuse_seat
from invitations.actions.sending import BEFORE_THE_MEAL, queue_invitation, reachable
from invitations.mails import Change
from invitations.models import (
    AnswersClosed,
    DeliveryKind,
    Invitation,
    PartStat,
    SeatRequestStatus,
)
from networking.models import Meetup
from venues.models import Venue


def move_meetup(
    *, meetup: Meetup, starts_at: datetime, ends_at: datetime, venue: Venue
) -> int:
    """Move in time or place and tell everybody who did not say no; the number told.

    A new time asks for a new answer (RFC 5546 3.2.2.1); a new place keeps it.
    """
    change = what_moves(meetup, starts_at, ends_at)
    new_time = change != Change.PLACE
    if not new_time and venue.pk == meetup.venue.pk:
        return 0
    with transaction.atomic():
        meetup = changeable(meetup)
        meetup.move(starts_at=starts_at, ends_at=ends_at, venue=venue)
        concerned = list(meetup.invitations.concerned().with_person())
        coming = {i.pk for i in concerned if i.is_coming}
        if new_time:
            ask_again(meetup)
        for invitation in concerned:
            invitation.meetup = meetup
            if new_time:
                invitation.partstat = PartStat.NEEDS_ACTION
            tell_move(invitation, change=change, was_coming=invitation.pk in coming)
    return sum(reachable(i.professional) for i in concerned)


def changeable(meetup: Meetup) -> Meetup:
    """The locked row, still planned and ahead. Raises AnswersClosed."""
    meetup = Meetup.objects.select_for_update().get(pk=meetup.pk)
    if not meetup.is_planned or meetup.has_started:
        raise AnswersClosed
    return meetup


def what_moves(meetup: Meetup, starts_at: datetime, ends_at: datetime) -> Change:
    if (starts_at, ends_at) == (meetup.starts_at, meetup.ends_at):
        return Change.PLACE
    days = {timezone.localdate(moment) for moment in (starts_at, meetup.starts_at)}
    return Change.DAY if len(days) == 2 else Change.HOUR


def ask_again(meetup: Meetup) -> None:
    meetup.invitations.concerned().update(
        partstat=PartStat.NEEDS_ACTION,
        waiting_since=None,
        offered_until=None,
        passed_over=0,
        answered_at=None,
        answer_stamp=None,
    )


def tell_move(invitation: Invitation, *, change: Change, was_coming: bool) -> None:
    """A first invitation that has not left yet is replaced rather than corrected."""
    unsent = outbox.drop_queued(invitation, DeliveryKind.INVITATION)
    outbox.drop_queued(invitation, *BEFORE_THE_MEAL)
    if not reachable(invitation.professional):
        return
    if unsent:
        queue_invitation(invitation)
        return
    outbox.queue(
        mails.update(invitation, change=change, was_coming=was_coming),
        kind=DeliveryKind.UPDATE,
        key=f"update:{invitation.key}:{invitation.meetup.sequence}",
        invitation=invitation,
        not_after=invitation.meetup.ends_at,
    )


def cancel_meetup(*, meetup: Meetup, reason: str) -> int:
    """Cancel and tell everybody who did not say no, and those who asked for a seat;
    the number of people told."""
    with transaction.atomic():
        meetup = changeable(meetup)
        meetup.cancel(reason)
        told = 0
        for invitation in meetup.invitations.concerned().with_person():
            invitation.meetup = meetup
            told += tell_cancellation(invitation)
        for request in meetup.seat_requests.filter(status=SeatRequestStatus.PENDING):
            told += refuse_seat(request=request, cancelled=True)
    return told


def tell_cancellation(invitation: Invitation) -> int:
    """Nothing to tell whoever never got the invitation."""
    unsent = outbox.drop_queued(invitation, DeliveryKind.INVITATION)
    outbox.drop_queued(invitation, *BEFORE_THE_MEAL)
    if unsent or not reachable(invitation.professional):
        return 0
    queued = outbox.queue(
        mails.cancellation(invitation),
        kind=DeliveryKind.CANCELLATION,
        key=f"cancellation:{invitation.key}",
        invitation=invitation,
    )
    return int(queued is not None)
