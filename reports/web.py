"""The picture of a circle's links, by first names for the circle and by trades for
partners."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.safestring import SafeString

from networking.drawing import Tie, seats_of, small_web, web
from networking.models import Circle, Meetup
from networking.templatetags.french import NARROW, plural
from reports.links import Pair, pairs_of
from reports.models import Attendance, Consent, ConsentKind
from venues.text import fold

MOST_STEPS = 6
MARGIN = 70.0
NOT_ENOUGH = "Pas assez de liens pour un dessin"


@dataclass(frozen=True)
class Step:
    """Where the web was at the end of a half-year, or is now."""

    name: str
    links: int
    picture: SafeString


@dataclass(frozen=True)
class Web:
    """`named` are links of two people who both show their first name; `unnamed`
    counts the others."""

    links: int
    people: int
    picture: SafeString
    steps: list[Step]
    new_since: str
    named: list[tuple[str, str]]
    unnamed: int


def web_of(circle: Circle, now: datetime) -> Web:
    """Two queries. Whoever did not consent is a plate without a name."""
    pairs = pairs_of(circle.meetups.all())
    shown = Consent.objects.filter(kind=ConsentKind.WEB).values_list("professional")
    consents = {pk for (pk,) in shown}
    people = {one.pk: one for pair in pairs for one in (pair.first, pair.second)}
    number = {pk: k for k, pk in enumerate(sorted(people))}
    half = half_year(now)
    ties = [
        Tie(number[one], number[two], is_new=half_year(pair.since) == half)
        for pair in pairs
        for one, two in [pair.keys]
    ]
    names = [people[pk].first_name if pk in consents else "" for pk in number]
    order = seats_of(len(names), ties)
    both = [
        (pair.first.first_name, pair.second.first_name)
        for pair in pairs
        if consents.issuperset(pair.keys)
    ]
    return Web(
        links=len(pairs),
        people=len(people),
        picture=web(names, ties, order, said(len(pairs), len(people))),
        new_since=f"{'juillet' if half[1] else 'janvier'} {half[0]}",
        steps=steps_of(pairs, ties, order, now),
        named=alphabetical(both),
        unnamed=len(pairs) - len(both),
    )


def alphabetical(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    ordered = [(one, two) for one, two in (sorted(pair, key=fold) for pair in pairs)]
    return sorted(ordered, key=lambda pair: [fold(name) for name in pair])


def said(links: int, people: int) -> str:
    if not links:
        return "Une table vide, pas encore de lien"
    count, around = plural(links, "lien"), plural(people, "personne")
    return f"{count} entre {around}, autour d’une table"


def half_year(moment: datetime) -> tuple[int, int]:
    local = timezone.localtime(moment)
    return local.year, (local.month - 1) // 6


def steps_of(
    pairs: Sequence[Pair], ties: Sequence[Tie], order: Sequence[int], now: datetime
) -> list[Step]:
    """The last half-years in which something came, cumulated, the present last."""
    halves = sorted({half_year(pair.since) for pair in pairs})[-MOST_STEPS:]
    steps = []
    for half in halves:
        count = sum(half_year(pair.since) <= half for pair in pairs)
        then = [Tie(tie.one, tie.two) for tie in ties[:count]]
        name = "Maintenant" if half == half_year(now) else end_of(half)
        label = f"{name}, {plural(count, 'lien')}"
        steps.append(Step(name, count, small_web(then, order, label)))
    return steps


def end_of(half: tuple[int, int]) -> str:
    year, second = half
    return f"Fin {'décembre' if second else 'juin'} {year}"


# For partners


@dataclass(frozen=True)
class TradeWeb:
    """Already masked: rows are trade, trade, words (a block of kind TABLE)."""

    columns: tuple[str, str, str]
    rows: list[list[str]]
    picture: SafeString
    note: str


def trade_web(
    meetups: Iterable[Meetup] | QuerySet[Meetup],
    since: datetime | None = None,
    until: datetime | None = None,
    threshold: int | None = None,
) -> TradeWeb:
    """By activity. Two trades are named when their links, the people of these links,
    and the people of each trade who came to these meetups are `threshold` or more: the
    only midwife of a village is never a line of her own. Numbers leave as bands and
    without a total, so that nothing is found by subtraction."""
    least = threshold or settings.SMALLEST_COUNT
    pairs = [pair for pair in pairs_of(meetups) if pair.came_between(since, until)]
    named = large_enough(pairs, came_by_trade(meetups), least)
    rows = [[one, two, band(count, least)] for (one, two), count in named.items()]
    hidden = {pair.trades for pair in pairs} - named.keys()
    note = (
        f"Moins de {least} liens, ou moins de {least} personnes d’un métier{NARROW}:"
        " la ligne n’est pas montrée."
    )
    return TradeWeb(
        columns=("Métier", "Métier", "Liens"),
        rows=rows,
        picture=trade_picture(named, least),
        note=note if hidden else "",
    )


def large_enough(
    pairs: Sequence[Pair], came: Mapping[str, int], least: int
) -> dict[tuple[str, str], int]:
    """Links by their two trades, alphabetically, without those that may be somebody."""
    links = Counter(pair.trades for pair in pairs)
    people: defaultdict[tuple[str, str], set[int]] = defaultdict(set)
    for pair in pairs:
        people[pair.trades].update(pair.keys)
    return {
        trades: count
        for trades, count in sorted(links.items())
        if min(count, len(people[trades]), *(came[one] for one in trades)) >= least
    }


def came_by_trade(meetups: Iterable[Meetup] | QuerySet[Meetup]) -> Counter[str]:
    """Distinct people per activity, without walk-ins, who may come twice unknown."""
    rows = Attendance.objects.there().filter(meetup__in=meetups)
    found = rows.exclude(invitation=None).values_list(
        "invitation__professional__profession__activity", "invitation__professional"
    )
    return Counter(activity for activity, _ in set(found))


def band(count: int, least: int) -> str:
    """« 5 à 9 », « 10 à 19 », « 20 et plus » when `least` is 5."""
    for low, high in ((least, 2 * least), (2 * least, 4 * least)):
        if count < high:
            return f"{low} à {high - 1}"
    return f"{4 * least} et plus"


def thickness(count: int, least: int) -> int:
    return 1 + 2 * (count >= 2 * least) + 2 * (count >= 4 * least)


def trade_picture(named: dict[tuple[str, str], int], least: int) -> SafeString:
    """Lines as thick as the band, and no finer: a picture tells no more than words."""
    trades = sorted({trade for pair in named for trade in pair})
    number = {trade: k for k, trade in enumerate(trades)}
    ties = [
        Tie(number[one], number[two], weight=thickness(count, least))
        for (one, two), count in named.items()
        if one != two
    ]
    label = ", ".join(
        f"{one} et {two}, {band(count, least)}" for (one, two), count in named.items()
    )
    order = seats_of(len(trades), ties)
    return web(trades, ties, order, label or NOT_ENOUGH, margin=MARGIN)
