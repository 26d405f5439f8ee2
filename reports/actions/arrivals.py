"""Somebody says at the door that they are there."""

from dataclasses import dataclass

from django.db import transaction

from invitations.models import ExtraSeat, Invitation
from networking.models import Meetup, Profession
from reports.actions.meals import NotRecordable, is_recordable
from reports.actions.taps import WALK_IN, Gesture, Outcome, receive
from venues.text import fold


class TooManyArrivals(Exception):
    """More people came through the door than the room can hold: a person counts."""


@dataclass(frozen=True)
class Arrival:
    was_expected: bool
    is_new: bool


def arrive(*, meetup: Meetup, first_name: str, profession: Profession) -> Arrival:
    """Two words are all that is asked. If they fit one expected person and no other,
    that person is there; whoever an employer sends without a name, and everybody
    else, counts as one more. Raises NotRecordable and TooManyArrivals."""
    with transaction.atomic():
        current = Meetup.objects.select_for_update().get(pk=meetup.pk)
        if not is_recordable(current):
            raise NotRecordable
        target = _expected(current, first_name, profession)
        if target == WALK_IN and _is_flooded(current):
            raise TooManyArrivals
        gesture = Gesture(target=target, first_name=first_name, profession=profession)
        outcome = receive(meetup=current, gestures=[gesture], user=None)
    is_new = outcome[gesture.key] == Outcome.DONE
    return Arrival(was_expected=target != WALK_IN, is_new=is_new)


def _expected(meetup: Meetup, first_name: str, profession: Profession) -> str:
    """The only one of this first name and trade who is expected and not marked yet, or
    else somebody new."""
    name = fold(first_name)
    guests = meetup.invitations.coming().filter(
        attendance=None, professional__profession=profession
    )
    extras = meetup.extra_seats.counted().filter(attendance=None, profession=profession)
    found = [
        f"i{guest.pk}"
        for guest in guests.select_related("professional")
        if fold(guest.professional.first_name) == name
    ]
    found += [f"e{one.pk}" for one in extras if fold(one.first_name) == name]
    return found[0] if len(found) == 1 else WALK_IN


def _is_flooded(meetup: Meetup) -> bool:
    """Everybody in the room shares one address, so the count is what is limited."""
    return meetup.attendances.there().count() >= 2 * meetup.capacity + 20


def mark_here(invitation: Invitation) -> Outcome:
    """The guest says so, from their own link or to whoever scans their square."""
    gesture = Gesture(target=f"i{invitation.pk}")
    return receive(meetup=invitation.meetup, gestures=[gesture], user=None)[gesture.key]


def expected_trades(meetup: Meetup) -> list[str]:
    """Keys of the trades that the table expects, to be offered first."""
    guests = meetup.invitations.concerned()
    keys = set(guests.values_list("professional__profession", flat=True))
    extras = ExtraSeat.objects.filter(meetup=meetup, profession__isnull=False)
    rules = meetup.seat_rules.filter(profession__isnull=False)
    keys |= set(extras.values_list("profession", flat=True))
    return sorted(keys | set(rules.values_list("profession", flat=True)))
