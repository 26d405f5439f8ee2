"""The words and figures of a report as they leave, ready to be kept in its row."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple, NotRequired, TypedDict, cast

from django.conf import settings

from networking.models import Meetup, Partner, PartnerKind
from networking.templatetags.french import (
    NBSP,
    euro,
    hours_between,
    local,
    long_date_year,
    of_place,
    plural_word,
)
from reports.blocks import Block
from reports.figures import count, people_of
from reports.masking import Published, inside, mask
from reports.models import Report
from reports.naming import Names, named, names_around
from venues.text import fold

MOST_HIGHLIGHTS = 4
Pair = tuple[str, str]


class Said(NamedTuple):
    """What the author adds to the figures of a meal. `indicators` are lines that the
    partner asks for, with what the author writes there."""

    quotes: list[str]
    next_steps: list[str]
    cost: Decimal | None
    indicators: list[Pair]


class Release(TypedDict):
    """What is told once about a set of meals (decision 0017); ranges are pairs."""

    meetups: list[int]
    different: list[int]
    links: list[int]
    bridges: list[int] | None
    again: list[int]
    communes: dict[str, list[int]] | None


class Heard(TypedDict):
    """Numbers of opinions, at least; 0 is not told. `trades`: those that `step` people
    or more discovered, in the order of the alphabet. `meals`: of how many meals."""

    meals: int
    step: int
    given: int
    at_ease: int
    asking_more: int
    trades: list[str]


class Frozen(TypedDict):
    """`Report.figures`. Pairs come back from JSON as lists of two. `tables` holds,
    per meetup of a period, what may be told of it; `perimeter` how many worked in
    the partner's communes, told once per meetup."""

    counts: Published
    cost: str | None
    headline: str
    addressee: str
    highlights: list[Pair]
    facts: list[Pair]
    method: list[str]
    plates: int
    free_places: int
    reference: str
    blocks: NotRequired[list[Block]]
    indicators: NotRequired[list[Pair]]
    opinions: NotRequired[Heard | None]
    perimeter: NotRequired[int | None]
    perimeter_of: NotRequired[list[str]]
    meetups: NotRequired[list[int]]
    tables: NotRequired[dict[str, Published]]
    release: NotRequired[Release | None]
    findings: NotRequired[list[str]]
    proposal: NotRequired[str]


def reference(meetup: Meetup) -> str:
    """The same on the sign-in sheet and on the report: "PR-20261210-17"."""
    return f"PR-{local(meetup.starts_at):%Y%m%d}-{meetup.pk}"


def published_figures(meetup: Meetup) -> Published:
    """What may leave. Every report of a meetup, and of a period that holds it, tells
    the figures of the first one: two of them cannot be subtracted from each other."""
    return told_figures(meetup) or mask(count(meetup), settings.SMALLEST_COUNT)


def told_figures(meetup: Meetup) -> Published | None:
    key = str(meetup.pk)
    of_period = Report.objects.filter(meetup=None, figures__tables__has_key=key)
    earlier = (meetup.reports.all() | of_period).order_by("pk").first()
    if earlier is None:
        return None
    frozen = cast(Frozen, earlier.figures)
    return frozen["counts"] if earlier.meetup_id else frozen["tables"][key]


def perimeter(meetup: Meetup, partner: Partner, counts: Published) -> int | None:
    """How many of those present work in the partner's communes. Told of the first
    perimeter that a report of this meetup asked for: two of them would differ by
    few people."""
    codes = set(partner.communes.values_list("pk", flat=True))
    asked = meetup.reports.filter(figures__has_key="perimeter").order_by("pk").first()
    if asked:
        frozen = cast(Frozen, asked.figures)
        return frozen["perimeter"] if set(frozen["perimeter_of"]) == codes else None
    if _is_on_a_map(meetup):
        return None
    if meetup.venue.commune_id not in codes:
        return None
    return inside(counts, people_of(meetup, codes))


def _is_on_a_map(meetup: Meetup) -> bool:
    """Somebody was told where the people of this meal and others work."""
    key = str(meetup.pk)
    rows = Report.objects.filter(meetup=None, figures__tables__has_key=key)
    releases = [cast(Frozen, row.figures).get("release") for row in rows]
    return any(r and r["communes"] and meetup.pk in r["meetups"] for r in releases)


