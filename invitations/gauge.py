"""« Il manque encore autour de la table »: what the organiser asked for, then trades of
the circle that nobody at the table has, and who could be invited nearby."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import NamedTuple

from invitations.composition import Composition, Rule
from invitations.models import SeatRule, trade_of
from invitations.table import Table
from networking.models import Meetup, Professional
from venues.distance import distance_km

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
    here = meetup.venue.point
    found = [
        Nearby(
            person,
            distance_km(here, person.commune.point)
            if here and person.commune.point
            else None,
        )
        for person in people
    ]
    return sorted(
        found, key=lambda n: (inf if n.km is None else n.km, n.person.search_name)
    )[:NEAREST]
