"""Somebody says at the door that they are there."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from invitations.models import ExtraSeat, Invitation
from networking.models import Meetup, Profession
from reports.actions.meals import NotRecordable, is_recordable
from reports.actions.taps import WALK_IN, Gesture, Outcome, receive
from reports.models import Presence
from venues.text import fold

AWAY = (Presence.EXCUSED, Presence.ABSENT)


class TooManyArrivals(Exception):
    """More people came through the door than the room can hold: a person counts."""


@dataclass(frozen=True)
class Arrival:
    """`was_invited`: or comes along with a guest. `is_new` is false for somebody of
    this name and trade who is there already."""

    was_invited: bool
    is_new: bool


def arrive(*, meetup: Meetup, first_name: str, profession: Profession) -> Arrival:
    """Two words are all that is asked. If they fit one expected person and no other,
    that person is there. Whoever fits somebody who is there already pressed twice, or
    was noted by the team. Everybody else counts as one more, also on a seat that an
    employer put no name to: its line on the sheet is blank as theirs is. Raises
    NotRecordable and TooManyArrivals."""
    with transaction.atomic():
        current = Meetup.objects.select_for_update().get(pk=meetup.pk)
        if not is_recordable(current):
            raise NotRecordable
        target = _expected(current, first_name, profession)
        if target == WALK_IN and is_there(current, first_name, profession):
            return Arrival(was_invited=False, is_new=False)
        if target == WALK_IN and _is_flooded(current):
            raise TooManyArrivals
        gesture = Gesture(target=target, first_name=first_name, profession=profession)
        receive(meetup=current, gestures=[gesture], user=None)
    return Arrival(was_invited=target != WALK_IN, is_new=True)


def is_there(meetup: Meetup, first_name: str, profession: Profession) -> bool:
    same = Q(profession=profession)
    # Expected as « auxiliaire de vie », and says « aide à domicile ».
    same |= Q(presence=Presence.PRESENT, profession__activity=profession.activity)
    rows = meetup.attendances.there().filter(same)
    people = rows.select_related("invitation__professional")
    said = _spoken(first_name)
    return any(said in _names(row.first_name, row.invitation) for row in people)


def _expected(meetup: Meetup, first_name: str, profession: Profession) -> str:
    """The only one of this first name and trade who is expected and not there yet, or
    of a trade of the same activity; or else whoever was invited and had not said yes;
    or else somebody new. Whoever was noted as not there may only have been late."""
    away = Q(attendance=None) | Q(attendance__presence__in=AWAY)
    people = meetup.invitations.filter(
        away, professional__profession__activity=profession.activity
    ).select_related("professional")
    extras = meetup.extra_seats.counted().filter(
        attendance=None, profession__activity=profession.activity
    )
    said = _spoken(first_name)
    guests = [
        (f"i{guest.pk}", guest.professional.profession_id, guest.is_coming)
        for guest in people
        if said in _names(guest.professional.first_name, guest)
    ]
    company = [
        (f"e{one.pk}", one.profession_id, True)
        for one in extras
        if said in _names(one.first_name, None)
    ]
    for is_coming in (True, False):
        named = [one for one in guests + company if one[2] == is_coming]
        exact = [target for target, trade, _ in named if trade == profession.pk]
        if found := exact or [target for target, *_ in named]:
            return found[0] if len(found) == 1 else WALK_IN
    return WALK_IN


def _spoken(name: str) -> str:
    return fold(name).rstrip(" .")


def _names(first_name: str, guest: Invitation | None) -> set[str]:
    """« Fatou », and « Fatou D » for her whose last name we know."""
    last_name = guest.professional.last_name if guest else ""
    return {fold(first_name), fold(f"{first_name} {last_name[:1]}")}


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
