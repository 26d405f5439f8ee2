"""The partner's side in a real browser: a mail, a link, a paper, no account."""

from collections.abc import Callable

from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.site import Site

Window = Callable[..., BrowserContext]
CLERK = "eloy@mairie-chambery.example"
LOOKED_AT = 3_000


def open_mail(page: Page, site: Site) -> None:
    site.settle()
    page.goto(f"{reverse('mailbox')}?pour={CLERK}")
    page.get_by_role("link", name="Bilan").first.click()


def test_a_clerk_goes_from_the_mail_to_the_paper_without_an_account(
    window: Window, site: Site
) -> None:
    page = window(java_script_enabled=False).new_page()
    open_mail(page, site)
    page.frame_locator("iframe").get_by_role("link", name="Lire le bilan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bilan")
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger le bilan").click()
    assert download.value.suggested_filename.endswith(".pdf")
    assert download.value.path().read_bytes().startswith(b"%PDF-")


def test_a_scanner_that_opens_every_link_reads_and_stops_nothing(
    window: Window, site: Site
) -> None:
    reader = window().new_page()
    open_mail(reader, site)
    links = reader.frame_locator("iframe").locator("a[href^=http]")
    links.first.wait_for()
    found = set(links.evaluate_all("all => all.map(one => one.href)"))
    assert len(found) == 2
    before = site.fingerprints()
    scanner = window()
    for link in sorted(found):
        tab = scanner.new_page()
        tab.goto(link)
        tab.mouse.wheel(0, 2_000)
    scanner.pages[-1].wait_for_timeout(LOOKED_AT)
    assert site.fingerprints() == before


def test_a_link_that_is_taken_back_asks_for_a_new_one(
    window: Window, site: Site
) -> None:
    """The organiser sends one more by mail, then takes it back."""
    team = window("amina").new_page()
    team.goto(reverse("report_readings", args=[site.scene["issued"]]))
    team.get_by_label("Envoyer un nouveau lien à").fill("accueil@mairie.example")
    team.get_by_role("button", name="Envoyer ce lien").click()
    expect(team.get_by_text("Le lien est parti par e-mail.")).to_be_visible()
    site.settle()
    guest = window().new_page()
    guest.goto(f"{reverse('mailbox')}?pour=accueil@mairie.example")
    guest.get_by_role("link", name="Bilan").first.click()
    frame = guest.frame_locator("iframe")
    frame.get_by_role("link", name="Lire le bilan").click()
    expect(guest.get_by_role("button", name="Télécharger le bilan")).to_be_visible()
    address = guest.url

    button = "Retirer le lien de accueil@mairie.example"
    team.get_by_role("button", name=button).click()
    expect(team.get_by_text("Il n’ouvre plus rien.")).to_be_visible()
    guest.goto(address)
    expect(guest.get_by_role("heading", level=1)).to_have_text(
        "Demandez un nouveau lien"
    )


def test_a_room_goes_from_the_clerk_to_the_form_of_a_venue(
    window: Window, site: Site
) -> None:
    clerk = window("eloy", java_script_enabled=False).new_page()
    clerk.goto(reverse("partner_reports"))
    clerk.get_by_role("link", name="Proposer une salle").click()
    clerk.get_by_label("Places assises").fill("28")
    clerk.get_by_label("En quelques mots").fill("Le préau, le jeudi midi.")
    clerk.get_by_role("button", name="Envoyer").click()
    expect(clerk.get_by_text("Votre mot est parti")).to_be_visible()

    team = window("amina", java_script_enabled=False).new_page()
    team.goto(reverse("partner_notices"))
    word = team.get_by_role("listitem").filter(has_text="Le préau")
    word.get_by_role("link", name="En faire un lieu").click()
    expect(team.locator("[name=seats]")).to_have_value("28")
    expect(team.locator("[name=lender]")).to_have_value("Mairie de Chambéry")
    team.go_back()
    word.get_by_role("button", name="C’est fait").click()
    expect(team.get_by_text("Le préau")).to_have_count(0)
