"""The words and figures of a report as they leave, ready to be kept in its row."""

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TypedDict

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
from reports.figures import count
from reports.masking import Published, mask
from reports.models import Report
from venues.text import fold

MOST_HIGHLIGHTS = 4
Pair = tuple[str, str]
Name = tuple[str, str]


class Frozen(TypedDict):
    """`Report.figures`. Pairs come back from JSON as lists of two."""

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


def reference(meetup: Meetup) -> str:
    """The same on the sign-in sheet and on the report: "PR-20261210-17"."""
    return f"PR-{local(meetup.starts_at):%Y%m%d}-{meetup.pk}"


def published_figures(meetup: Meetup) -> Published:
    """What may leave. Every report of a meetup tells the figures of the first one:
    two of them cannot be subtracted from each other."""
    earlier = meetup.reports.order_by("pk").first()
    if earlier:
        counts: Published = earlier.figures["counts"]
        return counts
    return mask(count(meetup), settings.SMALLEST_COUNT)


def freeze(meetup: Meetup, partner: Partner, cost: Decimal | None) -> Frozen:
    counts = published_figures(meetup)
    plates = counts["present"] or len(counts["trades"])
    return Frozen(
        counts=counts,
        cost=None if cost is None else str(cost),
        headline=headline(meetup, len(counts["trades"])),
        addressee=addressee(partner),
        highlights=highlights(meetup, counts, cost),
        facts=facts(meetup, cost),
        method=method(counts),
        plates=plates,
        free_places=max(meetup.capacity - plates, 0),
        reference=reference(meetup),
    )


def report_title(meetup: Meetup) -> str:
    return f"Bilan\u202f: {nameless_title(meetup)}"[: Report.title.field.max_length]


def nameless_title(meetup: Meetup) -> str:
    """Title and date; only the date when the title names somebody of the table."""
    if named(meetup.title, *names_around(meetup)):
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
    chosen = [
        (counts["total"], people),
        (str(trades), plural_word(trades, "métier,métiers différents")),
    ]
    if newcomers := counts["first_timers"]:
        chosen.append((str(newcomers), f"premières venues depuis{NBSP}un{NBSP}an"))
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
    if hidden:
        notes.append(
            f"De 1 à {counts['threshold'] - 1} personnes, nous écrivons «\u202fmoins de"
            f" {counts['threshold']}\u202f». Ainsi personne n’est reconnu."
        )
    if counts["present"] is None:
        notes.append(
            "Pour la même raison, le nombre de personnes n’est pas donné exactement."
        )
    return notes


def is_partner(lender: str) -> bool:
    """« la mairie de Valmorey » as well as « Mairie de Valmorey »."""
    said = re.sub(r"^(la|le|l) ", "", fold(lender))
    names = Partner.objects.values_list("name", flat=True)
    return said != "" and said in map(fold, names)


def names_around(meetup: Meetup) -> tuple[list[str], list[Name]]:
    """First names of those who were there; names of everybody invited."""
    there = meetup.attendances.there().values_list("first_name", flat=True)
    invited = meetup.invitations.values_list(
        "professional__first_name", "professional__last_name"
    )
    return sorted(set(there)), sorted(set(invited))


def named(line: str, present: Iterable[str], invited: Sequence[Name]) -> str:
    """The sentence that refuses this line, or nothing."""
    for name in present:
        if _holds(line, name):
            return f"Cette phrase contient un prénom ({name}). Écrivez-la sans nom."
    for first, last in invited:
        full = f"{first} {last}"
        if last and (
            _holds(line, full) or _holds(line, f"{last} {first}") or _signs(line, last)
        ):
            return f"Cette phrase contient un nom ({full}). Écrivez-la sans nom."
    return ""


def _holds(line: str, name: str) -> bool:
    """Whole words, in any case and without minding accents."""
    if words := fold(name):
        return f" {words} " in f" {fold(line)} "
    return bool(name) and name.casefold() in line.casefold()


def _signs(line: str, last: str) -> bool:
    """A last name alone, with its capital, after the first word: « Mme Petit » but
    not « Petit à petit »."""
    _, _, rest = line.partition(" ")
    capital = last[:1].upper() + last[1:]
    return any(
        re.search(rf"(?<!\w){re.escape(word)}(?!\w)", rest)
        for word in {last.upper(), capital}
        if len(word) > 1
    )
