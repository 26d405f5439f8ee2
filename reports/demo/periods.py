"""Reports of several meals, as they were given to partners and kept for the year."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from networking.models import Meetup, Partner, User
from networking.templatetags.french import local_day
from reports.actions import NoMeal, issue_period, set_indicators
from reports.models import Report
from reports.period_figures import findings, told
from reports.period_reports import Words
from reports.periods import Span, year
from reports.releases import gather

CPTS = "CPTS des Trois Sources"
INDICATORS = ("Actions communes avec le domicile", "Thème travaillé ensemble")
QUOTES = [
    "Avant, j’appelais un standard. Maintenant, j’appelle quelqu’un.",
    "On ne se demande plus qui est qui. On se demande comment faire.",
]
PROPOSAL = (
    "Une salle prêtée chaque trimestre, et un repas le soir pour les personnes qui"
    " travaillent le midi."
)
GIVEN = timedelta(days=6)


def give(meetups: Sequence[Meetup], users: dict[str, User]) -> None:
    """After the last meal, of the year with the most meals; of the territory first,
    since the year holds it."""
    days = [local_day(meetup.starts_at) for meetup in meetups]
    chosen, _ = Counter(day.year for day in days).most_common(1)[0]
    first, *_, last = [day for day in days if day.year == chosen]
    span = Span(first.replace(day=1), end_of_month(last))
    partner = Partner.objects.get(name=CPTS)
    set_indicators(partner=partner, labels=list(INDICATORS))
    _give(span, partner, users["amina"], False)
    _give(year(chosen), None, users["iris"], True)
    Report.objects.filter(meetup=None).update(issued_at=meetups[-1].ends_at + GIVEN)


def end_of_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _give(span: Span, partner: Partner | None, user: User, is_year: bool) -> None:
    communes = partner.communes.all() if partner else None
    words = Words(findings(told(gather(span, communes))), QUOTES, PROPOSAL)
    try:
        issue_period(
            span=span, partner=partner, is_year=is_year, words=words, user=user
        )
    except NoMeal:
        # On the first days of a year.
        return
