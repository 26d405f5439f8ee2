"""« Il manque encore autour de la table »: what the organiser asked for, then trades of
the circle that nobody at the table has, and who could be invited nearby."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from operator import itemgetter
from typing import NamedTuple

from invitations.composition import Composition, Rule
from invitations.models import SeatRule, trade_of
from invitations.table import Table
from networking.models import Meetup, Professional
from venues.distance import Point, distance_km

HINTS, NEAREST = 5, 5


class Missing(NamedTuple):
    """A floor that is not reached, and how many people it lacks."""

    label: str
    people: int


class Nearby(NamedTuple):
    """`km` as the crow flies from the venue to where the person works."""

    person: Professional
    km: float | None


@dataclass(frozen=True)
class Gap:
    wanted: list[Missing]
    activities: list[str]
    not_invited: int
    nearby: list[Nearby]


def missing(meetup: Meetup, composition: Composition) -> list[Missing]:
    """The floors that are not reached, alphabetically."""
    if not composition.rules:
        return []
    rules = meetup.seat_rules.select_related("family", "profession")
    lacking = [Missing(str(rule), composition.lacking(plain(rule))) for rule in rules]
    return sorted(one for one in lacking if one.people)


def plain(rule: SeatRule) -> Rule:
    profession = rule.profession
    family = profession.family_id if profession else rule.family_id
    return Rule(family or "", rule.profession_id or "", rule.floor, rule.ceiling)


def gap(meetup: Meetup, table: Table) -> Gap:
    """The absent trades with most people in the circle, at most HINTS, said
    alphabetically; of them, and of those under their floor, the NEAREST people who
    have no invitation yet."""
    people = [person for person in members(meetup) if not person.is_paused]
    seated = {i.professional.profession_id for i in table.coming + table.hesitating}
    seated |= {extra.profession_id for extra in table.extras if extra.profession_id}
    absent = Counter(
        p.profession.activity for p in people if p.profession_id not in seated
    )
    activities = sorted(activity for activity, _ in absent.most_common(HINTS))
    known = {i.professional_id for i in table.invitations}
    useful = [
        person
        for person in people
        if person.pk not in known
        and (
            person.profession.activity in activities
            or table.composition.fills_a_floor(trade_of(person.profession))
        )
    ]
    wanted = missing(meetup, table.composition)
    return Gap(wanted, activities, len(useful), nearest(meetup, useful))


def members(meetup: Meetup) -> list[Professional]:
    """The people of the circle who may be written to, in one query."""
    people = Professional.objects.filter(
        memberships__circle=meetup.circle_id, opted_out_at=None
    )
    return list(people.select_related("profession", "commune").order_by("pk"))


def nearest(meetup: Meetup, people: Iterable[Professional]) -> list[Nearby]:
    """One of each trade before a second of any."""
    here = meetup.venue.point
    found = sorted((measured(person, here) for person in people), key=by_distance)
    seen: Counter[str] = Counter()
    turns = []
    for near in found:
        turns.append((seen[near.person.profession_id], near))
        seen[near.person.profession_id] += 1
    return [near for _, near in sorted(turns, key=itemgetter(0))][:NEAREST]


def measured(person: Professional, here: Point | None) -> Nearby:
    there = person.commune.point
    return Nearby(person, distance_km(here, there) if here and there else None)


def by_distance(near: Nearby) -> tuple[float, str]:
    return inf if near.km is None else near.km, near.person.search_name
