"""What happens at the door, one gesture at a time: a telephone without a network sends
them later, twice, or in another order, and the list ends up the same."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from invitations.models import ExtraSeat, Invitation
from networking.models import Meetup, Profession, User
from networking.models.meetups import NEAR
from reports.actions.meals import (
    add_walk_in,
    is_recordable,
    record_extra,
    record_presence,
)
from reports.models import Attendance, Presence, Tap

WALK_IN = "w"


class Mark(StrEnum):
    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"
    LEFT = "left"
    BACK = "back"
    NONE = ""


class Outcome(StrEnum):
    DONE = "done"
    # A later gesture about the same person is known, or this very one.
    KNOWN = "known"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Gesture:
    """`target`: "i12", "e3", or "w" with the first name and trade of somebody whom
    nobody expected."""

    target: str
    mark: Mark = Mark.PRESENT
    first_name: str = ""
    profession: Profession | None = None
    key: UUID = field(default_factory=uuid4)
    made_at: datetime = field(default_factory=timezone.now)


def receive(
    *, meetup: Meetup, gestures: Iterable[Gesture], user: User | None
) -> dict[UUID, Outcome]:
    """What became of each. The meetup's row is held: two telephones take turns."""
    with transaction.atomic():
        current = Meetup.objects.select_for_update().get(pk=meetup.pk)
        ordered = sorted(gestures, key=lambda gesture: gesture.made_at)
        return {one.key: _receive(current, one, user) for one in ordered}


def _receive(meetup: Meetup, gesture: Gesture, user: User | None) -> Outcome:
    if meetup.taps.filter(key=gesture.key).exists():
        return Outcome.KNOWN
    if not is_recordable(meetup):
        return Outcome.CLOSED
    made_at = _believable(meetup, gesture.made_at)
    person = _person(meetup, gesture.target)
    if person is None and gesture.target != WALK_IN:
        return Outcome.UNKNOWN
    about = meetup.taps.filter(target=gesture.target, made_at__gt=made_at)
    is_late = gesture.target != WALK_IN and about.exists()
    Tap.objects.create(
        meetup=meetup,
        key=gesture.key,
        target=gesture.target,
        mark=gesture.mark,
        made_at=made_at,
    )
    if is_late:
        return Outcome.KNOWN
    return _apply(meetup, gesture, person, user)


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


def _apply(
    meetup: Meetup,
    gesture: Gesture,
    person: Invitation | ExtraSeat | None,
    user: User | None,
) -> Outcome:
    if person is None:
        if not gesture.first_name or gesture.profession is None:
            return Outcome.UNKNOWN
        added = add_walk_in(
            meetup=meetup,
            first_name=gesture.first_name,
            profession=gesture.profession,
            user=user,
        )
        return Outcome.DONE if added else Outcome.KNOWN
    _mark(person, gesture, user)
    if meetup.keeps_times:
        _keep_time(person, gesture.mark, _believable(meetup, gesture.made_at))
    return Outcome.DONE


def _mark(person: Invitation | ExtraSeat, gesture: Gesture, user: User | None) -> None:
    if gesture.mark in (Mark.LEFT, Mark.BACK):
        return
    if isinstance(person, ExtraSeat):
        is_there = gesture.mark == Mark.PRESENT
        record_extra(extra=person, is_there=is_there, user=user)
        return
    presence = Presence(gesture.mark) if gesture.mark else None
    record_presence(invitation=person, presence=presence, user=user)


def _keep_time(person: Invitation | ExtraSeat, mark: Mark, made_at: datetime) -> None:
    """Hours are kept to the minute; a second tap on « there » does not move the
    first."""
    is_guest = isinstance(person, Invitation)
    rows = Attendance.objects.filter(
        **{"invitation" if is_guest else "extra": person.pk}
    )
    minute = made_at.replace(second=0, microsecond=0)
    if mark == Mark.PRESENT:
        rows.filter(arrived_at=None).update(arrived_at=minute)
    elif mark == Mark.LEFT:
        rows.there().update(left_at=minute)
    elif mark == Mark.BACK:
        rows.update(left_at=None)
    else:
        rows.update(arrived_at=None, left_at=None)
