"""What the form of a report begins with: the author changes it."""

from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from django.db.models import QuerySet
from django.utils import timezone

from networking.models import Meetup, Partner
from networking.templatetags.french import long_date_year, typo
from reports.forms import QUOTE_LENGTH, QUOTES, STEP_LENGTH, STEPS
from reports.freezing import Frozen, published_figures
from reports.models import Report
from reports.naming import named, names_around
from reports.opinions import opinions_of
from reports.period_figures import Told, findings
from reports.period_reports import Words, series

CENT = Decimal("0.01")
Initial = dict[str, object]


def meal_draft(meetup: Meetup, partner: Partner | None) -> Initial:
    """The words of the last report of this meal, whoever reads it; or else those that
    people wrote for all to read, what is to come, and the price that the bill makes."""
    last = meetup.reports.order_by("issued_at", "pk").last()
    if last is None:
        return {
            "quotes": "\n".join(_quotes(meetup)),
            "next_steps": "\n".join(_next_steps(meetup)),
            "cost": _cost(meetup),
        }
    frozen = cast(Frozen, last.figures)
    return {
        "quotes": "\n".join(last.quotes),
        "next_steps": "\n".join(last.next_steps),
        "cost": frozen["cost"] and Decimal(frozen["cost"]),
        **_answers(meetup.reports.current(), partner),
    }


def _answers(reports: QuerySet[Report], partner: Partner | None) -> Initial:
    """What was answered to the lines that this partner asks for."""
    own = reports.filter(partner=partner).first() if partner else None
    if partner is None or own is None:
        return {}
    told = dict(cast(Frozen, own.figures).get("indicators", []))
    lines = partner.indicators.all()
    return {f"indicator_{line.pk}": told.get(line.label, "") for line in lines}


def _quotes(meetup: Meetup) -> list[str]:
    """Released, read by the team and shown; short enough to be quoted."""
    words = [typo(one) for one in opinions_of([meetup])["words"]]
    return _nameless(meetup, words, QUOTE_LENGTH)[:QUOTES]


def _next_steps(meetup: Meetup) -> list[str]:
    after = meetup.circle.meetups.planned().filter(starts_at__gt=timezone.now())
    following = after.order_by("starts_at", "pk").first()
    lines = list(meetup.follow_ups.open().values_list("action", flat=True))
    if following:
        day = long_date_year(following.starts_at)
        lines.insert(0, f"Prochaine rencontre\u202f: {day}")
    return _nameless(meetup, [typo(one) for one in lines], STEP_LENGTH)[:STEPS]


def _nameless(meetup: Meetup, lines: list[str], length: int) -> list[str]:
    around = names_around(meetup)
    single = [" ".join(line.splitlines()) for line in lines]
    return [one for one in single if len(one) <= length and not named(one, *around)]


def _cost(meetup: Meetup) -> Decimal | None:
    people = published_figures(meetup)["present"]
    if not people or meetup.meal_cost is None:
        return None
    return (meetup.meal_cost / people).quantize(CENT, ROUND_HALF_UP)


def period_draft(what: Told, partner: Partner | None, is_year: bool) -> Words:
    """Those of the version to correct, its findings only if it tells of the same
    meals; or else what the figures say."""
    gathered, computed = what.gathered, findings(what)
    versions = Report.objects.filter(series=series(gathered.span, partner, is_year))
    last = versions.order_by("version").last()
    if last is None:
        return Words(computed, [], "")
    frozen = cast(Frozen, last.figures)
    is_same = frozen.get("meetups") == sorted(gathered.keys)
    found = frozen.get("findings", computed) if is_same else computed
    return Words(found, last.quotes, frozen.get("proposal", ""))
