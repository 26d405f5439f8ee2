"""The door on the day: a telephone whose network goes away, and people who walk in."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.site import Site

Window = Callable[..., BrowserContext]
COPIES = "caches.keys().then(names => names.length)"


def welcome(
    window: Window, site: Site, who: str = "bruno", meal: str = "door", **options
) -> Page:
    page = window(who, **options).new_page()
    page.goto(reverse("attendance", args=[site.scene[meal]]))
    expect(page.get_by_role("heading", level=1)).to_have_text("Qui est là ?")
    return page


def ready(page: Page) -> None:
    """The worker holds the page: a visit after its installation."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    expect(page.locator("[data-state]")).to_have_text("Tout est envoyé.")


def nothing_kept(page: Page) -> None:
    page.wait_for_function(f"async () => (await {COPIES}) === 0")


def there(site: Site) -> int:
    query = (
        "SELECT COUNT(*) FROM reports_attendance WHERE meetup_id = ?"
        " AND presence IN ('present', 'walk_in')"
    )
    (count,) = site.rows(query, site.scene["door"])[0]
    return int(str(count))


def scene_of(site: Site, *keys: str) -> list[object]:
    return [site.scene[key] for key in keys]


def free(page: Page):
    return page.locator("[data-free]:visible button[data-mark=present]")


def test_taps_made_without_a_network_arrive_once(window: Window, site: Site) -> None:
    page = welcome(window, site)
    ready(page)
    before = there(site)
    page.context.set_offline(True)
    for _ in range(3):
        free(page).first.click()
    expect(page.locator("[data-state]")).to_contain_text("3 gestes à envoyer")
    assert there(site) == before

    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Qui est là ?")
    expect(page.locator("[data-state]")).to_contain_text("3 gestes à envoyer")
    expect(page.locator("[data-marked]:visible").nth(2)).to_be_visible()

    box = "'taps:' + document.querySelector('[data-welcome]').dataset.welcome"
    kept = page.evaluate(f"localStorage.getItem({box})")
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-state]")).to_have_text("Tout est envoyé.")
    assert there(site) == before + 3

    # Sent a second time, as by a telephone that missed the answer.
    page.evaluate(f"kept => localStorage.setItem({box}, kept)", kept)
    page.reload()
    expect(page.locator("[data-state]")).to_have_text("Tout est envoyé.")
    assert there(site) == before + 3


def test_one_visit_with_a_network_is_enough(window: Window, site: Site) -> None:
    page = welcome(window, site)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.context.set_offline(True)
    free(page).first.click()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Qui est là ?")
    expect(page.locator("[data-state]")).to_contain_text("1 geste à envoyer")


def test_a_site_that_fails_leaves_the_page_and_the_taps(
    window: Window, site: Site
) -> None:
    page = welcome(window, site)
    ready(page)
    before = there(site)
    with site.without("reports_attendance"):
        assert page.request.get(page.url).status == 500
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Qui est là ?")
        free(page).first.click()
        state = page.locator("[data-state]")
        expect(state).to_contain_text("Le site ne répond pas. Rien n’est perdu.")
    page.reload()
    expect(page.locator("[data-state]")).to_have_text("Tout est envoyé.")
    assert there(site) == before + 1


@pytest.mark.parametrize(
    "lacks", ["Element.prototype.replaceChildren", "SubmitEvent.prototype.submitter"]
)
def test_a_telephone_too_old_for_the_script_has_the_plain_forms(
    window: Window, site: Site, lacks: str
) -> None:
    page = window("bruno").new_page()
    page.add_init_script(f"delete {lacks}")
    page.goto(reverse("attendance", args=[site.scene["door"]]))
    before = there(site)
    free(page).first.click()
    page.wait_for_url("**/presences/#personne-*")
    assert there(site) == before + 1
    page.locator("[data-marked]:visible").first.get_by_role("button").first.click()
    page.wait_for_url("**/presences/#personne-*")


def test_a_walk_in_and_an_undo_wait_for_the_network_too(
    window: Window, site: Site
) -> None:
    page = welcome(window, site)
    ready(page)
    before = there(site)
    page.context.set_offline(True)
    free(page).last.click()
    page.locator("[data-marked]:visible").last.get_by_role("button").first.click()
    page.get_by_label("Prénom", exact=True).fill("Zélie")
    page.get_by_label("Métier").select_option("nurse")
    page.get_by_role("button", name="Elle est là").click()
    expect(page.get_by_text("Zélie · à envoyer")).to_be_visible()
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-state]")).to_have_text("Tout est envoyé.")
    assert there(site) == before + 1


def test_a_session_that_ended_loses_no_tap(window: Window, site: Site) -> None:
    page = welcome(window, site)
    ready(page)
    before = there(site)
    page.context.clear_cookies()
    free(page).first.click()
    expect(page.locator("[data-state]")).to_contain_text("Connectez-vous de nouveau")
    assert there(site) == before
    page.locator("[data-state]").get_by_role("link", name="Se connecter").click()
    expect(page).to_have_url(re.compile(r"\?next=/rencontres/\d+/presences/"))
    page.context.add_cookies([site.cookie("bruno")])
    page.goto(reverse("attendance", args=[site.scene["door"]]))
    expect(page.locator("[data-state]")).to_have_text("Tout est envoyé.")
    assert there(site) == before + 1


