import pytest

from tests.factories import CommuneFactory, VenueFactory
from venues.distance import Point
from venues.models import Venue
from venues.ranking import nearest, rank

CENTRE = Point(45.57, 5.92)
# About 5.6 and 22 km to the north.
NEAR, FAR = Point(45.62, 5.92), Point(45.77, 5.92)


def venue(name: str, point: Point | None) -> Venue:
    latitude, longitude = point or (None, None)
    nowhere = CommuneFactory.build(latitude=None, longitude=None)
    return VenueFactory.build(
        name=name, latitude=latitude, longitude=longitude, commune=nowhere
    )


def names(venues: list[Venue], people: list[Point]) -> list[str]:
    return [ranked.venue.name for ranked in nearest(venues, people)]


def test_the_venue_near_most_people_comes_first():
    venues = [venue("far", FAR), venue("near", NEAR), venue("centre", CENTRE)]
    assert names(venues, [CENTRE, CENTRE, NEAR]) == ["centre", "near", "far"]


def test_at_equal_medians_the_shorter_longest_way_wins():
    people = [CENTRE, CENTRE, CENTRE, FAR]
    same = Point(45.57, 5.92)
    towards, away = Point(45.571, 5.92), Point(45.569, 5.92)
    assert names([venue("away", away), venue("towards", towards)], people) == [
        "towards",
        "away",
    ]
    assert rank(venue("here", same), people).spread.median == pytest.approx(0)


def test_venues_without_a_point_come_last_in_their_order():
    venues = [venue("b", None), venue("a", None), venue("far", FAR)]
    assert names(venues, [CENTRE]) == ["far", "b", "a"]


def test_without_anybody_nothing_is_measured():
    venues = [venue("b", FAR), venue("a", CENTRE)]
    assert [ranked.spread for ranked in nearest(venues, [])] == [None, None]
    assert names(venues, []) == ["b", "a"]


def test_the_words_count_who_lives_within_five_kilometres():
    spread = rank(venue("centre", CENTRE), [CENTRE, CENTRE, NEAR, FAR]).spread
    assert (spread.near, spread.people) == (2, 4)
    assert spread.worst == pytest.approx(22.2, abs=0.2)
    assert spread.median == pytest.approx(2.8, abs=0.1)


def test_a_venue_without_address_counts_from_its_commune():
    lost = VenueFactory.build(commune=CommuneFactory.build())
    assert rank(lost, [CENTRE]).spread.median == pytest.approx(0)
