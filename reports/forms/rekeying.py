"""The paper sheet typed again, line by line, in one form."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from networking.addresses import plain
from networking.models import Meetup, Profession
from reports.actions.taps import WALK_IN, Gesture, Mark
from reports.models import Attendance, Presence
from reports.sheet_rows import SheetRow, blank_numbers, sheet_rows

MARKS = (Presence.PRESENT, Presence.EXCUSED, Presence.ABSENT)
LONGEST = 60


@dataclass
class Line:
    """`mark`, `first_name` and `profession` as typed; `was` as already known."""

    row: SheetRow
    mark: str = ""
    was: str = ""
    first_name: str = ""
    profession: str = ""
    error: str = ""

    @property
    def is_blank(self) -> bool:
        return self.row.target == ""

    def clean(self, trades: set[str]) -> None:
        if not self.is_blank or not (self.first_name or self.profession):
            return
        if not self.first_name:
            self.error = "Écrivez le prénom."
        elif len(self.first_name) > LONGEST:
            self.error = f"{LONGEST} signes au plus."
        elif self.profession not in trades:
            self.error = "Choisissez le métier."


@dataclass
class Rekeyed:
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
                trade = trades[line.profession]
                found.append(
                    Gesture(
                        target=WALK_IN, first_name=line.first_name, profession=trade
                    )
                )
            elif not line.is_blank and line.mark != line.was:
                found.append(Gesture(target=line.row.target, mark=Mark(line.mark)))
        return found


def read(meetup: Meetup, data: QueryDict | None) -> Rekeyed:
    """With `data`, what was typed, checked line by line; nothing of it is lost."""
    rows = sheet_rows(meetup)
    rows += [SheetRow(number=number) for number in blank_numbers(rows)]
    known = _known(meetup)
    sheet = Rekeyed([_line(row, known.get(row.target, ""), data) for row in rows])
    if data is not None:
        trades = set(Profession.objects.values_list("pk", flat=True))
        for line in sheet.lines:
            line.clean(trades)
    return sheet


def _known(meetup: Meetup) -> dict[str, str]:
    rows: Any = Attendance.objects.filter(meetup=meetup).values_list(
        "invitation", "extra", "presence"
    )
    marks = {}
    for invitation, extra, presence in rows:
        target = f"i{invitation}" if invitation else f"e{extra}"
        marks[target] = presence
    return marks


def _line(row: SheetRow, was: str, data: QueryDict | None) -> Line:
    if data is None:
        return Line(row, mark=was, was=was)
    mark = data.get(f"marque-{row.target}", was)
    return Line(
        row,
        mark=mark if mark == "" or mark in MARKS else was,
        was=was,
        first_name=plain(data.get(f"prenom-{row.number}", ""))[:200],
        profession=data.get(f"metier-{row.number}", ""),
    )