def test_a_search_without_a_network_finds_the_whole_list(
    window: Window, site: Site
) -> None:
    page = welcome(window, site)
    ready(page)
    page.context.set_offline(True)
    page.goto(reverse("attendance", args=[site.scene["door"]]) + "?q=zzz")
    expect(free(page).first).to_be_visible()


def test_typing_leaves_those_who_have_these_letters(window: Window, site: Site) -> None:
    page = welcome(window, site)
    rows = page.locator("[data-target]")
    everybody = rows.count()
    name = rows.last.locator("b").inner_text()
    page.get_by_label("Prénom ou nom").fill(f" {name.upper()}")
    expect(page.locator("[data-target]:visible b").first).to_have_text(name)
    assert page.locator("[data-target]:visible").count() < everybody
    page.get_by_label("Prénom ou nom").fill("zzz")
    expect(page.locator("[data-target]:visible")).to_have_count(everybody)
    ready(page)
    page.context.set_offline(True)
    page.goto(reverse("attendance", args=[site.scene["door"]]) + f"?q={name}")
    expect(page.locator("[data-target]:visible b").first).to_have_text(name)
    assert page.locator("[data-target]:visible").count() < everybody


def test_the_counts_follow_what_was_sent(window: Window, site: Site) -> None:
    page = welcome(window, site, "sami", "ending")
    ready(page)
    left = page.locator("[data-count=unmarked]")
    before = int(left.inner_text())
    coming = page.locator("[data-target]").filter(has_text="· Oui")
    coming.locator("[data-free]:visible button[data-mark=excused]").first.click()
    expect(left).to_have_text(str(before - 1))
    excused = page.locator("[data-count=excused] + span")
    expect(excused).to_have_text("s’excuse")
    coming.locator("[data-free]:visible button[data-mark=excused]").first.click()
    expect(excused).to_have_text("s’excusent")
    page.locator("[data-marked]:visible").last.get_by_role("button").first.click()
    expect(excused).to_have_text("s’excuse")


def test_a_clock_an_hour_ahead_does_not_win_over_a_later_tap(
    window: Window, site: Site
) -> None:
    fast = window("sami").new_page()
    fast.add_init_script("const now = Date.now; Date.now = () => now() + 3600000;")
    fast.goto(reverse("attendance", args=[site.scene["ending"]]))
    free(fast).first.click()
    at = fast.evaluate(
        "localStorage.getItem('drift:' + document.querySelector("
        "'[data-welcome]').dataset.welcome)"
    )
    assert 3_600_000 <= float(at) < 3_700_000
    expect(fast.locator("[data-state]")).to_have_text("Tout est envoyé.")
    (latest,) = site.rows(
        "SELECT (julianday('now') - julianday(made_at)) * 86400 FROM reports_tap"
        " ORDER BY id DESC LIMIT 1"
    )[0]
    assert 0 <= float(str(latest)) < 60


def test_what_comes_after_the_end_is_kept_and_shown(window: Window, site: Site) -> None:
    page = welcome(window, site, "sami", "ending")
    ready(page)
    page.context.set_offline(True)
    name = free(page).first.locator("xpath=ancestor::li//b").inner_text()
    free(page).first.click()
    organiser = window("amina").new_page()
    organiser.goto(reverse("close_meetup", args=[site.scene["ending"]]))
    organiser.get_by_role("button", name="Terminer la rencontre").click()
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    lost = page.get_by_role("region", name="Pas enregistré")
    expect(lost.get_by_role("listitem")).to_have_text(f"{name}\u202f: Là")

    page.reload()
    expect(page.locator("main")).to_contain_text("Les présences ne changent plus.")
    expect(lost).to_contain_text(name)
    kept = "caches.open((await caches.keys())[0]).then(one => one.keys())"
    assert (
        page.evaluate(
            f"async () => (await caches.keys()).length && (await {kept})"
            ".filter(one => one.url.endsWith('/presences/')).length"
        )
        == 0
    )
    lost.get_by_role("button").click()
    expect(lost).to_be_hidden()
    page.reload()
    expect(lost).to_be_hidden()


def test_signing_out_leaves_no_copy_behind(window: Window, site: Site) -> None:
    page = welcome(window, site, "sami")
    ready(page)
    assert page.evaluate(COPIES) == 1
    page.goto(reverse("account_logout"))
    page.get_by_role("button", name="Me déconnecter").click()
    expect(page.locator("main")).to_be_visible()
    nothing_kept(page)


