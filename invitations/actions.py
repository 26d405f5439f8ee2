"""Verbs with consequences beyond their row: each writes its messages to the queue
in the same transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from invitations import mails, outbox
from invitations.mails import Change
from invitations.models import (
    AnswerChannel,
    DeliveryKind,
    Invitation,
    PartStat,
    SeatRequest,
    SeatRequestStatus,
    TableFull,
    seats_left,
)
from networking.models import Meetup, Membership, Professional, Suppression, User
from venues.models import Venue

BEFORE_THE_MEAL = (DeliveryKind.INVITATION, DeliveryKind.REMINDER, DeliveryKind.UPDATE)


def reachable(person: Professional) -> bool:
    return bool(person.email) and person.opted_out_at is None


def send_invitations(*, meetup: Meetup, people: Iterable[Professional]) -> int:
    """Invite, and queue a mail for each person who has an address; the number of
    new invitations."""
    with transaction.atomic():
        fresh = Invitation.objects.invite(meetup, people)
        for invitation in fresh:
            if reachable(invitation.professional):
                queue_invitation(invitation)
    return len(fresh)


def queue_invitation(invitation: Invitation) -> None:
    """The first message tells where the address comes from (CNIL, sheet 12)."""
    person = invitation.professional
    outbox.queue(
        mails.invitation(invitation),
        kind=DeliveryKind.INVITATION,
        key=f"invitation:{invitation.key}:{invitation.meetup.sequence}",
        invitation=invitation,
        not_after=invitation.meetup.starts_at,
    )
    if person.notice_sent_at is None:
        person.notice_sent_at = timezone.now()
        person.save(update_fields=("notice_sent_at",))


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
        meetup = Meetup.objects.select_for_update().get(pk=meetup.pk)
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


def what_moves(meetup: Meetup, starts_at: datetime, ends_at: datetime) -> Change:
    if (starts_at, ends_at) == (meetup.starts_at, meetup.ends_at):
        return Change.PLACE
    days = {timezone.localdate(moment) for moment in (starts_at, meetup.starts_at)}
    return Change.DAY if len(days) == 2 else Change.HOUR


def ask_again(meetup: Meetup) -> None:
    meetup.invitations.concerned().update(
        partstat=PartStat.NEEDS_ACTION, waiting_since=None, answered_at=None
    )


def tell_move(invitation: Invitation, *, change: Change, was_coming: bool) -> None:
    """A first invitation that has not left yet is replaced rather than corrected."""
    unsent = outbox.drop_queued(invitation, DeliveryKind.INVITATION)
    outbox.drop_queued(invitation, DeliveryKind.REMINDER, DeliveryKind.UPDATE)
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
        meetup = Meetup.objects.select_for_update().get(pk=meetup.pk)
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
    outbox.drop_queued(invitation, DeliveryKind.REMINDER, DeliveryKind.UPDATE)
    if unsent or not reachable(invitation.professional):
        return 0
    outbox.queue(
        mails.cancellation(invitation),
        kind=DeliveryKind.CANCELLATION,
        key=f"cancellation:{invitation.key}",
        invitation=invitation,
    )
    return 1


def give_seat(*, request: SeatRequest, by: User) -> Invitation:
    """Turn a request into an invited person who said yes. Raises TableFull."""
    with transaction.atomic():
        meetup = Meetup.objects.select_for_update().get(pk=request.meetup_id)
        if seats_left(meetup) <= 0:
            raise TableFull
        person = person_of(request)
        Membership.objects.get_or_create(circle=meetup.circle, professional=person)
        Invitation.objects.invite(meetup, [person])
        invitation = meetup.invitations.with_person().get(professional=person)
        invitation.rsvp(PartStat.ACCEPTED, by=AnswerChannel.REQUEST, recorded_by=by)
        invitation.meetup = meetup
        request.status = SeatRequestStatus.ACCEPTED
        request.save(update_fields=("status",))
        if reachable(person):
            outbox.queue(
                mails.seat_given(invitation),
                kind=DeliveryKind.SEAT,
                key=f"seat:{invitation.key}",
                invitation=invitation,
            )
    return invitation


def person_of(request: SeatRequest) -> Professional:
    """The person already known under this address, or a new one."""
    if request.email:
        known = Professional.objects.filter(email__iexact=request.email).first()
        if known:
            return known
    person = Professional(
        first_name=request.first_name,
        last_name=request.last_name,
        profession=request.profession,
        profession_detail=request.profession_detail,
        commune=request.meetup.venue.commune,
        email=request.email.lower(),
        phone=request.phone,
        source="la demande de place sur notre page publique",
        notice_sent_at=timezone.now(),
    )
    person.index_name()
    person.save()
    return person


def refuse_seat(*, request: SeatRequest, cancelled: bool = False) -> int:
    """Say no, and say it to the person; 1 when a mail tells it."""
    with transaction.atomic():
        request.status = SeatRequestStatus.DECLINED
        request.save(update_fields=("status",))
        if not request.email:
            return 0
        outbox.queue(
            mails.seat_refused(request, cancelled=cancelled),
            kind=DeliveryKind.SEAT,
            key=f"refused:{request.pk}",
        )
    return 1


def stop_writing(*, person: Professional) -> None:
    """Right to object: nothing more leaves, and the address stays refused."""
    with transaction.atomic():
        person.opted_out_at = person.opted_out_at or timezone.now()
        person.withdraw_directory_consent()
        person.save()
        if person.email:
            Suppression.objects.add(person.email)
        for invitation in person.invitations.all():
            outbox.drop_queued(invitation, *BEFORE_THE_MEAL)


def write_again(*, person: Professional) -> None:
    """The person changed their mind, on their own page."""
    with transaction.atomic():
        person.opted_out_at = None
        person.save(update_fields=("opted_out_at",))
        Suppression.objects.forget(person.email)
