"""The relay's phone round, on an old telephone without JavaScript."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.site import Site
from tests.browser.visits import Visit, measure

Window = Callable[..., BrowserContext]
FINGER = 44


@pytest.fixture
def page(window: Window, site: Site) -> Page:
    page = window("bruno", java_script_enabled=False).new_page()
    page.goto(reverse("meetup", args=[site.scene["lively"]]))
    page.get_by_role("link", name="Appeler", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Les appels")
    return page


def first_call(page: Page) -> tuple[Locator, str]:
    card = page.get_by_role("article").first
    return card, card.get_by_role("heading").inner_text()


def test_a_relay_calls_notes_takes_back_and_goes_on(page: Page, site: Site) -> None:
    cards = page.get_by_role("article")
    waiting = cards.count()
    assert waiting >= 4
    card, name = first_call(page)
    dial = card.get_by_role("link").get_attribute("href")
    assert re.fullmatch(r"tel:\+336399\d{5}", str(dial))
    expect(card).to_contain_text("ici Bruno, de Parenthèses Réseau")
    expect(card).to_contain_text("Est-ce que vous venez")

    card.get_by_role("button", name="Ne sait pas").click()
    expect(page.get_by_role("status")).to_contain_text("C’est noté pour")
    expect(cards).to_have_count(waiting - 1)

    page.get_by_role("button", name=f"Annuler pour {name}").click()
    expect(page.get_by_role("status")).to_contain_text("de nouveau dans la liste")
    expect(cards).to_have_count(waiting)

    card, name = first_call(page)
    card.get_by_role("button", name="Non").click()
    expect(cards).to_have_count(waiting - 1)
    second, later = first_call(page)
    second.get_by_role("button", name="Pas joint").click()
    expect(cards).to_have_count(waiting - 2)
    expect(page.get_by_text("Plus tard", exact=True)).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text=later)).to_contain_text("8")

    told = "SELECT by FROM invitations_answer WHERE counted ORDER BY id DESC LIMIT 1"
    assert site.rows(told) == [("team",)]


def test_every_button_of_the_round_fits_a_finger_and_the_screen(
    window: Window, site: Site
) -> None:
    page = window("bruno").new_page()
    page.goto(reverse("calls", args=[site.scene["lively"]]))
    card, _ = first_call(page)
    for button in [*card.get_by_role("button").all(), card.get_by_role("link")]:
        box = button.bounding_box()
        assert box
        assert box["height"] >= FINGER
        assert box["x"] + box["width"] <= 390
    seen = Visit()
    measure(page, seen, "phone-round")
    assert seen.violations == dict.fromkeys(seen.violations, [])
    assert seen.too_wide == []
