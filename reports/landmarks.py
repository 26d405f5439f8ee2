"""Where a report's map puts its communes, and those around to find one's way by."""

from collections.abc import Sequence

from django.db.models import F

from reports.blocks import Cell
from venues.distance import Point, distance_km
from venues.models import Commune, points_of

# How many around, and how far beyond the others, in kilometres.
MOST_AROUND, LEAST_AROUND = 40, 4


def point_of(place: Commune) -> list[Cell]:
    point = place.point
    return list(point) if point else ["", ""]


def landmarks(places: Sequence[Commune]) -> list[list[Cell]]:
    """Communes around, the most populous first. They say nothing of who came."""
    points = points_of(places)
    if not points:
        return []
    south, west = map(min, zip(*points, strict=True))
    north, east = map(max, zip(*points, strict=True))
    centre = Point((south + north) / 2, (west + east) / 2)
    radius = LEAST_AROUND + distance_km(centre, Point(north, east))
    near = Commune.objects.within(centre, radius)
    others = near.exclude(pk__in=[place.pk for place in places])
    first = others.order_by(F("population").desc(nulls_last=True), "pk")
    return [[one.name, one.latitude, one.longitude] for one in first[:MOST_AROUND]]
