"""One look at a page: what it weighs, what it complains of, what axe says of it."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from django.template.loader import render_to_string
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

from tests.browser.pages import Place
from tests.browser.site import ROOT, Site

PHONE: ViewportSize = {"width": 390, "height": 844}
WIDTHS = (360, 390, 1280)
NARROWEST = 320
# WCAG 1.4.4, on a small telephone: twice the site's own 112.5 %.
DOUBLED = "document.documentElement.style.fontSize = '225%'"
AXE = (ROOT / "tests/vendor/axe/axe.min.js").read_text()
FRENCH = json.loads((ROOT / "tests/vendor/axe/fr.json").read_text())
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RULES = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
# A frame shows a mail, which has its own rules.
RUN = "rules => axe.run(document, {...rules, iframes: false, selectors: false})"
LOW_BUTTONS = """() => [...document.querySelectorAll('button, .btn, summary')]
    .filter(one => one.checkVisibility() && one.offsetHeight < 44)
    .map(one => `${one.textContent.trim()} (${one.offsetHeight} px)`)"""
WIDER = """() => document.documentElement.scrollWidth > innerWidth
    ? [...document.querySelectorAll('body *')].filter(
        one => one.getBoundingClientRect().right > innerWidth + 1
      ).map(one => one.outerHTML.slice(0, 120)).slice(-3) : []"""
# An image of every page goes there, for people to look at.
PICTURES = os.environ.get("PICTURES", "")


@dataclass
class Visit:
    status: int = 0
    language: str = ""
    transferred: int = 0
    complaints: list[str] = field(default_factory=list)
    too_wide: list[str] = field(default_factory=list)
    too_wide_doubled: list[str] = field(default_factory=list)
    low_buttons: list[str] = field(default_factory=list)
    violations: dict[int, list[str]] = field(default_factory=dict)


def look_at(place: Place, browser: Browser, site: Site) -> Visit:
    context, seen = browser.new_context(base_url=site.url, viewport=PHONE), Visit()
    if place.who:
        context.add_cookies([site.cookie(place.who)])
    page = context.new_page()
    listen(page, seen, site)
    if place.template:
        stand_in(page, place)
    response = page.goto(place.path(site))
    assert response
    page.evaluate("document.fonts.ready.then(() => true)")
    seen.status = response.status
    seen.language = page.evaluate("document.documentElement.lang")
    seen.low_buttons = page.evaluate(LOW_BUTTONS)
    measure(page, seen, str(place))
    context.close()
    return seen


def stand_in(page: Page, place: Place) -> None:
    """What the site would answer, had it come to that."""
    html = render_to_string(place.template)
    kind = "text/html; charset=utf-8"
    page.route(
        "**/erreur/*",
        lambda route: route.fulfill(status=place.status, body=html, content_type=kind),
    )


def listen(page: Page, seen: Visit, site: Site) -> None:
    """Bytes as they come over the wire, with an empty cache."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def weigh(event: dict[str, int]) -> None:
        seen.transferred += event["encodedDataLength"]

    def complain(message: ConsoleMessage) -> None:
        # Chromium complains of the page itself when it is a 404 on purpose.
        of_itself = message.location["url"] == page.url
        if message.type == "error" and not (of_itself and "status of" in message.text):
            seen.complaints.append(message.text)

    def note_outsider(url: str) -> None:
        if not url.startswith((site.url, "data:")):
            seen.complaints.append(f"outside request: {url}")

    devtools.on("Network.loadingFinished", weigh)
    page.on("console", complain)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("request", lambda request: note_outsider(request.url))


def measure(page: Page, seen: Visit, name: str) -> None:
    page.evaluate(AXE)
    page.evaluate("locale => axe.configure({locale})", FRENCH)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        found = page.evaluate(RUN, RULES)
        seen.violations[width] = [describe(one) for one in found["violations"]]
        if PICTURES:
            picture = Path(PICTURES) / f"{name}-{width}.png"
            page.screenshot(path=picture, full_page=True)
    page.set_viewport_size({"width": NARROWEST, "height": 640})
    seen.too_wide = page.evaluate(WIDER)
    page.set_viewport_size({"width": WIDTHS[0], "height": 844})
    page.evaluate(DOUBLED)
    seen.too_wide_doubled = page.evaluate(WIDER)


def describe(violation: dict[str, object]) -> str:
    nodes = violation["nodes"]
    assert isinstance(nodes, list)
    where = "; ".join(str(node["html"])[:150] for node in nodes[:3])
    return f"{violation['id']}: {violation['help']} — {len(nodes)} × {where}"
