"""What the gestures about one person come to, in whatever order they were received."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from reports.models import Attendance, Tap


class Mark(StrEnum):
    PRESENT = "present"
    EXCUSED = "excused"
    ABSENT = "absent"
    LEFT = "left"
    BACK = "back"
    NONE = ""


@dataclass(frozen=True)
class Standing:
    presence: str = ""
    arrived_at: datetime | None = None
    left_at: datetime | None = None

    @classmethod
    def of(cls, row: Attendance | None) -> Self:
        return cls(row.presence, row.arrived_at, row.left_at) if row else cls()

    def after(self, mark: str, made_at: datetime) -> Self:
        """Hours are kept to the minute; « there » said twice does not move the first
        hour, and brings back who had left."""
        minute = made_at.replace(second=0, microsecond=0)
        is_there = self.presence == Mark.PRESENT
        if mark == Mark.PRESENT:
            arrived_at = (is_there and self.arrived_at) or minute
            return type(self)(mark, arrived_at)
        if mark == Mark.LEFT:
            return replace(self, left_at=minute) if is_there else self
        if mark == Mark.BACK:
            return replace(self, left_at=None)
        return type(self)(mark)

    def with_late(self, before: Self, after: Self) -> Self:
        """A gesture that arrives late changes what it would have changed, and leaves
        an hour that somebody corrected by hand in the meantime."""
        changed = {
            one.name: getattr(after, one.name)
            for one in fields(self)
            if getattr(after, one.name) != getattr(before, one.name)
        }
        return replace(self, **changed)


def replay(taps: Iterable[Tap]) -> Standing:
    found = Standing()
    for tap in taps:
        found = found.after(tap.mark, tap.made_at)
    return found
