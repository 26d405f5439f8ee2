"""The guest's side in a real browser: the mail, two taps, a telephone's screen."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from tests.browser.site import Site

Window = Callable[..., BrowserContext]
SMALL: ViewportSize = {"width": 360, "height": 640}
LOOKED_AT = 3_000


def open_invitation(page: Page, site: Site) -> None:
    """As its guest finds it in the demonstration's mailbox."""
    site.settle()
    page.goto(f"{reverse('mailbox')}?pour={site.scene['invited']}")
    letters = page.get_by_role("link", name="on déjeune ensemble")
    letters.filter(has_text=str(site.scene["invited_for"])).first.click()


def test_a_guest_answers_from_the_mail_in_two_taps(window: Window, site: Site) -> None:
    page = window(java_script_enabled=False).new_page()
    open_invitation(page, site)
    page.frame_locator("iframe").get_by_role("link", name="Oui, je viens").click()
    page.get_by_role("button", name="Oui, je viens").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("C’est noté")

    page.get_by_role("link", name="Changer d’avis").click()
    page.get_by_role("button", name="Pas cette fois").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Une autre fois")


def test_a_guest_puts_the_meal_in_their_calendar(window: Window, site: Site) -> None:
    page = window(java_script_enabled=False).new_page()
    page.goto(reverse("answer", args=[site.scene["yes"]]))
    page.get_by_text("Mettre dans mon agenda").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Fichier pour mon agenda").click()
    assert download.value.suggested_filename == "rencontre.ics"
    content = download.value.path().read_bytes()
    assert content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert b"\r\nDTSTART;TZID=Europe/Paris:" in content


def test_the_three_answers_show_without_scrolling(window: Window, site: Site) -> None:
    page = window().new_page()
    page.set_viewport_size(SMALL)
    page.goto(reverse("answer", args=[site.scene["silent"]]))
    for name in ("Oui, je viens", "Je ne sais pas", "Pas cette fois"):
        box = page.get_by_role("button", name=name).bounding_box()
        assert box
        assert box["y"] + box["height"] <= SMALL["height"], name
        assert box["height"] >= 44, name


def test_a_mail_scanner_that_opens_every_link_changes_nothing(
    window: Window, site: Site
) -> None:
    reader = window().new_page()
    open_invitation(reader, site)
    links = reader.frame_locator("iframe").locator("a[href^=http]")
    links.first.wait_for()
    found = set(links.evaluate_all("all => all.map(one => one.href)"))
    assert {link.partition("?r=")[2] for link in found} >= {"oui", "peut", "non"}
    before = site.fingerprints()
    scanner = window()
    for link in sorted(found):
        tab = scanner.new_page()
        tab.goto(link)
        tab.mouse.wheel(0, 2_000)
    scanner.pages[-1].wait_for_timeout(LOOKED_AT)
    assert site.fingerprints() == before


def test_the_scanner_test_would_see_an_answer(window: Window, site: Site) -> None:
    before = site.fingerprints()
    page = window().new_page()
    page.goto(reverse("answer", args=[site.scene["maybe"]]) + "?changer=1")
    page.get_by_role("button", name="Pas cette fois").click()
    after = site.fingerprints()
    changed = {table for table in before if before[table] != after[table]}
    assert changed == {
        "invitations_answer",
        "invitations_invitation",
        "networking_professional",
    }


def test_the_style_comes_compressed_and_is_kept(window: Window, site: Site) -> None:
    page = window().new_page()
    with page.expect_response(lambda response: "/style." in response.url) as style:
        page.goto(reverse("answer", args=[site.scene["yes"]]))
    assert style.value.headers["content-encoding"] in ("br", "gzip")
    assert "immutable" in style.value.headers["cache-control"]
