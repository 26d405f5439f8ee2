"""The report of a territory or of a year, frozen."""

from typing import NamedTuple

from django.conf import settings

from networking.models import Partner
from networking.templatetags.french import APOSTROPHE, euro, plural
from reports import period_blocks
from reports.blocks import Block
from reports.freezing import Frozen, Pair, addressee
from reports.masking import Published, Trade, bare
from reports.models import Report
from reports.naming import names_around
from reports.period_figures import Told, highlights
from reports.periods import Span

EVERYBODY = "toutes les personnes qui nous aident"


class Words(NamedTuple):
    """What the author adds; `findings` begin as computed."""

    findings: list[str]
    quotes: list[str]
    proposal: str


def title(span: Span, partner: Partner | None, is_year: bool) -> str:
    where = settings.ORGANISATION_NAME if is_year or not partner else partner.name
    words = f"Bilan\u202f: {where}, {span}"
    return words[: Report.title.field.max_length]


def series(span: Span, partner: Partner | None, is_year: bool) -> str:
    """What the versions of one report share: what one partner is given replaces
    nobody else's."""
    key = str(partner.pk) if partner else ""
    if is_year:
        return f"year:{span.starts_on.year}" + (f":{key}" if key else "")
    return f"territory:{key}:{span.starts_on}:{span.ends_on}"


def freeze(what: Told, partner: Partner | None, is_year: bool, words: Words) -> Frozen:
    gathered = what.gathered
    method = period_blocks.method(what)
    return Frozen(
        counts=_counts(what),
        cost=None if what.per_head is None else str(what.per_head),
        headline=headline(what),
        addressee=addressee(partner) if partner else EVERYBODY,
        highlights=highlights(what)[:4],
        facts=_facts(what),
        method=method,
        plates=len(what.trades),
        free_places=0,
        reference=reference(gathered.span, partner, is_year),
        meetups=sorted(gathered.keys),
        tables={str(key): table for key, table in gathered.tables.items()},
        release=gathered.release,
        findings=words.findings,
        proposal=words.proposal,
        opinions=what.opinions,
        blocks=_blocks(what, words, method),
    )


def _blocks(what: Told, words: Words, method: list[str]) -> list[Block]:
    return [
        period_blocks.figures(what),
        *period_blocks.said(words.findings, words.quotes, words.proposal),
        *period_blocks.of_period(what, names_around(*what.gathered.meetups)),
        *period_blocks.reading(method),
    ]


def reference(span: Span, partner: Partner | None, is_year: bool) -> str:
    if is_year:
        return f"PR-{span.starts_on.year}"
    key = partner.pk if partner else 0
    return f"PR-{span.starts_on:%Y%m%d}-{span.ends_on:%Y%m%d}-T{key}"


def headline(what: Told) -> str:
    meals = plural(len(what.gathered.meetups), "repas,repas")
    if what.trades:
        return (
            f"{meals}, {plural(len(what.trades), 'métier,métiers')} autour de la table"
        )
    return f"{meals} autour d{APOSTROPHE}une même table"


def _facts(what: Told) -> list[Pair]:
    lines = [
        ("Période", str(what.gathered.span)),
        ("Organisation", settings.ORGANISATION_NAME),
        ("Communes des repas", ", ".join(what.places)),
        ("Prêt des salles", euro(what.loans) if what.loans else ""),
        ("Coût par personne", euro(what.per_head) if what.per_head else ""),
    ]
    return [(term, text) for term, text in lines if text]


def _counts(what: Told) -> Published:
    """For readers of the first kinds of report; the blocks hold the rest."""
    trades = [
        Trade(label=t.label, count_text=t.meals_words, plates=None)
        for t in sorted(what.trades, key=lambda t: t.label)
    ]
    return bare(what.attendances, trades, what.threshold)
