"""Distances as the crow flies, in kilometres."""

from collections.abc import Iterable
from math import cos, radians
from statistics import median
from typing import NamedTuple

from geopy.distance import geodesic

KM_PER_DEGREE = 111.2


class Point(NamedTuple):
    """WGS 84 degrees, latitude first (GeoJSON has longitude first)."""

    latitude: float
    longitude: float


class Spread(NamedTuple):
    """How far the people are from a place, in km."""

    median: float
    worst: float
    near: int
    people: int


NEAR_KM = 5


def distance_km(here: Point, there: Point) -> float:
    return float(geodesic(here, there).km)


def bounding_box(centre: Point, radius_km: float) -> tuple[float, float, float, float]:
    """South, north, west, east of the square that holds the circle."""
    high = radius_km / KM_PER_DEGREE
    wide = high / max(cos(radians(centre.latitude)), 0.01)
    return (
        centre.latitude - high,
        centre.latitude + high,
        centre.longitude - wide,
        centre.longitude + wide,
    )


def spread(place: Point, people: Iterable[Point]) -> Spread | None:
    """Median and worst distance of `people` to `place`; None without anybody."""
    cache: dict[Point, float] = {}
    kms = [
        cache.setdefault(person, distance_km(place, person))
        if person not in cache
        else cache[person]
        for person in people
    ]
    if not kms:
        return None
    near = sum(km <= NEAR_KM for km in kms)
    return Spread(median(kms), max(kms), near, len(kms))
