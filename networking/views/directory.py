from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from networking.forms.directory import DEFAULT_RADIUS, RADII, DirectoryForm
from networking.mapping import Pin, draw
from networking.models import Channel, Circle, Family, Professional
from networking.perms import team_required
from networking.search import Found, find, people_found
from networking.templatetags.french import e164
from venues.gazetteer import label
from venues.models import Commune

PER_PAGE = 30
REMEMBERED = "directory_commune"


@dataclass(frozen=True)
class Button:
    text: str
    url: str


@dataclass(frozen=True)
class Card:
    number: int
    person: Professional
    km: float | None
    buttons: Sequence[Button]


def buttons_of(person: Professional) -> list[Button]:
    """What the person shows, their preferred way first."""
    name = person.first_name
    number = e164(person.phone) if person.shows_phone and person.phone else ""
    ways: dict[str, Button] = {}
    if number:
        ways[Channel.PHONE] = Button(f"Appeler {name}", f"tel:{number}")
    if number and person.channel == Channel.SMS:
        ways[Channel.SMS] = Button(f"Envoyer un SMS à {name}", f"sms:{number}")
    if person.shows_email and person.email:
        ways[Channel.EMAIL] = Button(
            f"Écrire à {name}", f"mailto:{quote(person.email, safe='@+')}"
        )
    return sorted(ways.values(), key=lambda way: way is not ways.get(person.channel))


def search_form(request: HttpRequest, commune: Commune | None = None) -> DirectoryForm:
    """Bound to the address; the place is the one of the last search, else `commune`."""
    data = request.GET.dict()
    place = request.session.get(REMEMBERED, label(commune) if commune else "")
    data.setdefault("autour", place)
    data.setdefault("rayon", str(DEFAULT_RADIUS))
    form = DirectoryForm(data)
    form.full_clean()
    if "autour" in request.GET and "autour" not in form.errors:
        chosen = form.value("autour")
        request.session[REMEMBERED] = label(chosen) if chosen else ""
    return form


def context(
    request: HttpRequest, form: DirectoryForm, **extra: object
) -> dict[str, object]:
    """All that networking/directory.html shows. A page without account gives
    `layout="base.html"` and `viewer`, the professional of the personal link."""
    commune, family = form.value("autour"), form.value("besoin") or ""
    radius = form.value("rayon") or DEFAULT_RADIUS
    found = [] if form.errors else find(form.value("q") or "", commune, radius, family)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    cards = cards_of(page)
    return {
        "layout": "signed_in.html",
        "form": form,
        "page": page,
        "cards": cards,
        "commune": commune,
        "radius": radius,
        "wider": next((one for one in RADII if one > radius), None)
        if commune
        else None,
        "families": Family.objects.all(),
        "family": family,
        "map": map_of(commune, cards, radius) if commune else "",
        **extra,
    }


def cards_of(page: Page[Found]) -> list[Card]:
    """Numbered on from page to page, as the pins of the map are."""
    people = people_found(page.object_list)
    return [
        Card(number, person, km, buttons_of(person))
        for number, (person, km) in enumerate(people, start=page.start_index())
    ]


def map_of(commune: Commune, cards: Sequence[Card], radius: int) -> str:
    pins = [
        Pin(card.number, f"{card.person}, {card.person.trade}", card.person.commune)
        for card in cards
    ]
    return draw(commune, pins, radius) if pins else ""


@team_required
def directory(request: HttpRequest) -> HttpResponse:
    circles = Circle.objects.visible_to(request.user)
    home = Commune.objects.located().filter(circles__in=circles).first()
    form = search_form(request, home)
    nearby: Any = form.fields["autour"]
    nearby.suggest(Commune.objects.filter(circles__in=circles).distinct()[:60])
    return render(request, "networking/directory.html", context(request, form))
