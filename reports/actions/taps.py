"""What happens at the door, one gesture at a time: a telephone without a network sends
them later, twice, or in another order, and the list ends up the same."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import cast
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from invitations.models import ExtraSeat, Invitation
from networking.models import Meetup, Profession, User
from networking.models.meetups import NEAR
from reports.actions.meals import (
    arrival_hour,
    is_recordable,
    record_extra,
    record_presence,
)
from reports.models import Attendance, Presence, Tap
from reports.standing import Mark, Standing, replay

WALK_IN = "w"
Hours = tuple[datetime | None, datetime | None]


class Outcome(StrEnum):
    DONE = "done"
    # Nothing new: this very gesture, or what it says, is known.
    KNOWN = "known"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Gesture:
    """`target`: "i12", "e3", or "w" with the first name and trade of somebody whom
    nobody expected. `hours` are those written on the paper sheet: when somebody came
    and left, if they wrote it; None for a gesture made at the door itself."""

    target: str
    mark: Mark = Mark.PRESENT
    first_name: str = ""
    profession: Profession | None = None
    hours: Hours | None = None
    key: UUID = field(default_factory=uuid4)
    made_at: datetime = field(default_factory=timezone.now)

    @property
    def is_walk_in(self) -> bool:
        is_named = bool(self.first_name and self.profession)
        return self.target == WALK_IN and is_named


def receive(
    *, meetup: Meetup, gestures: Iterable[Gesture], user: User | None
) -> dict[UUID, Outcome]:
    """What became of each. The meetup's row is held: two telephones take turns."""
    with transaction.atomic():
        current = Meetup.objects.select_for_update().get(pk=meetup.pk)
        ordered = sorted(gestures, key=lambda gesture: gesture.made_at)
        return {one.key: _receive(current, one, user) for one in ordered}


def _receive(meetup: Meetup, gesture: Gesture, user: User | None) -> Outcome:
    if Tap.objects.filter(key=gesture.key).exists():
        return Outcome.KNOWN
    if not is_recordable(meetup):
        return Outcome.CLOSED
    person = _person(meetup, gesture.target)
    if person is None and not gesture.is_walk_in:
        return Outcome.UNKNOWN
    tap = Tap.objects.create(
        meetup=meetup,
        key=gesture.key,
        target=gesture.target,
        mark=_meant(person, gesture.mark),
        made_at=_believable(meetup, gesture.made_at),
    )
    if person is None:
        return _add(meetup, gesture, tap, user)
    return _settle(meetup, person, tap, gesture, user)


def _believable(meetup: Meetup, moment: datetime) -> datetime:
    """A telephone's clock may be wrong: never before the doors open, never later than
    now."""
    return min(max(moment, meetup.starts_at - NEAR), timezone.now())


def _person(meetup: Meetup, target: str) -> Invitation | ExtraSeat | None:
    kind, number = target[:1], target[1:]
    if not number.isdecimal() or len(number) > 18:
        return None
    if kind == "i":
        guests = meetup.invitations.select_related("professional", "meetup")
        return guests.filter(pk=number).first()
    if kind == "e":
        return meetup.extra_seats.select_related("meetup").filter(pk=number).first()
    return None


def target_of(row: Attendance) -> str:
    """Of somebody who was expected."""
    return f"i{row.invitation_id}" if row.invitation_id else f"e{row.extra_id}"


def _meant(person: Invitation | ExtraSeat | None, mark: Mark) -> Mark:
    """Whoever comes along was not asked, so neither excused nor absent."""
    if isinstance(person, ExtraSeat) and mark in (Mark.EXCUSED, Mark.ABSENT):
        return Mark.NONE
    return mark


def _add(meetup: Meetup, gesture: Gesture, tap: Tap, user: User | None) -> Outcome:
    """The key alone says whether it is the same person: one list typed without a
    network may hold two people of one first name and trade."""
    arrived_at, left_at = gesture.hours or (arrival_hour(meetup, tap.made_at), None)
    meetup.attendances.create(
        presence=Presence.WALK_IN,
        first_name=gesture.first_name,
        profession=cast(Profession, gesture.profession),
        arrived_at=arrived_at,
        left_at=left_at,
        recorded_by=user,
    )
    return Outcome.DONE


def _settle(
    meetup: Meetup,
    person: Invitation | ExtraSeat,
    tap: Tap,
    gesture: Gesture,
    user: User | None,
) -> Outcome:
    """At the very same moment, the last one received wins."""
    is_guest = isinstance(person, Invitation)
    about = {"invitation" if is_guest else "extra": person.pk}
    rows = Attendance.objects.filter(**about)
    standing = Standing.of(rows.first())
    taps = list(meetup.taps.filter(target=tap.target).order_by("made_at", "pk"))
    if taps[-1] == tap:
        settled = standing.after(tap.mark, tap.made_at)
    else:
        others = [one for one in taps if one != tap]
        settled = standing.with_late(replay(others), replay(taps))
    settled = _timed(meetup, gesture, standing, settled)
    if settled.presence != standing.presence:
        _mark(person, settled.presence, user)
    rows.update(arrived_at=settled.arrived_at, left_at=settled.left_at)
    return Outcome.KNOWN if settled == standing else Outcome.DONE


def _timed(
    meetup: Meetup, gesture: Gesture, standing: Standing, settled: Standing
) -> Standing:
    """With its hours, where they are kept: those of the paper, or else of the gestures.
    One made after the meal does not say when somebody came."""
    written = gesture.hours
    if not meetup.keeps_times:
        hours = (standing.arrived_at, standing.left_at)
    elif written and (any(written) or settled.presence != standing.presence):
        hours = written
    else:
        came = settled.arrived_at
        hours = (came if came and came < meetup.ends_at else None, settled.left_at)
    return Standing(settled.presence, *hours)


def _mark(person: Invitation | ExtraSeat, presence: str, user: User | None) -> None:
    if isinstance(person, ExtraSeat):
        record_extra(extra=person, is_there=bool(presence), user=user)
        return
    mark = Presence(presence) if presence else None
    record_presence(invitation=person, presence=mark, user=user)
