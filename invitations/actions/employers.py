"""Seats that an employer fills: « 2 places pour le SAD », with names or without."""

from django.db import transaction

from invitations import mails, outbox
from invitations.actions.answers import promote
from invitations.actions.extras import check_room
from invitations.models import (
    AnswersClosed,
    DeliveryKind,
    ExtraSeat,
    ExtraSeatKind,
    SeatBlock,
    TableFull,
    composition_of,
)
from networking.models import Meetup, Profession, Suppression


class AllNamed(Exception):
    """Every seat of this employer has its name."""


def keep_seats(*, block: SeatBlock) -> SeatBlock:
    """Promise seats to an employer and tell their contact. Raises TableFull and
    AnswersClosed."""
    with transaction.atomic():
        meetup = locked(block)
        if composition_of(meetup).free < block.seats:
            raise TableFull
        block.set_tokens()
        block.save()
        tell_employer(block)
    return block


def tell_employer(block: SeatBlock) -> None:
    """The first time, and again when the organiser asks for it."""
    if block.contact_email:
        outbox.queue(
            mails.employer_seats(block),
            kind=DeliveryKind.EMPLOYER,
            key=f"employer:{block.key}:{block.told}",
            not_after=block.meetup.starts_at,
        )
        block.told += 1
        block.save(update_fields=("told",))


def name_seat(
    *, block: SeatBlock, first_name: str, profession: Profession | None
) -> ExtraSeat:
    """Put a name to one of the seats; twice the same is one person. After the release
    a name needs a free seat like any other. Raises AllNamed, NoSeat, AnswersClosed."""
    with transaction.atomic():
        meetup = locked(block)
        same = block.names.filter(first_name__iexact=first_name, profession=profession)
        if known := same.first():
            return known
        if block.names.count() >= block.seats:
            raise AllNamed
        if not meetup.keeps_seats:
            check_room(meetup, profession)
        return block.names.create(
            meetup=meetup,
            kind=ExtraSeatKind.NAMED,
            first_name=first_name,
            profession=profession,
        )


def give_back(*, block: SeatBlock, extra: ExtraSeat | None = None) -> None:
    """One seat fewer: the one of a named person, or one without a name. The seat goes
    to those who wait; the last one takes the block with it."""
    with transaction.atomic():
        meetup = locked(block)
        block.refresh_from_db(fields=("seats",))
        if extra is not None:
            extra.delete()
        elif block.names.count() >= block.seats:
            return
        block.seats -= 1
        if block.seats:
            block.save(update_fields=("seats",))
        else:
            block.delete()
        promote(meetup=meetup)


def object_to(*, block: SeatBlock) -> None:
    """Right to object of an employer's contact: their address is not kept."""
    with transaction.atomic():
        if block.contact_email:
            Suppression.objects.add(block.contact_email)
        block.contact_email = ""
        block.save(update_fields=("contact_email",))


def take_seats_back(*, block: SeatBlock) -> None:
    """The organiser no longer keeps these seats."""
    with transaction.atomic():
        meetup = Meetup.objects.select_for_update().get(pk=block.meetup_id)
        block.delete()
        promote(meetup=meetup)


def locked(block: SeatBlock) -> Meetup:
    """The meetup's row, as long as seats may change hands. Raises AnswersClosed."""
    meetup = Meetup.objects.select_for_update().get(pk=block.meetup_id)
    if not meetup.takes_answers:
        raise AnswersClosed
    return meetup
