"""The paper sheet typed again, line by line, in one form."""

from dataclasses import dataclass, field
from datetime import time
from itertools import count
from uuid import UUID, uuid4, uuid5

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from networking.addresses import plain
from networking.models import Meetup, Profession
from reports.actions.taps import WALK_IN, Gesture, Hours, target_of
from reports.forms.hours import WRONG, clock_of, on_the_day, wrong_hours
from reports.models import Attendance, Presence
from reports.sheet_rows import SheetRow, blank_numbers, sheet_rows
from reports.standing import Mark
from venues.text import fold

MARKS = (Presence.PRESENT, Presence.EXCUSED, Presence.ABSENT)
LONGEST = 60
MOST_MORE = 100
CLOCK = forms.TimeField(required=False)

Name = tuple[str, str]
Typed = tuple[str, str]


@dataclass
class Line:
    """`mark`, `first_name`, `profession` and `hours` as typed; `was` and `told` as the
    page showed them, not as they are now: a telephone may have noted somebody
    meanwhile. `slot` counts the blank lines, whose numbers move when somebody says yes
    meanwhile."""

    row: SheetRow
    slot: int
    key: UUID
    meetup: Meetup
    was: str = ""
    mark: str = ""
    first_name: str = ""
    profession: str = ""
    told: Typed = ("", "")
    hours: Typed = ("", "")
    clocks: tuple[time | None, time | None] = (None, None)
    error: str = ""

    @property
    def field(self) -> str:
        """What its fields are called by."""
        return self.row.target or str(self.slot)

    @property
    def is_blank(self) -> bool:
        return self.row.target == ""

    def type(self, data: QueryDict | None) -> None:
        typed = data if data is not None else QueryDict()
        self.was = _mark(typed.get(f"avant-{self.row.target}"), self.was)
        self.mark = _mark(typed.get(f"marque-{self.row.target}"), self.was)
        self.first_name = plain(typed.get(f"prenom-{self.slot}", ""))[:200]
        self.profession = typed.get(f"metier-{self.slot}", "")
        came, _, left = typed.get(
            f"heures-{self.field}", "/".join(self.told)
        ).partition("/")
        self.told = (came, left)
        self.hours = (
            typed.get(f"arrivee-{self.field}", came),
            typed.get(f"depart-{self.field}", left),
        )

    def clean(self, trades: set[str], there: set[Name]) -> None:
        wrong = self._wrong_name(trades, there) if self.is_blank else ""
        self.error = wrong or self._wrong_hours()

    def _wrong_name(self, trades: set[str], there: set[Name]) -> str:
        if not (self.first_name or self.profession or any(self.hours)):
            return ""
        if not self.first_name:
            return "Écrivez le prénom."
        if len(self.first_name) > LONGEST:
            return f"{LONGEST} signes au plus."
        if self.profession not in trades:
            return "Choisissez le métier."
        if (fold(self.first_name), self.profession) in there:
            return "Déjà notée. Une autre personne\u202f? Ajoutez une initiale."
        return ""

    def _wrong_hours(self) -> str:
        if self.hours == self.told:
            return ""
        if not self.is_blank and self.mark != Presence.PRESENT:
            return "Cochez «\u202fLà\u202f», ou effacez les heures."
        try:
            came, left = (CLOCK.clean(typed) for typed in self.hours)
        except ValidationError:
            return WRONG
        self.clocks = (came, left)
        return next(iter(wrong_hours(self.meetup, came, left).values()), "")


@dataclass
class Rekeyed:
    """`key` is the page's: the same page saved twice says the same."""

    key: UUID
    meetup: Meetup
    lines: list[Line] = field(default_factory=list)

    @property
    def errors(self) -> list[Line]:
        return [line for line in self.lines if line.error]

    def gestures(self) -> list[Gesture]:
        """Only what changes something: a line left alone says nothing."""
        trades = Profession.objects.in_bulk()
        found = []
        for line in self.lines:
            hours = self._hours(line)
            if line.is_blank and line.first_name:
                trade, name = trades[line.profession], line.first_name
                found.append(
                    Gesture(
                        key=line.key,
                        target=WALK_IN,
                        first_name=name,
                        profession=trade,
                        hours=hours,
                    )
                )
            elif not line.is_blank and (line.mark, line.hours) != (line.was, line.told):
                mark = Mark(line.mark)
                found.append(Gesture(target=line.row.target, mark=mark, hours=hours))
        return found

    def _hours(self, line: Line) -> Hours | None:
        is_there = line.is_blank or line.mark == Presence.PRESENT
        if not (self.meetup.keeps_times and is_there):
            return None
        came, left = line.clocks
        return on_the_day(self.meetup, came), on_the_day(self.meetup, left)


def read(meetup: Meetup, data: QueryDict | None) -> Rekeyed:
    """With `data`, what was typed, checked line by line; nothing of it is lost."""
    rows = sheet_rows(meetup)
    rows += _blank_rows(rows, data)
    noted = list(meetup.attendances.all())
    known = {target_of(one): one for one in noted}
    sheet, slots = Rekeyed(_key(data), meetup), count(1)
    for row in rows:
        slot = 0 if row.target else next(slots)
        line = Line(row, slot, uuid5(sheet.key, str(slot)), meetup)
        if row.target in known:
            line.was, line.told = _noted(known[row.target])
        line.type(data)
        sheet.lines.append(line)
    if data is not None:
        _clean(meetup, sheet, noted)
    return sheet


def _blank_rows(rows: list[SheetRow], data: QueryDict | None) -> list[SheetRow]:
    """As on paper, and one for each line that was typed: of seats that an employer has
    put names to since the page was opened, fewer lines are blank."""
    numbers = blank_numbers(rows)
    known = len(numbers) + sum(row.target == "" for row in rows)
    asked = range(1, MOST_MORE + 1) if data else ()
    more = max(
        (n for n in asked if data and data.get(f"prenom-{known + n}")), default=0
    )
    return [SheetRow(number=n) for n in range(numbers.start, numbers.stop + more)]


def _clean(meetup: Meetup, sheet: Rekeyed, noted: list[Attendance]) -> None:
    trades = set(Profession.objects.values_list("pk", flat=True))
    there = {
        (fold(one.first_name), one.profession_id)
        for one in noted
        if one.presence == Presence.WALK_IN
    }
    keys = [line.key for line in sheet.lines]
    saved = set(meetup.taps.filter(key__in=keys).values_list("key", flat=True))
    for line in sheet.lines:
        line.clean(trades, set() if line.key in saved else there)


def _key(data: QueryDict | None) -> UUID:
    try:
        return UUID(data.get("cle", "")) if data else uuid4()
    except ValueError:
        return uuid4()


def _noted(row: Attendance) -> tuple[str, Typed]:
    clocks = (clock_of(moment) for moment in (row.arrived_at, row.left_at))
    came, left = (f"{clock:%H:%M}" if clock else "" for clock in clocks)
    return row.presence, (came, left)


def _mark(typed: str | None, otherwise: str) -> str:
    return typed if typed is not None and typed in ("", *MARKS) else otherwise
