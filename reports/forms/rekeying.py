"""The paper sheet typed again, line by line, in one form."""

from dataclasses import dataclass, field
from itertools import count
from uuid import UUID, uuid4, uuid5

from django.http import QueryDict

from networking.addresses import plain
from networking.models import Meetup, Profession
from reports.actions.taps import WALK_IN, Gesture
from reports.models import Attendance, Presence
from reports.sheet_rows import SheetRow, blank_numbers, sheet_rows
from reports.standing import Mark
from venues.text import fold

MARKS = (Presence.PRESENT, Presence.EXCUSED, Presence.ABSENT)
LONGEST = 60


Name = tuple[str, str]


@dataclass
class Line:
    """`mark`, `first_name` and `profession` as typed; `was` as the page showed it, not
    as it is now: a telephone may have noted somebody meanwhile. `slot` counts the
    blank lines, whose numbers move when somebody says yes meanwhile."""

    row: SheetRow
    slot: int
    key: UUID
    was: str = ""
    mark: str = ""
    first_name: str = ""
    profession: str = ""
    error: str = ""

    @property
    def is_blank(self) -> bool:
        return self.row.target == ""

    def type(self, data: QueryDict | None) -> None:
        typed = data if data is not None else QueryDict()
        self.was = _mark(typed.get(f"avant-{self.row.target}"), self.was)
        self.mark = _mark(typed.get(f"marque-{self.row.target}"), self.was)
        self.first_name = plain(typed.get(f"prenom-{self.slot}", ""))[:200]
        self.profession = typed.get(f"metier-{self.slot}", "")

    def clean(self, trades: set[str], there: set[Name]) -> None:
        if not self.is_blank or not (self.first_name or self.profession):
            return
        if not self.first_name:
            self.error = "Écrivez le prénom."
        elif len(self.first_name) > LONGEST:
            self.error = f"{LONGEST} signes au plus."
        elif self.profession not in trades:
            self.error = "Choisissez le métier."
        elif (fold(self.first_name), self.profession) in there:
            self.error = "Déjà notée. Une autre personne\u202f? Ajoutez une initiale."


@dataclass
class Rekeyed:
    """`key` is the page's: the same page saved twice says the same."""

    key: UUID
    lines: list[Line] = field(default_factory=list)

    @property
    def errors(self) -> list[Line]:
        return [line for line in self.lines if line.error]

    def gestures(self) -> list[Gesture]:
        """Only what changes something: a line left alone says nothing."""
        trades = Profession.objects.in_bulk()
        found = []
        for line in self.lines:
            if line.is_blank and line.first_name:
                trade, name = trades[line.profession], line.first_name
                found.append(
                    Gesture(
                        key=line.key, target=WALK_IN, first_name=name, profession=trade
                    )
                )
            elif not line.is_blank and line.mark != line.was:
                mark = Mark(line.mark)
                found.append(Gesture(target=line.row.target, mark=mark))
        return found


def read(meetup: Meetup, data: QueryDict | None) -> Rekeyed:
    """With `data`, what was typed, checked line by line; nothing of it is lost."""
    rows = sheet_rows(meetup)
    rows += [SheetRow(number=number) for number in blank_numbers(rows)]
    noted = list(meetup.attendances.all())
    known = {_target(one): one.presence for one in noted}
    sheet, slots = Rekeyed(_key(data)), count(1)
    for row in rows:
        slot = 0 if row.target else next(slots)
        line = Line(row, slot, uuid5(sheet.key, str(slot)), known.get(row.target, ""))
        line.type(data)
        sheet.lines.append(line)
    if data is not None:
        _clean(meetup, sheet, noted)
    return sheet


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


def _target(row: Attendance) -> str:
    return f"i{row.invitation_id}" if row.invitation_id else f"e{row.extra_id}"


def _mark(typed: str | None, otherwise: str) -> str:
    return typed if typed is not None and typed in ("", *MARKS) else otherwise
