"""What everybody may read, the monitor's page and the demonstration's post office."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.mail import EmailMessage
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django import DjangoAssertNumQueries
from pytest_django.live_server_helper import LiveServer

from invitations import links
from invitations.actions import send_invitations
from invitations.models import PartStat
from invitations.outbox import deliver_due
from networking.demo import PEOPLE
from networking.mailbox import letters
from networking.models import Meetup, Professional, User, imports
from reports import purge
from tests.factories import MeetupFactory

PAGES = ("/", "/mentions-legales/", "/vos-donnees/", "/accessibilite/")
AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
BACKEND = "networking.mailbox.MailboxBackend"
SignIn = Callable[[User], Client]
Write = Callable[..., str]


def in_the_browser(test: Callable[..., None]) -> Callable[..., None]:
    for mark in (
        pytest.mark.browser,
        pytest.mark.xdist_group("browser"),
        pytest.mark.django_db(transaction=True),
        # pytest-base-url defines its own fixture the old way.
        pytest.mark.filterwarnings("ignore:Session-scoped fixtures defined"),
    ):
        test = mark(test)
    return test


@pytest.fixture
def demonstration(settings: LazySettings) -> LazySettings:
    settings.DEMO, settings.EMAIL_BACKEND = True, BACKEND
    return settings


@pytest.fixture
def write(demonstration: LazySettings) -> Write:
    """Put one mail into the mailbox; gives the name of its file."""

    def send(
        to: str = "amina@example.org", subject: str = "Bonjour", body: str = "…"
    ) -> str:
        EmailMessage(subject, body, "contact@example.org", [to]).send()
        return next(iter(letters())).name

    return send


def page_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_reads_it_without_account(
    db: None, client: Client, path: str, settings: LazySettings
) -> None:
    settings.ORGANISATION_CONTACT = "bonjour@association.example"
    assert "bonjour@association.example" in page_of(client, path)


def test_the_home_page_announces_the_next_public_tables(
    client: Client, meetup: Meetup
) -> None:
    hidden = MeetupFactory(title="Le dîner discret", is_public=False)
    past = timezone.now() - timedelta(days=3)
    MeetupFactory(title="Le repas d’avant", starts_at=past)
    html = page_of(client, "/")
    assert meetup.get_public_url() in html
    assert hidden.title not in html
    assert "Le repas d’avant" not in html


@pytest.mark.parametrize("count", [1, 3])
def test_the_home_page_costs_one_query_whatever_it_shows(
    client: Client,
    db: None,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _ in range(count):
        MeetupFactory()
    with django_assert_num_queries(1):
        html = page_of(client, "/")
    assert html.count("/agenda/") == count + 1


def test_a_team_lands_on_its_meetups_and_a_partner_on_its_reports(
    signed_in: SignIn, amina: User, eloy: User
) -> None:
    assert signed_in(amina).get("/")["Location"] == "/rencontres/"
    assert signed_in(eloy).get("/")["Location"] == "/espace-partenaire/"


def test_somebody_signed_in_without_a_role_finds_their_account(
    signed_in: SignIn, driss: User
) -> None:
    html = page_of(signed_in(driss), "/")
    assert "Mon compte" in html
    assert "Se connecter" not in html


@pytest.mark.parametrize("is_demo", [True, False])
def test_only_the_demonstration_says_who_to_be(
    client: Client, db: None, settings: LazySettings, is_demo: bool
) -> None:
    settings.DEMO = is_demo
    html = page_of(client, "/")
    assert ("C’est une démonstration" in html) == is_demo
    for label, email in PEOPLE:
        assert (label in html) == (email in html) == is_demo


@pytest.mark.parametrize("path", PAGES)
def test_writing_to_a_public_page_is_refused(db: None, path: str) -> None:
    assert Client().post(path).status_code == 405


def test_the_durations_told_are_those_of_the_code(client: Client, db: None) -> None:
    """Whoever changes one of them meets this test, and then the page."""
    from_code = page_of(client, "/vos-donnees/")
    for words in (
        "3 ans après votre dernier signe",
        f"Jusqu’à {links.LIVES_AFTER.days} jours après le repas",
        f"{purge.MAILS_KEPT.days} jours.",
        f"{purge.REQUESTS_KEPT.days} jours après le repas.",
        f"{purge.NAMES_KEPT.days // 365} an après le repas",
        f"{imports.KEPT_FOR.days} jour\u202f: le temps de la relire",
    ):
        assert words in from_code, words


def test_robots_are_not_told_where_personal_links_are(client: Client, db: None) -> None:
    text = page_of(client, "/robots.txt")
    assert "Disallow: /" in text
    assert "/i/" not in text


def test_the_monitor_hears_that_the_database_answers(client: Client, db: None) -> None:
    response = client.get("/sante/")
    assert (response.status_code, response.json()) == (200, {"database": "ok"})


@pytest.mark.parametrize("path", ["", "{}/", "{}/html/"])
def test_a_real_site_has_no_mailbox(
    client: Client, write: Write, settings: LazySettings, path: str
) -> None:
    name = write()
    settings.DEMO = False
    assert client.get(f"/boite-aux-lettres/{path.format(name)}").status_code == 404


def test_a_sign_in_code_is_read_at_a_glance(
    client: Client, db: None, write: Write
) -> None:
    name = write(body="Votre code :\r\n\r\n402917\r\n\r\n73000 Chambéry")
    assert "<b>402917</b>" in page_of(client, "/boite-aux-lettres/")
    assert "402917</b>" in page_of(client, f"/boite-aux-lettres/{name}/")
    name = write(body="Appelez le 063998 ou le 123456, merci.")
    assert "Votre code" not in page_of(client, f"/boite-aux-lettres/{name}/")


def test_the_mailbox_is_searched_by_address_and_starts_with_the_newest(
    client: Client, db: None, write: Write
) -> None:
    write(subject="Le premier")
    write(subject="Le second")
    write(to="bruno@example.org", subject="Pour Bruno")
    html = page_of(client, "/boite-aux-lettres/?pour=AMINA")
    assert html.index("Le second") < html.index("Le premier")
    assert "Pour Bruno" not in html
    assert "Aucun message" in page_of(client, "/boite-aux-lettres/?pour=driss")


def test_a_long_mailbox_keeps_its_search_from_page_to_page(
    client: Client, db: None, write: Write
) -> None:
    for _ in range(31):
        write()
    html = page_of(client, "/boite-aux-lettres/?pour=amina")
    assert "?pour=amina&amp;page=2" in html


@pytest.mark.parametrize("name", ["rien.eml", "..%2Fsettings.py", "db.sqlite3"])
def test_the_mailbox_opens_nothing_else(
    client: Client, db: None, demonstration: LazySettings, name: str
) -> None:
    assert client.get(f"/boite-aux-lettres/{name}/").status_code == 404


def test_a_mail_is_shown_apart_and_without_script(
    client: Client, meetup: Meetup, chloe: Professional, demonstration: LazySettings
) -> None:
    name = invite(meetup, chloe)
    around = client.get(f"/boite-aux-lettres/{name}/")
    assert "frame-src 'self'" in around["Content-Security-Policy"]
    inside = client.get(f"/boite-aux-lettres/{name}/html/")
    policy = inside["Content-Security-Policy"]
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert inside["X-Frame-Options"] == "SAMEORIGIN"


def invite(meetup: Meetup, person: Professional) -> str:
    send_invitations(meetup=meetup, people=[person])
    assert deliver_due("test") == 1
    return next(iter(letters())).name


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any],
) -> dict[str, Any]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    own = {"executable_path": shutil.which("chromium"), "args": arguments}
    return {**browser_type_launch_args, **own}


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the console says; an error fails, the content policy's included."""
    found: list[str] = []
    page.on("console", lambda one: found.append(f"{one.type}: {one.text}"))
    page.on("pageerror", lambda one: found.append(f"error: {one}"))
    yield found
    assert [line for line in found if line.startswith("error")] == []


