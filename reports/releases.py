"""What is told once about a set of meals, and of no other set that shares a meal with
it unless one holds the other (decision 0017)."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from networking.models import Meetup
from networking.templatetags.french import today
from reports.freezing import Frozen, Release
from reports.masking import Published
from reports.models import Attendance, Connection, Nudge, Report
from reports.periods import (
    Span,
    Tables,
    attendances,
    meals,
    newcomers_known,
    present,
    tables_of,
)
from reports.purge import NAMES_KEPT
from reports.suppression import (
    Group,
    Range,
    banded,
    different,
    fits,
    grown,
)
from venues.models import Commune

FEWEST_MEALS = 2
OVERLAPS = (
    "Un autre bilan compte déjà une partie de ces repas ({title}). Le nombre de"
    " personnes différentes et la carte ne peuvent pas être donnés une seconde fois."
    " Choisissez la même période, une période à part, ou une période qui contient"
    " toute l’autre."
)
NAMELESS = (
    "Un de ces repas a plus d’un an\u202f: les noms sont effacés. Le nombre de"
    " personnes différentes n’est plus connu."
)


@dataclass(frozen=True)
class Gathered:
    """A period's meals with what may be told of each, and the same of the period
    before; what is told of the set, or why not."""

    span: Span
    meetups: list[Meetup]
    earlier: list[Meetup]
    tables: Tables
    release: Release | None
    refusal: str

    @property
    def keys(self) -> set[int]:
        return {meetup.pk for meetup in self.meetups}

    @property
    def is_early(self) -> bool:
        """Meals may still be added before the last day is over."""
        return today() <= self.span.ends_on

    def told(self, meetups: Sequence[Meetup]) -> list[Published]:
        return [self.tables[meetup.pk] for meetup in meetups]


def gather(span: Span, communes: QuerySet[Commune] | None) -> Gathered:
    codes = None if communes is None else list(communes.values_list("pk", flat=True))
    meetups, earlier = meals(span, codes), meals(span.before, codes)
    tables = tables_of([*earlier, *meetups])
    told, refusal = release(meetups, tables) if meetups else (None, "")
    return Gathered(span, meetups, earlier, tables, told, refusal)


def release(meetups: Sequence[Meetup], tables: Tables) -> tuple[Release | None, str]:
    """What is told once about this very set, or why it is not told."""
    keys = {meetup.pk for meetup in meetups}
    inner: list[Release] = []
    for report in Report.objects.filter(meetup=None).order_by("pk"):
        earlier = cast(Frozen, report.figures).get("release")
        known = set(earlier["meetups"]) if earlier else set()
        if earlier and known == keys:
            return earlier, ""
        if known & keys and not known < keys:
            return None, OVERLAPS.format(title=report.title)
        if earlier and known & keys:
            inner.append(earlier)
    oldest = min((meetup.ends_at for meetup in meetups), default=timezone.now())
    if oldest < timezone.now() - NAMES_KEPT:
        return None, NAMELESS
    return _new_release(keys, tables, _largest(inner)), ""


def _largest(releases: list[Release]) -> list[Release]:
    """Without those that lie inside another one."""
    sets = [set(release["meetups"]) for release in releases]
    return [
        release
        for release, own in zip(releases, sets, strict=True)
        if not any(own < other for other in sets)
    ]


def _new_release(keys: set[int], tables: Tables, inner: list[Release]) -> Release:
    threshold = max(settings.SMALLEST_COUNT, 3)
    people = people_by_commune(keys)
    number = _different(people.total(), keys, tables, inner)
    pairs = Connection.objects.pairs().filter(meetup__in=keys)
    links = grown(pairs.count(), [Range(*r["links"]) for r in inner], threshold)
    again = grown(met_again(keys), [Range(*r["again"]) for r in inner], threshold)
    return Release(
        meetups=sorted(keys),
        different=list(number),
        links=list(links),
        again=list(again),
        bridges=None if inner else list(grown(bridges(keys), [], threshold)),
        communes=None if inner else _communes(people, number, tables, keys),
    )


def _different(
    number: int, keys: set[int], tables: Tables, inner: list[Release]
) -> Range:
    told = [Range(*release["different"]) for release in inner]
    alone = keys.difference(*(release["meetups"] for release in inner))
    return different(
        number,
        [*told, *(present(tables[key]) for key in alone)],
        [
            [newcomers_known(tables[key]) for key in keys],
            [*told, *(newcomers_known(tables[key]) for key in alone)],
        ],
        max(settings.SMALLEST_COUNT, 3),
        floor=max((what.low for what in told), default=0),
    )


def _communes(
    people: Counter[str], number: Range, tables: Tables, keys: set[int]
) -> dict[str, list[int]] | None:
    threshold = max(settings.SMALLEST_COUNT, 3)
    bands = banded(people, number, threshold)
    if len(keys) < FEWEST_MEALS or bands is None:
        return None
    most = attendances([tables[key] for key in keys]).high
    if not fits(bands, groups(keys, tables), most, threshold):
        return None
    return {code: list(what) for code, what in sorted(bands.items())}


def groups(keys: Collection[int], tables: Tables) -> list[Group]:
    """Of each meal: who works in the commune of the venue, and in a perimeter that a
    report has told, or has not."""
    found = []
    for meetup in Meetup.objects.filter(pk__in=keys).with_place():
        table, near = tables[meetup.pk], frozenset([meetup.venue.commune_id])
        total = present(table)
        found.append(Group(near, table["in_commune"], total))
        for report in meetup.reports.filter(figures__has_key="perimeter"):
            frozen = cast(Frozen, report.figures)
            asked = frozenset(frozen["perimeter_of"])
            found.append(Group(asked, frozen["perimeter"], total))
            if frozen["perimeter"] is not None and table["in_commune"] is not None:
                rest = frozen["perimeter"] - table["in_commune"]
                found.append(Group(asked - near, rest, total))
    return found


def people_by_commune(meetups: Collection[int]) -> Counter[str]:
    """Each person once, where they worked when they last came; whoever came without
    an invitation has no name to be known by, and is not in it."""
    rows = (
        Attendance.objects.there()
        .filter(meetup__in=meetups, invitation__isnull=False)
        .order_by("meetup__starts_at", "pk")
        .values_list(
            "invitation__professional",
            "commune",
            "invitation__professional__commune",
        )
    )
    last = {person: then or now for person, then, now in rows}
    return Counter(last.values())


def bridges(meetups: Collection[int]) -> int:
    """How many pairs of different trades at least one link joins."""
    pairs = Connection.objects.pairs().filter(meetup__in=meetups)
    trades = pairs.values_list(
        "professional__profession__activity", "other__profession__activity"
    )
    return len({frozenset(pair) for pair in trades if pair[0] != pair[1]})


def met_again(meetups: Collection[int]) -> int:
    """Links of which one of the two said, two or six months later: yes, again."""
    said = Nudge.objects.filter(
        connection__meetup__in=meetups, has_met_again=True
    ).values_list("connection__professional", "connection__other")
    return len({frozenset(pair) for pair in said})
