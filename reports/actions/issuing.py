"""A report is given: a row that no longer changes."""

from decimal import Decimal
from typing import cast

from django.db import transaction

from networking.models import Meetup, Partner, PartnerKind, User
from networking.templatetags.french import long_date_year
from reports import meal_blocks, meal_reports, period_reports
from reports.actions.meals import locked
from reports.actions.portal import tell_partner
from reports.block_rules import check
from reports.freezing import Frozen, Pair, Said, report_title
from reports.models import Report, ReportKind
from reports.period_reports import Words
from reports.periods import Span
from reports.releases import Gathered, gather


class NotClosed(Exception):
    """A report is made from presences that no longer change."""


class NoMeal(Exception):
    """No closed meal in this period."""


def issue_report(
    *,
    meetup: Meetup,
    partner: Partner,
    quotes: list[str],
    next_steps: list[str],
    cost: Decimal | None,
    user: User,
    indicators: list[Pair] | None = None,
) -> Report:
    """A correction is a new version that replaces the last one; the same words again
    give the report that already says them. Raises NotClosed."""
    said = Said(quotes, next_steps, cost, indicators or [])
    with transaction.atomic():
        if not locked(meetup).is_closed:
            raise NotClosed
        is_cpts = partner.kind == PartnerKind.CPTS
        report = Report(
            kind=ReportKind.CPTS if is_cpts else ReportKind.TOWN_HALL,
            series=f"meetup:{meetup.pk}:{partner.pk}",
            meetup=meetup,
            partner=partner,
            commune=meetup.venue.commune,
            title=report_title(meetup),
            figures=meal_reports.freeze(meetup, partner, said),
            quotes=quotes,
            next_steps=next_steps,
            issued_by=user,
        )
        return tell_partner(_issued(report))


def issue_period(
    *, span: Span, partner: Partner | None, is_year: bool, words: Words, user: User
) -> Report:
    """Of a partner's territory, or of the association's year. Raises NoMeal."""
    with transaction.atomic():
        communes = None if is_year or partner is None else partner.communes.all()
        # Two overlapping reports at once wait for each other.
        _hold(gather(span, communes).keys)
        gathered = gather(span, communes)
        if not gathered.meetups:
            raise NoMeal
        report = Report(
            kind=ReportKind.YEAR if is_year else ReportKind.TERRITORY,
            series=period_series(span, partner, is_year),
            partner=partner,
            starts_on=span.starts_on,
            ends_on=span.ends_on,
            title=period_reports.title(span, partner, is_year),
            figures=period_reports.freeze(gathered, partner, is_year, words),
            quotes=words.quotes,
            next_steps=[words.proposal] if words.proposal else [],
            issued_by=user,
        )
        return tell_partner(_issued(report))


def period_series(span: Span, partner: Partner | None, is_year: bool) -> str:
    """Each addressee has versions of its own: what one is given replaces nobody
    else's."""
    key = str(partner.pk) if partner else ""
    if is_year:
        return f"year:{span.starts_on.year}" + (f":{key}" if key else "")
    return f"territory:{key}:{span.starts_on}:{span.ends_on}"


def last_words(
    gathered: Gathered, partner: Partner | None, is_year: bool, computed: list[str]
) -> Words:
    """Those of the version to correct, not to be typed again; its findings only if
    it tells of the same meals."""
    series = period_series(gathered.span, partner, is_year)
    last = Report.objects.filter(series=series).order_by("version").last()
    if last is None:
        return Words(computed, [], "")
    frozen = cast(Frozen, last.figures)
    is_same = frozen.get("meetups") == sorted(gathered.keys)
    return Words(
        frozen.get("findings", computed) if is_same else computed,
        last.quotes,
        frozen.get("proposal", ""),
    )


def _hold(keys: set[int]) -> None:
    list(Meetup.objects.select_for_update().filter(pk__in=keys).order_by("pk"))


def _issued(report: Report) -> Report:
    """Saved after the last version of its series, unless it says the same."""
    versions = Report.objects.filter(series=report.series)
    previous = versions.order_by("version").last()
    if previous and _words(previous) == _words(report):
        return previous
    if previous:
        report.version, report.replaces = previous.version + 1, previous
        _name(report, previous)
    check(report.figures["blocks"])
    report.save()
    return report


def _name(report: Report, previous: Report) -> None:
    """Say, among the notes, which one this one replaces."""
    sentence = (
        f"Version {report.version}. Ce bilan remplace la version {previous.version},"
        f" du {long_date_year(previous.issued_at)}."
    )
    report.figures["method"].append(sentence)
    for block in report.figures["blocks"]:
        if block["key"] == meal_blocks.METHOD:
            block["rows"].append([sentence])


def _words(report: Report) -> tuple[object, ...]:
    """All that an author or a new meal changes; as JSON gives it back."""
    frozen = report.figures
    told = [list(pair) for pair in frozen.get("indicators", [])]
    period = frozen.get("meetups"), frozen.get("findings"), report.partner_id
    return report.quotes, report.next_steps, frozen["cost"], told, period
