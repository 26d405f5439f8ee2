"""Which venue is fair: nobody drives twice as far as the others."""

from collections.abc import Iterable, Sequence
from math import inf
from typing import NamedTuple

from venues.distance import Point, Spread, spread
from venues.models import Venue


class Ranked(NamedTuple):
    """`spread` is None when the venue has no known point, or nobody has."""

    venue: Venue
    spread: Spread | None


def nearest(venues: Iterable[Venue], people: Sequence[Point]) -> list[Ranked]:
    """The lowest median distance first; within 100 m, the shortest longest way. Venues
    without a point come last, in the order given."""
    return sorted((rank(venue, people) for venue in venues), key=_fairness)


def rank(venue: Venue, people: Sequence[Point]) -> Ranked:
    return Ranked(venue, spread(venue.point, people) if venue.point else None)


def _fairness(ranked: Ranked) -> tuple[float, float]:
    if ranked.spread is None:
        return inf, inf
    return round(ranked.spread.median, 1), ranked.spread.worst