@in_the_browser
def test_a_newcomer_opens_an_invitation_and_says_yes(
    live_server: LiveServer,
    page: Page,
    complaints: list[str],
    meetup: Meetup,
    chloe: Professional,
    demonstration: LazySettings,
) -> None:
    demonstration.BASE_URL = live_server.url
    demonstration.CSRF_TRUSTED_ORIGINS = [live_server.url]
    invite(meetup, chloe)
    page.goto(f"{live_server.url}/boite-aux-lettres/")
    page.get_by_role("link", name="on déjeune ensemble").click()
    page.frame_locator("iframe").get_by_text("Oui, je viens").click()
    page.wait_for_url("**/i/**")
    page.get_by_role("button", name="Oui, je viens").click()
    page.wait_for_load_state()
    assert meetup.invitations.get().partstat == PartStat.ACCEPTED


@in_the_browser
def test_axe_finds_no_fault_in_a_letter_at_any_width(
    live_server: LiveServer,
    page: Page,
    complaints: list[str],
    meetup: Meetup,
    chloe: Professional,
    demonstration: LazySettings,
) -> None:
    page.goto(f"{live_server.url}/boite-aux-lettres/{invite(meetup, chloe)}/")
    page.evaluate(AXE.read_text())
    for width in (360, 390, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        found = page.evaluate("axe.run(document)")["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@in_the_browser
def test_the_keyboard_alone_reaches_the_first_table(
    live_server: LiveServer, page: Page, meetup: Meetup
) -> None:
    page.goto(live_server.url)
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent") == meetup.title:
            break
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{meetup.get_public_url()}")
