"""Sharing the seats of a table, as each person does it on a telephone."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.site import Site

Window = Callable[..., BrowserContext]


def own_page(page: Page, site: Site, who: str) -> None:
    page.goto(reverse("answer", args=[site.scene[who]]))


def test_whoever_waits_gets_the_freed_seat_from_their_mail(
    window: Window, site: Site
) -> None:
    page = window(java_script_enabled=False).new_page()
    own_page(page, site, "hopes")
    expect(page.get_by_role("main")).to_contain_text("la première personne prévenue")
    page.get_by_text("Comment ça marche").click()
    expect(page.get_by_role("main")).to_contain_text("Personne n’est dépassé")

    own_page(page, site, "leaves")
    page.get_by_role("link", name="Changer d’avis").click()
    page.get_by_role("button", name="Pas cette fois").click()

    site.settle()
    page.goto(f"{reverse('mailbox')}?pour={site.scene['hopeful']}")
    page.get_by_role("link", name="une place se libère").first.click()
    page.frame_locator("iframe").get_by_role("link", name="Je prends").click()
    expect(page.get_by_role("main")).to_contain_text("Une place est libre pour vous.")
    page.get_by_role("button", name="Oui, je viens").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("C’est noté")


def test_whoever_waits_may_leave_the_line(window: Window, site: Site) -> None:
    page = window(java_script_enabled=False).new_page()
    own_page(page, site, "waiting")
    page.get_by_role("button", name="Quitter la liste").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Une autre fois")


def test_a_guest_brings_somebody_then_comes_alone(window: Window, site: Site) -> None:
    page = window(java_script_enabled=False).new_page()
    own_page(page, site, "host")
    page.get_by_role("link", name="J’amène quelqu’un").click()
    page.get_by_role("button", name="Cette personne vient").click()
    expect(page.get_by_role("alert")).to_contain_text("Écrivez son prénom.")
    page.get_by_label("Son prénom").fill("Rosa")
    page.get_by_label("Son métier").select_option("home_help")
    page.get_by_role("button", name="Cette personne vient").click()
    expect(page.get_by_role("main")).to_contain_text("Rosa")

    page.get_by_role("link", name="Revenir à ma réponse").click()
    expect(page.get_by_role("main")).to_contain_text("Avec vous")
    page.get_by_role("link", name="J’amène quelqu’un").click()
    page.get_by_role("button", name="Ne vient pas").click()
    expect(page.get_by_label("Son prénom")).to_be_visible()


def test_a_guest_says_what_they_bring_and_need(window: Window, site: Site) -> None:
    page = window(java_script_enabled=False).new_page()
    own_page(page, site, "host")
    page.get_by_role("link", name="Préparer ma venue").click()
    page.get_by_label("J’apporte").fill("Une tarte")
    page.get_by_label("Pour le repas").select_option("vegetarian")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("alert")).to_contain_text("Cochez cette case")
    assert page.get_by_label("J’apporte").input_value() == "Une tarte"
    page.get_by_label("Oui, gardez cela").check()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("C’est noté")


def test_an_employer_gets_two_seats_and_names_one(window: Window, site: Site) -> None:
    amina = window("amina", java_script_enabled=False).new_page()
    amina.goto(reverse("composition", args=[site.scene["several"]]))
    amina.get_by_label("Pour quelle structure").fill("SAD Les Trois Sources")
    amina.get_by_label("Combien de places").fill("2")
    amina.get_by_label("Prénom de la personne").fill("Nora")
    amina.get_by_label("Son e-mail").fill("nora@sad-trois-sources.example")
    amina.get_by_role("button", name="Garder ces places").click()
    expect(amina.get_by_role("main")).to_contain_text("Lien à donner à Nora")

    site.settle()
    nora = window(java_script_enabled=False).new_page()
    nora.goto(f"{reverse('mailbox')}?pour=nora@sad-trois-sources.example")
    nora.get_by_role("link", name="places pour SAD").first.click()
    nora.frame_locator("iframe").get_by_role("link", name="Dire qui vient").click()
    nora.get_by_label("Son prénom").fill("Fatou")
    nora.get_by_label("Son métier").select_option("home_help")
    nora.get_by_role("button", name="Cette personne vient").click()
    expect(nora.get_by_role("main")).to_contain_text("Fatou, ")
    nora.get_by_role("button", name="Rendre une place").click()
    expect(nora.get_by_role("main")).to_contain_text("Toutes vos places ont un prénom")