# As if it had been kept thirteen hours ago.
AGED = """async () => {
  const [name] = await caches.keys();
  const store = await caches.open(name);
  for (const request of await store.keys()) {
    const copy = await store.match(request);
    if (!copy.headers.get("X-Kept")) continue;
    const headers = new Headers(copy.headers);
    headers.set("X-Kept", Date.now() - 13 * 3600 * 1000);
    await store.put(request, new Response(await copy.blob(), { headers }));
  }
}"""


def test_after_twelve_hours_the_copy_is_gone_whatever_is_asked(
    window: Window, site: Site
) -> None:
    page = welcome(window, site)
    ready(page)
    page.evaluate(AGED)
    page.context.set_offline(True)
    with pytest.raises(PlaywrightError, match="ERR_"):
        page.goto(reverse("attendance", args=[site.scene["door"]]) + "?q=zzz")
    page.context.set_offline(False)
    page.goto(reverse("accessibility"))
    nothing_kept(page)


def test_whoever_signs_in_later_finds_no_old_copy(window: Window, site: Site) -> None:
    """The session of the one who welcomed has ended by itself."""
    page = welcome(window, site)
    ready(page)
    page.evaluate(AGED)
    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    nothing_kept(page)


def test_a_fresh_copy_outlives_a_new_session(window: Window, site: Site) -> None:
    page = welcome(window, site)
    ready(page)
    page.context.clear_cookies()
    page.goto(reverse("account_login"))
    page.evaluate('localStorage.setItem(\'taps:0\', \'[{"at": 1, "name": "Zoé"}]\')')
    page.reload()
    assert page.evaluate(COPIES) == 1
    assert page.evaluate("localStorage.getItem('taps:0')") is None


def test_without_javascript_the_page_is_plain_forms(window: Window, site: Site) -> None:
    page = welcome(window, site, java_script_enabled=False)
    before = there(site)
    page.locator("[data-free]:visible button").first.click()
    page.wait_for_url("**/presences/#personne-*")
    assert there(site) == before + 1


@pytest.mark.parametrize("scripted", [True, False])
def test_a_walk_in_at_the_door_gives_two_words(
    window: Window, site: Site, scripted: bool
) -> None:
    page = window(java_script_enabled=scripted).new_page()
    before = there(site)
    page.goto(reverse("door", args=scene_of(site, "door", "door_token")))
    assert page.locator("main :is(input, select):visible").count() == 2
    page.get_by_label("Votre prénom").fill(f"Mahaut {scripted}")
    page.get_by_label("Votre métier").select_option("home_help")
    page.get_by_role("button", name="Je suis là").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bienvenue, Mahaut")
    assert there(site) == before + 1


def test_a_badge_says_who_it_is_to_the_team_only(window: Window, site: Site) -> None:
    stranger = window().new_page()
    badge = reverse("badge", args=scene_of(site, "badged", "badge_token"))
    stranger.goto(badge)
    expect(stranger.get_by_role("heading", level=1)).to_contain_text("Montrez ce carré")
    team = window("bruno").new_page()
    team.goto(badge)
    name = team.get_by_role("heading", level=1).inner_text()
    first_name = name.split()[0]
    assert first_name not in stranger.locator("main").inner_text()
    team.get_by_role("button", name=f"{first_name} est là").click()
    expect(team.get_by_role("status")).to_contain_text(f"{first_name} est là.")


def test_the_sheet_is_typed_again_in_its_order(window: Window, site: Site) -> None:
    page = window("bruno").new_page()
    page.goto(reverse("rekey_sheet", args=[site.scene["door"]]))
    before = there(site)
    blank = page.get_by_label("Prénom").first
    blank.fill("Ysé")
    page.get_by_role("button", name="Enregistrer la feuille").click()
    expect(page.get_by_role("alert")).to_contain_text("Choisissez le métier.")
    assert page.get_by_label("Prénom").first.input_value() == "Ysé"
    page.get_by_label("Métier").first.select_option("nurse")
    page.get_by_role("button", name="Enregistrer la feuille").click()
    expect(page.locator(".messages")).to_contain_text("1 ligne notée.")
    assert there(site) == before + 1


def test_the_round_counts_down_and_passes_on(window: Window, site: Site) -> None:
    page = window("amina").new_page()
    page.goto(reverse("round_of_trades", args=[site.scene["door"]]) + "?minutes=3")
    clock = page.get_by_role("timer")
    start = clock.inner_text()
    page.get_by_role("button", name="Commencer").click()
    expect(clock).not_to_have_text(start)
    first = page.locator("[data-now]").inner_text()
    page.get_by_role("button", name="Métier suivant").click()
    expect(page.locator("[data-now]")).not_to_have_text(first)
    # It goes on without another tap, once around.
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(clock).not_to_have_text(start)
    for _ in range(page.locator("[data-trade]").count() - 1):
        page.get_by_role("button", name="Métier suivant").click()
    expect(page.get_by_text("Le tour est fini.")).to_be_visible()
    expect(page.locator("[data-now]")).to_have_text(first)
    expect(page.get_by_role("button", name="Commencer")).to_be_visible()
    expect(clock).to_have_text(start)