def report_title(meetup: Meetup) -> str:
    return f"Bilan\u202f: {nameless_title(meetup)}"[: Report.title.field.max_length]


def nameless_title(meetup: Meetup, names: Names | None = None) -> str:
    """Title and date; only the date when the title names somebody of the table."""
    if named(meetup.title, *(names or names_around(meetup))):
        return f"Rencontre du {long_date_year(meetup.starts_at)}"
    return meetup.full_title


def headline(meetup: Meetup, trades: int) -> str:
    if trades < 2:
        return f"Une table au cœur {of_place(meetup.venue.commune.name)}"
    return f"{trades} métiers du soin autour d’une même table"


def addressee(partner: Partner) -> str:
    """Follows « Pour »: « la mairie de Valmorey », « la CPTS du Lac »."""
    name = partner.name
    if partner.kind == PartnerKind.TOWN_HALL and name.startswith("Mairie "):
        return f"la m{name[1:]}"
    if partner.kind == PartnerKind.CPTS and name.startswith("CPTS"):
        return f"la {name}"
    return name


def duration(span: timedelta) -> str:
    hours, minutes = divmod(int(span.total_seconds()) // 60, 60)
    if not hours:
        return f"{minutes}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{minutes:02}" if minutes else f"{hours}{NBSP}h"


def highlights(meetup: Meetup, counts: Published, cost: Decimal | None) -> list[Pair]:
    """Four at most: what may not be published gives its place to another fact."""
    people = plural_word(
        counts["present"] or 2, "personne présente,personnes présentes"
    )
    if expected := counts["expected"]:
        people += f", {expected}{NBSP}attendues"
    trades = len(counts["trades"])
    chosen = [(counts["total"], people)]
    if trades:
        words = plural_word(trades, "métier,métiers différents")
        chosen.append((str(trades), words))
    if counts.get("mostly_new"):
        chosen.append(("la moitié", "au moins venaient pour la première fois"))
    if cost is not None:
        chosen.append((euro(cost), "par personne, repas compris"))
    if locals_ := counts["in_commune"]:
        chosen.append((str(locals_), "travaillent dans la commune"))
    if structures := counts["structures"]:
        chosen.append((str(structures), "structures différentes"))
    chosen.append((duration(meetup.duration), "ensemble autour de la table"))
    chosen.append((str(meetup.capacity), "places autour de la table"))
    return chosen[:MOST_HIGHLIGHTS]


def facts(meetup: Meetup, cost: Decimal | None) -> list[Pair]:
    venue, circle = meetup.venue, meetup.circle
    around = names_around(meetup)
    circle_name = "" if named(circle.name, *around) else circle.name
    hours = hours_between(meetup.starts_at, meetup.ends_at)
    lines = [
        ("Rencontre", nameless_title(meetup)),
        ("Heures", f"{hours} ({duration(meetup.duration)})"),
        ("Lieu", f"{venue.name}, {venue.full_address}"),
        # Often one person: only a town hall or a network is named.
        ("Lieu prêté par", venue.lender if is_partner(venue.lender) else ""),
        ("Organisation", settings.ORGANISATION_NAME),
        ("Cercle", " · ".join(filter(None, (circle_name, circle.perimeter)))),
        ("Repas", meetup.get_meal_paid_by_display()),
        ("Coût", f"{euro(cost)} par personne" if cost is not None else ""),
    ]
    return [(term, text) for term, text in lines if text]


def method(counts: Published) -> list[str]:
    notes = ["Ces chiffres comptent les personnes présentes. Aucun nom n’y figure."]
    hidden = any(trade["plates"] is None for trade in counts["trades"])
    if hidden or counts["present"] is None:
        notes.append(
            f"De 1 à {counts['threshold'] - 1} personnes, nous écrivons «\u202fmoins de"
            f" {counts['threshold']}\u202f». Ainsi personne n’est reconnu."
        )
    if counts["present"] is None:
        notes.append(
            "Pour la même raison, le nombre de personnes n’est pas donné exactement, ni"
            " le prix par personne."
        )
    return notes


def is_partner(lender: str) -> bool:
    """« la mairie de Valmorey » as well as « Mairie de Valmorey »."""
    said = re.sub(r"^(la|le|l) ", "", fold(lender))
    names = Partner.objects.values_list("name", flat=True)
    return said != "" and said in map(fold, names)
