"""Two guests on two telephones, after the meal."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.site import Site

Window = Callable[..., BrowserContext]


def phone_of(window: Window, site: Site, who: str) -> Page:
    page = window(java_script_enabled=False).new_page()
    page.goto(reverse("after", args=[site.scene[who]]))
    page.get_by_role("link", name="Nous nous sommes rencontré·es").click()
    return page


def tick(page: Page, key: object) -> None:
    page.locator(f'input[name="met"][value="{key}"]').check()


def test_two_guests_keep_in_touch_when_both_say_so(window: Window, site: Site) -> None:
    scene = site.scene
    one, two = phone_of(window, site, "one"), phone_of(window, site, "two")
    mail = f"#p{scene['two_person']} a[href^='mailto:']"

    one.get_by_label("Cinq lettres ou chiffres, sur le carton de la table").fill(
        str(scene["two_code"]).lower()
    )
    one.get_by_role("button", name="Trouver ma table").click()
    expect(one.get_by_text(f"À la table {scene['two_table']}")).to_be_visible()
    tick(one, scene["two_key"])
    one.get_by_label("Mon e-mail").check()
    one.get_by_role("button", name="Garder contact").click()
    expect(one.get_by_text("C’est noté.")).to_be_visible()
    expect(one.locator(mail)).to_have_count(0)

    two.reload()
    expect(two.locator(f"#p{scene['one_person']}")).to_have_count(0)
    tick(two, scene["one_key"])
    two.get_by_label("Mon e-mail").check()
    two.get_by_role("button", name="Garder contact").click()
    expect(two.get_by_text("1\u00a0nouvelle carte.")).to_be_visible()

    one.reload()
    expect(one.locator(mail)).to_be_visible()
    card = one.locator(f"#p{scene['two_person']}")
    with one.expect_download() as download:
        card.get_by_role("link", name="Ajouter à mes contacts").click()
    assert download.value.suggested_filename == "carte.vcf"
    content = download.value.path().read_bytes()
    assert str(scene["two_name"]).encode() in content

    card.get_by_role("button", name="Reprendre ma carte").click()
    expect(one.get_by_text("C’est repris.")).to_be_visible()
    two.reload()
    expect(two.locator(f"#p{scene['one_person']}")).to_have_count(0)


def test_somebody_shows_their_first_name_in_the_web_and_hides_it(
    window: Window, site: Site
) -> None:
    page = window(java_script_enabled=False).new_page()
    page.goto(reverse("my_web", args=[site.scene["keeps"]]))
    drawing = page.locator(".toile svg text")
    hide = page.get_by_role("button", name="Retirer mon prénom")
    show = page.get_by_role("button", name="Montrer mon prénom")
    expect(hide.or_(show)).to_be_visible()
    if show.is_visible():
        show.click()
    expect(hide).to_be_visible()
    shown = drawing.count()
    hide.click()
    expect(drawing).to_have_count(shown - 1)
    show.click()
    expect(drawing).to_have_count(shown)


def test_news_are_given_in_one_tap_from_the_mail(window: Window, site: Site) -> None:
    page = window(java_script_enabled=False).new_page()
    page.goto(reverse("my_news", args=[site.scene["keeps_person"], site.scene["news"]]))
    form = page.get_by_role("button", name="Pas encore").first
    form.click()
    expect(page.get_by_text("Un café à deux, peut-être")).to_be_visible()
    expect(page.get_by_text("Et si vous preniez un café à deux").first).to_be_visible()
