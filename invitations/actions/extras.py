"""Whoever comes with a guest, or in their place."""

from django.db import transaction

from invitations.actions.answers import promote
from invitations.composition import Refusal
from invitations.models import (
    AnswerChannel,
    AnswersClosed,
    ExtraSeat,
    ExtraSeatKind,
    Invitation,
    PartStat,
    composition_of,
    trade_of,
)
from networking.models import Meetup, Profession, User


class NoSeat(Exception):
    """Nobody more of this trade can sit down; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.name)
        self.refusal = refusal


class TooManyCompanions(Exception):
    """A guest brings as many people as the organiser allows, no more."""


def bring(
    *, invitation: Invitation, first_name: str, profession: Profession
) -> ExtraSeat:
    """A companion beside a guest who comes. Twice the same first name and trade is
    one person (a double tap). Raises NoSeat, TooManyCompanions, AnswersClosed."""
    with transaction.atomic():
        meetup = open_meetup(invitation)
        company = invitation.extra_seats.filter(kind=ExtraSeatKind.COMPANION)
        same = company.filter(first_name__iexact=first_name, profession=profession)
        if known := same.first():
            return known
        if not invitation.is_coming or company.count() >= meetup.companions:
            raise TooManyCompanions
        check_room(meetup, profession)
        return invitation.extra_seats.create(
            meetup=meetup,
            kind=ExtraSeatKind.COMPANION,
            first_name=first_name,
            profession=profession,
        )


def leave_out(*, extra: ExtraSeat) -> None:
    """A companion does not come after all; the seat goes to those who wait."""
    with transaction.atomic():
        meetup = Meetup.objects.select_for_update().get(pk=extra.meetup_id)
        extra.delete()
        promote(meetup=meetup)


def hand_over(
    *,
    invitation: Invitation,
    first_name: str,
    profession: Profession | None,
    by: AnswerChannel = AnswerChannel.WEB,
    recorded_by: User | None = None,
) -> None:
    """A colleague comes in place of the guest (RFC 5545 DELEGATED). The seat stays
    theirs; a guest who had none needs one that is free. Raises NoSeat and
    AnswersClosed."""
    with transaction.atomic():
        meetup = open_meetup(invitation)
        check_room(meetup, profession, but=invitation.pk)
        invitation.rsvp(PartStat.DELEGATED, by=by, recorded_by=recorded_by)
        invitation.extra_seats.all().delete()
        invitation.extra_seats.create(
            meetup=meetup,
            kind=ExtraSeatKind.REPLACEMENT,
            first_name=first_name,
            profession=profession,
        )
        promote(meetup=meetup)


def open_meetup(invitation: Invitation) -> Meetup:
    """The locked meetup, and the invitation as it is now. Raises AnswersClosed."""
    meetup = Meetup.objects.select_for_update().get(pk=invitation.meetup_id)
    invitation.refresh_from_db(fields=("partstat",))
    if not meetup.takes_answers:
        raise AnswersClosed
    return meetup


def check_room(meetup: Meetup, profession: Profession | None, *, but: int = 0) -> None:
    composition = composition_of(meetup, but=but)
    if refusal := composition.refusal(trade_of(profession)):
        raise NoSeat(refusal)
