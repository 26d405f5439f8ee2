"""Every page of the site map: readable by everybody, light, and silent."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import sync_playwright

from tests.browser.pages import NO_PAGES, PLACES, Place
from tests.browser.site import Site
from tests.browser.visits import Visit, look_at

MOST_BYTES = 100_000
# What somebody opens from a mail or a poster, on a telephone, in a stairwell.
LIGHTEST, LIGHT_BYTES = {"agenda", "public_meetup", "answer"}, 60_000
Visits = dict[Place, Visit]
each_page = pytest.mark.parametrize("place", PLACES, ids=str)


@pytest.fixture(scope="module")
def visits(
    site: Site,
    browser_type_launch_args: dict[str, Any],
    request: pytest.FixtureRequest,
) -> Visits:
    """Each page is visited once, by two browsers that share the list; every test
    reads the same visit."""
    site.settle()
    chosen: dict[Place, None] = {
        item.callspec.params["place"]: None
        for item in request.session.items
        if isinstance(item, pytest.Function) and hasattr(item, "callspec")
        if isinstance(item.callspec.params.get("place"), Place)
    }
    places = deque(chosen)
    launch = browser_type_launch_args
    with ThreadPoolExecutor() as pool:
        browsers = [pool.submit(walk, places, site, launch) for _ in range(2)]
        return {place: seen for one in browsers for place, seen in one.result()}


def walk(
    places: deque[Place], site: Site, launch: dict[str, Any]
) -> list[tuple[Place, Visit]]:
    seen = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch)
        while places:
            place = places.popleft()
            seen.append((place, look_at(place, browser, site)))
        browser.close()
    return seen


@each_page
def test_a_page_opens_in_french_and_quietly(visits: Visits, place: Place) -> None:
    seen = visits[place]
    assert seen.status == place.status
    assert seen.language == "fr"
    assert seen.complaints == []


@each_page
def test_axe_finds_nothing_at_any_width(visits: Visits, place: Place) -> None:
    found = {width: rules for width, rules in visits[place].violations.items() if rules}
    assert found == {}


@each_page
def test_nothing_is_wider_than_a_small_screen(visits: Visits, place: Place) -> None:
    assert visits[place].too_wide == []


@each_page
def test_twice_as_large_words_still_fit(visits: Visits, place: Place) -> None:
    assert visits[place].too_wide_doubled == []


@each_page
def test_every_button_is_as_high_as_a_finger(visits: Visits, place: Place) -> None:
    assert visits[place].low_buttons == []


@each_page
def test_a_first_visit_stays_light(visits: Visits, place: Place) -> None:
    most = LIGHT_BYTES if place.route in LIGHTEST else MOST_BYTES
    assert 5_000 < visits[place].transferred < most


def routes(resolver: URLResolver, prefix: str = "") -> set[str]:
    """Every name of the site map, but the administration, which is Django's."""
    names: set[str] = set()
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            names.add(entry.name or str(entry.pattern))
        elif entry.app_name != "admin":
            names |= routes(entry)
    return names


def test_no_address_of_the_site_map_is_forgotten() -> None:
    listed = {place.route for place in PLACES if place.route}
    assert routes(get_resolver()) - listed - NO_PAGES.keys() == set()


def test_no_address_is_listed_that_is_gone() -> None:
    listed = {place.route for place in PLACES if place.route}
    assert (listed | NO_PAGES.keys()) - routes(get_resolver()) == set()
