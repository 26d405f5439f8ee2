"""Several meals of some days and some communes: each meal's own table, added up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

from django.conf import settings

from networking.models import Meetup, MeetupStatus
from networking.templatetags.french import local_day, short_date
from reports.figures import count
from reports.freezing import Frozen
from reports.masking import Published, mask
from reports.models import Report
from reports.suppression import (
    Range,
    exactly,
    of_half,
    together,
)

Tables = dict[int, Published]
BOUNDS_SINCE = 3


@dataclass(frozen=True)
class Span:
    """Days, both included."""

    starts_on: date
    ends_on: date

    @property
    def before(self) -> "Span":
        """As long, and just before; whole months are preceded by as many months."""
        last = self.starts_on - timedelta(days=1)
        if self.starts_on.day == 1 and (self.ends_on + timedelta(days=1)).day == 1:
            months = self.ends_on.month - self.starts_on.month + 1
            months += 12 * (self.ends_on.year - self.starts_on.year)
            count = self.starts_on.year * 12 + self.starts_on.month - 1 - months
            return Span(date(count // 12, count % 12 + 1, 1), last)
        return Span(last - (self.ends_on - self.starts_on), last)

    @property
    def is_year(self) -> bool:
        return self == year(self.starts_on.year)

    def __str__(self) -> str:
        if self.is_year:
            return f"année {self.starts_on.year}"
        first, last = short_date(self.starts_on), short_date(self.ends_on)
        if self.starts_on.year != self.ends_on.year:
            first += f" {self.starts_on.year}"
        return f"du {first} au {last} {self.ends_on.year}"


def year(number: int) -> Span:
    return Span(date(number, 1, 1), date(number, 12, 31))


def last_quarters(day: date) -> list[Span]:
    """The four quarters before this one, then this year and the last one."""
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    spans = []
    for _ in range(4):
        last = first - timedelta(days=1)
        first = date(last.year, last.month - 2, 1)
        spans.append(Span(first, last))
    return [*spans, year(day.year), year(day.year - 1)]


def meals(span: Span, communes: Collection[str] | None) -> list[Meetup]:
    """The meals that are over and closed, everywhere or in these communes."""
    closed = Meetup.objects.filter(
        status=MeetupStatus.CLOSED,
        starts_at__date__gte=span.starts_on,
        starts_at__date__lte=span.ends_on,
    )
    if communes is not None:
        closed = closed.filter(booking__venue__commune__in=communes)
    return list(closed.with_place().order_by("starts_at", "pk"))


def tables_of(meetups: Sequence[Meetup]) -> Tables:
    """Each meal's table: the one that a report has told, or else a new one."""
    told: Tables = {}
    of_period = Report.objects.filter(meetup=None)
    of_meals = Report.objects.filter(meetup__in=meetups)
    for report in (of_period | of_meals).order_by("pk"):
        frozen = cast(Frozen, report.figures)
        if report.meetup_id:
            told.setdefault(report.meetup_id, frozen["counts"])
        for key, table in frozen.get("tables", {}).items():
            told.setdefault(int(key), table)
    return {
        meetup.pk: told.get(meetup.pk) or mask(count(meetup), settings.SMALLEST_COUNT)
        for meetup in meetups
    }


def present(table: Published) -> Range:
    """Tables of before rule 3 have no bounds: those of their trades hold."""
    if table["present"] is not None:
        return exactly(table["present"])
    if table["rule"] < BOUNDS_SINCE:
        trades = [trade["label"] for trade in table["trades"]]
        return together([trade_range(table, label) for label in trades])
    return Range(table["low"], table["high"])


def trade_range(table: Published, label: str) -> Range:
    for trade in table["trades"]:
        if trade["label"] == label:
            people = trade["plates"]
            if people is None:
                return Range(1, table["threshold"] - 1)
            return exactly(people)
    # Of so small a meal no trade is told.
    return exactly(0) if table["trades"] else Range(0, present(table).high)


def newcomers_known(table: Published) -> Range:
    """Before rule 3 the number itself could be told."""
    told = table["first_timers"]
    if told is not None:
        return exactly(told)
    return of_half(table.get("mostly_new"), present(table))


def attendances(tables: Collection[Published]) -> Range:
    return together([present(table) for table in tables])


def per_month(
    span: Span, meetups: Sequence[Meetup], tables: Tables
) -> dict[date, list[Published]]:
    """Each month of the span, by its first day, with the tables of its meals."""
    months: dict[date, list[Published]] = {}
    month = span.starts_on.replace(day=1)
    while month <= span.ends_on:
        months[month] = []
        month = (month + timedelta(days=32)).replace(day=1)
    for meetup in meetups:
        day = local_day(meetup.starts_at)
        months[day.replace(day=1)].append(tables[meetup.pk])
    return months
