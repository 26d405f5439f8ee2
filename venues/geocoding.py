"""The only module that speaks to a geocoder: the Base Adresse Nationale.

It never raises: whatever happens outside, the answer is a candidate or None.
"""

import logging
from collections.abc import Iterable
from math import isfinite
from typing import Any, NamedTuple

from django.conf import settings
from geopy.exc import GeocoderRateLimited, GeopyError
from geopy.geocoders import BANFrance

from venues.distance import Point
from venues.models import Commune
from venues.text import fold

log = logging.getLogger("parentheses.geocoding")

# A real right answer scored 0.52 in a published fixture, and below half the service
# guesses: hence this bound, and a person who confirms.
LOWEST_SCORE = 0.5
ANSWERS = 5
WHOLE_COMMUNE = "municipality"


class Candidate(NamedTuple):
    """`kind`: housenumber, street, locality or municipality. `score`: 0 to 1."""

    label: str
    point: Point
    score: float
    kind: str


def geocode(address: str, commune: Commune) -> Candidate | None:
    """The best address found inside this very commune. Waits at most
    GEOCODER_TIMEOUT seconds for an answer; 0 means that nothing is asked."""
    if not settings.GEOCODER_TIMEOUT:
        return None
    query = " ".join((address, *commune.postal_codes[:1], commune.name))
    try:
        found = _ask(query)
        candidates = [_candidate(one) for one in found if _lies_in(commune, one)]
    except GeocoderRateLimited as error:
        log.warning("Geocoder asks to wait %s s", error.retry_after)
        return None
    except (GeopyError, AttributeError, LookupError, TypeError, ValueError) as error:
        log.warning("Geocoder gave no answer: %s", type(error).__name__)
        return None
    good = [one for one in candidates if one.score > LOWEST_SCORE]
    return max(good, key=lambda one: one.score, default=None)


def _ask(query: str) -> Iterable[dict[str, Any]]:
    """GeoJSON features, best first."""
    geocoder = BANFrance(
        domain=settings.GEOCODER_DOMAIN,
        scheme=settings.GEOCODER_SCHEME,
        timeout=settings.GEOCODER_TIMEOUT,
        user_agent=f"parentheses-reseau (+{settings.BASE_URL})",
    )
    places = geocoder.geocode(query, limit=ANSWERS, exactly_one=False) or ()
    return [place.raw for place in places]


def _lies_in(commune: Commune, feature: dict[str, Any]) -> bool:
    """Same INSEE code; or the same town, where a borough has a code of its own
    (Paris, Lyon, Marseille) or a merger is too recent for one of the two sources."""
    found = feature["properties"]
    if found["citycode"] == commune.code:
        return True
    same_name = fold(str(found.get("city", ""))) == commune.search_name
    return same_name and found.get("postcode") in commune.postal_codes


def _candidate(feature: dict[str, Any]) -> Candidate:
    found = feature["properties"]
    longitude, latitude = map(float, feature["geometry"]["coordinates"][:2])
    score = float(found["score"])
    if not all(map(isfinite, (longitude, latitude, score))):
        raise ValueError("A coordinate is not a number.")
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise ValueError("A coordinate is not on Earth.")
    return Candidate(
        str(found["label"])[:200], Point(latitude, longitude), score, str(found["type"])
    )
