"""Moving and cancelling, with everybody concerned told."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from invitations.actions.seats import refuse_seat
from invitations.actions.sending import BEFORE_THE_MEAL, queue_invitation
from invitations.mails import Change
from invitations.models import (
    BY_PROGRAM,
    AnswersClosed,
    Delivery,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
    PartStat,
    SeatRequestStatus,
)
from invitations.queueing import drop_queued
from invitations.telling import Notice, tell
from networking.models import Meetup
from venues.models import Venue


def move_meetup(
    *, meetup: Meetup, starts_at: datetime, ends_at: datetime, venue: Venue
) -> int:
    """Move in time or place and tell everybody who did not say no; the number of
    messages that leave, the others being called.

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
        if new_time:
            ask_again(meetup)
        return sum(leaves(tell_move(one, meetup, change)) for one in concerned)


def leaves(queued: Delivery | None) -> int:
    """1 for a message that leaves by itself."""
    return int(queued is not None and queued.channel in BY_PROGRAM)


def never_told(invitation: Invitation) -> bool:
    """The invitation is taken back before anybody read or heard it."""
    unsent = drop_queued(invitation, DeliveryKind.INVITATION)
    drop_queued(invitation, *BEFORE_THE_MEAL)
    asked = invitation.deliveries.filter(kind=DeliveryKind.INVITATION)
    return unsent and not asked.filter(status=DeliveryStatus.SENT).exists()


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


def tell_move(
    invitation: Invitation, meetup: Meetup, change: Change
) -> Delivery | None:
    """A first invitation that has not left yet is replaced rather than corrected. The
    invitation is as it was before the move."""
    invitation.meetup, was_coming = meetup, invitation.is_coming
    if change != Change.PLACE:
        invitation.partstat = PartStat.NEEDS_ACTION
    if never_told(invitation):
        return queue_invitation(invitation)
    return tell(
        invitation,
        Notice(
            name="update",
            kind=DeliveryKind.UPDATE,
            key=f"update:{invitation.key}:{invitation.meetup.sequence}",
            not_after=invitation.meetup.ends_at,
            facts={"change": change.name, "was_coming": was_coming},
        ),
    )


def cancel_meetup(*, meetup: Meetup, reason: str) -> int:
    """Cancel and tell everybody who did not say no, and those who asked for a seat;
    the number of messages that leave, the others being called."""
    with transaction.atomic():
        meetup = changeable(meetup)
        meetup.cancel(reason)
        told = 0
        for invitation in meetup.invitations.concerned().with_person():
            invitation.meetup = meetup
            told += leaves(tell_cancellation(invitation))
        for request in meetup.seat_requests.filter(status=SeatRequestStatus.PENDING):
            told += refuse_seat(request=request, cancelled=True)
    return told


def tell_cancellation(invitation: Invitation) -> Delivery | None:
    """Nothing to tell whoever never got the invitation."""
    if never_told(invitation):
        return None
    return tell(
        invitation,
        Notice(
            name="cancellation",
            kind=DeliveryKind.CANCELLATION,
            key=f"cancellation:{invitation.key}",
            not_after=invitation.meetup.ends_at,
        ),
    )
