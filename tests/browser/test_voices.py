"""What people say after the meal, on a telephone of 360 pixels."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import BrowserContext, ViewportSize, expect

from tests.browser.site import Site

Window = Callable[..., BrowserContext]
SMALL: ViewportSize = {"width": 360, "height": 640}


def test_an_opinion_takes_three_taps_without_javascript(
    window: Window, site: Site
) -> None:
    page = window(java_script_enabled=False).new_page()
    page.set_viewport_size(SMALL)
    page.goto(reverse("after", args=[site.scene["speaks"]]))
    page.get_by_role("link", name="Votre avis").click()
    before = site.rows("SELECT count(*) FROM reports_opinion")
    for taps, name in enumerate(("Oui, à ma place", "Aucun cette fois"), start=1):
        button = page.get_by_role("button", name=name)
        box = button.bounding_box()
        assert box
        assert box["height"] >= 44
        if taps == 1:
            assert box["y"] + box["height"] <= SMALL["height"]
        button.click()
    assert site.rows("SELECT count(*) FROM reports_opinion") == before
    page.get_by_role("button", name="Un autre repas").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Merci. Votre avis est donné."
    )
    (was,), (is_now,) = before[0], site.rows("SELECT count(*) FROM reports_opinion")[0]
    assert is_now == int(str(was)) + 1
    assert page.context.cookies() == [] or {
        cookie["name"] for cookie in page.context.cookies()
    } == {"csrftoken"}


def test_words_with_a_name_come_back_to_be_corrected(
    window: Window, site: Site
) -> None:
    page = window(java_script_enabled=False).new_page()
    page.set_viewport_size(SMALL)
    page.goto(reverse("give_opinion", args=[site.scene["ate"]]))
    page.get_by_role("button", name="Plus ou moins").click()
    page.get_by_role("button", name="Aucun cette fois").click()
    page.get_by_text("Ajouter un mot").click()
    words = f"Merci à {site.scene['ate_as']}"
    page.get_by_label("Un mot, si vous voulez").fill(words)
    page.get_by_role("button", name="Rien pour l’instant").click()
    expect(page.get_by_role("alert")).to_contain_text("contient un prénom")
    expect(page.get_by_label("Un mot, si vous voulez")).to_have_value(words)


def test_the_team_publishes_a_good_news_and_the_circle_reads_it(
    window: Window, site: Site
) -> None:
    page = window("bruno", java_script_enabled=False).new_page()
    page.set_viewport_size(SMALL)
    circle = reverse("circle", args=[site.scene["circle"]])
    page.goto(circle)
    page.get_by_role("link", name="à relire").click()
    waiting = page.locator("section", has_text="À relire").locator("li").first
    text = waiting.locator("bdi").first.inner_text()
    waiting.get_by_role("button", name="Publier").click()
    page.goto(circle)
    expect(page.locator("main")).to_contain_text(text)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL["width"]
