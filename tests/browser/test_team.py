"""The team's and the partner's side in a real browser, on a telephone."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from networking.forms.meetups import clash
from tests.browser.pages import ACCOUNT, PARTNER, TEAM, Place
from tests.browser.site import Site, read_code
from tests.browser.visits import Visit, measure

Window = Callable[..., BrowserContext]
AMINA = "amina@parentheses.example"
DRISS = "driss@parentheses.example"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def good_day() -> date:
    """Far from the demonstration's own meals, on a day that is no holiday."""
    day = date.today() + timedelta(days=100)
    while clash(day):
        day += timedelta(days=1)
    return day


def ask_for_a_code(page: Page, email: str) -> str:
    page.goto(reverse("account_login"))
    page.get_by_label("Votre adresse e-mail").fill(email)
    page.get_by_role("button", name="Recevoir mon code").click()
    expect(page.get_by_role("textbox")).to_be_visible()
    mailbox = page.context.new_page()
    code = read_code(mailbox, email)
    mailbox.close()
    page.bring_to_front()
    return code


def readable(page: Page) -> None:
    seen = Visit()
    measure(page, seen, page.title())
    assert seen.violations == dict.fromkeys(seen.violations, [])
    assert seen.too_wide == []
    page.set_viewport_size({"width": 390, "height": 844})


def test_a_code_read_in_the_mailbox_signs_in(window: Window) -> None:
    page = window(java_script_enabled=False).new_page()
    code = ask_for_a_code(page, AMINA)
    page.get_by_role("textbox").fill(code)
    page.get_by_role("button", name="Me connecter").click()
    expect(page).to_have_url(reverse("meetup_list"))


def test_a_passkey_is_added_then_signs_in_alone(window: Window) -> None:
    page = window().new_page()
    code = ask_for_a_code(page, DRISS)
    readable(page)
    page.get_by_role("textbox").fill(code)
    page.get_by_role("button", name="Me connecter").click()
    device(page)
    page.goto(reverse("mfa_add_webauthn"))
    page.get_by_role("button", name="Créer ma clé").click()
    expect(page.get_by_role("status")).to_contain_text("ajoutée")
    page.goto(reverse("mfa_reauthenticate_webauthn"))
    readable(page)

    page.goto(reverse("account_logout"))
    page.get_by_role("main").get_by_role("button").click()
    page.goto(reverse("account_login"))
    page.get_by_role("button", name="clé d’accès").click()
    expect(page).to_have_url("/")
    expect(page.get_by_role("link", name="Mon compte")).to_be_visible()


def device(page: Page) -> CDPSession:
    """A telephone that recognises its owner at once."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return session


def test_an_organiser_invites_a_circle_in_five_clicks(
    window: Window, site: Site
) -> None:
    page = window("amina", java_script_enabled=False).new_page()
    page.goto("/")
    clicks = 0

    def click(role: str, name: str) -> None:
        nonlocal clicks
        clicks += 1
        page.get_by_role(role, name=name).first.click()  # type: ignore[arg-type]

    click("link", "Préparer une rencontre")
    click("link", "Le Biollay")
    page.get_by_label("Quel jour").fill(good_day().isoformat())
    page.get_by_label("Où").select_option(index=1)
    click("button", "Choisir qui inviter")
    expect(page.get_by_role("checkbox", checked=True).nth(30)).to_be_attached()
    click("button", "Lire l’invitation")
    expect(page.get_by_role("article")).to_contain_text("on déjeune ensemble")
    click("button", "Envoyer")
    expect(page.get_by_role("status")).to_contain_text("personnes invitées")
    assert clicks <= 5
    site.settle()


def test_presences_are_noted_on_a_telephone_then_reported(
    window: Window, site: Site
) -> None:
    relay = window("bruno", java_script_enabled=False).new_page()
    relay.goto(reverse("attendance", args=[site.scene["played"]]))
    for _ in range(6):
        relay.get_by_role("button", name="Là", exact=False).first.click()
    expect(relay.get_by_role("main")).to_contain_text("6 personnes là")
    relay.get_by_role("button", name="Annuler pour").first.click()
    relay.get_by_role("button", name="Là", exact=False).first.click()
    relay.get_by_label("Prénom", exact=True).fill("Ombeline")
    relay.get_by_label("Métier").select_option(label="bénévole")
    relay.get_by_role("button", name="Elle est là").click()
    expect(relay.locator("#sans-invitation")).to_contain_text("Ombeline")

    page = window("amina", java_script_enabled=False).new_page()
    page.goto(reverse("close_meetup", args=[site.scene["played"]]))
    page.get_by_role("button", name="Terminer la rencontre").click()
    page.get_by_label("Pour qui").select_option(label="Mairie de Chambéry")
    page.get_by_label("Ce qui s’est dit").fill("On se connaît enfin.")
    page.get_by_role("button", name="Donner le bilan").click()
    expect(page.get_by_role("status")).to_contain_text("peut lire le bilan")
    a_clerk_finds(window("eloy", java_script_enabled=False), "Le déjeuner joué")


def a_clerk_finds(clerk: BrowserContext, title: str) -> None:
    page = clerk.new_page()
    page.goto("/")
    expect(page).to_have_url(reverse("partner_reports"))
    links = page.get_by_role("link", name=title)
    expect(links).to_have_count(2)
    link = links.filter(has_text="PDF")
    response = clerk.request.get(str(link.get_attribute("href")))
    assert response.headers["content-type"] == "application/pdf"
    assert response.body().startswith(b"%PDF-")


SIGNED_IN = [
    place
    for place in ACCOUNT + TEAM + PARTNER
    # A badge says something to everybody: its name to the team alone.
    if place.who and place.route not in ("home", "account_logout", "badge")
]
GUARDED = [place for place in TEAM + PARTNER if place.route not in ("home", "badge")]


@pytest.mark.parametrize("who", ["driss", "eloy"])
def test_whoever_is_of_no_team_gets_nothing(
    window: Window, site: Site, who: str
) -> None:
    opened = visible(window(who), site, GUARDED)
    own = {place.route for place in PARTNER} if who == "eloy" else set()
    assert {place.route for place in opened} == own


def visible(context: BrowserContext, site: Site, places: list[Place]) -> list[Place]:
    return [
        place
        for place in places
        if context.request.get(place.path(site), max_redirects=0).status
        not in (403, 404)
    ]


def test_whoever_is_not_signed_in_is_asked_to(window: Window, site: Site) -> None:
    context = window()
    for place in SIGNED_IN:
        response = context.request.get(place.path(site), max_redirects=0)
        assert response.status == 302, place
        assert response.headers["location"].startswith(reverse("account_login")), place
