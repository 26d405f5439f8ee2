"""Seats asked for by somebody who was not invited."""

from django.db import transaction
from django.utils import timezone

from invitations import mails, outbox
from invitations.actions.answers import tell_seat
from invitations.models import (
    AnswerChannel,
    DeliveryKind,
    Invitation,
    PartStat,
    SeatRequest,
    SeatRequestStatus,
    TableFull,
    composition_of,
)
from networking.models import Meetup, Membership, Professional, Suppression, User
from venues.text import fold


class AlreadyDecided(Exception):
    """Somebody of the team answered this request a moment ago."""


def give_seat(*, request: SeatRequest, by: User) -> Invitation:
    """Turn a request into an invited person who said yes. Raises TableFull,
    AlreadyDecided and AnswersClosed."""
    with transaction.atomic():
        meetup = undecided(request)
        if composition_of(meetup).free == 0:
            raise TableFull
        person = person_of(request)
        Membership.objects.get_or_create(circle=meetup.circle, professional=person)
        Invitation.objects.invite(meetup, [person])
        invitation = meetup.invitations.with_person().get(professional=person)
        invitation.rsvp(PartStat.ACCEPTED, by=AnswerChannel.REQUEST, recorded_by=by)
        invitation.meetup = meetup
        request.status = SeatRequestStatus.ACCEPTED
        request.save(update_fields=("status",))
        tell_seat(invitation)
    return invitation


def undecided(request: SeatRequest) -> Meetup:
    """The locked meetup of a request that nobody answered yet."""
    meetup = Meetup.objects.select_for_update().get(pk=request.meetup_id)
    request.refresh_from_db(fields=("status",))
    if request.status != SeatRequestStatus.PENDING:
        raise AlreadyDecided
    return meetup


def person_of(request: SeatRequest) -> Professional:
    """The person already known under this address, or a new one. Of several who
    share a mailbox, the one with this first name; an address that objected is not
    collected again."""
    email = request.email.lower()
    if email and Suppression.objects.holds(email):
        email = ""
    for known in Professional.objects.filter(email__iexact=email) if email else ():
        same = fold(known.first_name) == fold(request.first_name)
        if same or not known.shares_mailbox:
            return known
    person = Professional(
        first_name=request.first_name,
        last_name=request.last_name,
        profession=request.profession,
        commune=request.meetup.venue.commune,
        email=email,
        shares_mailbox=Professional.objects.filter(email__iexact=email).exists(),
        phone=request.phone,
        source="la demande de place sur notre page publique",
        notice_sent_at=timezone.now(),
    )
    person.index_name()
    person.save()
    return person


def refuse_seat(*, request: SeatRequest, cancelled: bool = False) -> int:
    """Say no, and say it to the person; 1 when a mail tells it. Raises
    AlreadyDecided."""
    with transaction.atomic():
        undecided(request)
        request.status = SeatRequestStatus.DECLINED
        request.save(update_fields=("status",))
        if not request.email:
            return 0
        queued = outbox.queue(
            mails.seat_refused(request, cancelled=cancelled),
            kind=DeliveryKind.SEAT,
            key=f"refused:{request.pk}",
        )
    return int(queued is not None)
