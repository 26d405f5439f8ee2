"""Figures over time: from what was frozen, drawn and told without more."""

import re
from datetime import date

import pytest
from django.urls import reverse

from networking.drawing import Point, trend
from networking.models import Meetup, User
from reports.models import Report, ReportKind
from reports.trends import MOST_POINTS, points
from tests.factories import MeetupFactory, PartnerFactory
from tests.portal import come, give, period, town_hall

MARCH = Point(date(2026, 3, 3), 12, "12", is_exact=True)
MAY = Point(date(2026, 5, 5), 14, "12 à 14", is_exact=False)


def heights(svg: str) -> list[float]:
    return [float(found) for found in re.findall(r'<rect[^>]* height="([\d.]+)"', svg)]


def test_a_taller_column_is_more_people() -> None:
    low, high = heights(trend([Point(MARCH.day, 6, "6", is_exact=True), MARCH]))
    assert high == 2 * low


def test_a_range_is_a_dashed_column_with_its_words() -> None:
    svg = trend([MARCH, MAY])
    assert svg.count("stroke-dasharray") == 1
    assert ">12 à 14</text>" in svg
    assert 'aria-label="mars 2026\u202f: 12, mai 2026\u202f: 12 à 14"' in svg


def test_a_year_is_written_once() -> None:
    svg = trend([MARCH, MAY, Point(date(2027, 1, 5), 9, "9", is_exact=True)])
    assert svg.count(">2026</text>") == svg.count(">2027</text>") == 1


@pytest.mark.parametrize("count", [0, 1, MOST_POINTS])
def test_a_drawing_stays_in_its_frame(count: int) -> None:
    svg = trend(
        [Point(date(2026, 1, 1 + n), 0, "0", is_exact=True) for n in range(count)]
    )
    for left, width in re.findall(r'<rect x="([\d.-]+)"[^>]* width="([\d.]+)"', svg):
        assert 0 <= float(left) <= 400 - float(width)


@pytest.mark.django_db
def test_points_are_what_the_reports_say_oldest_first(
    meetup: Meetup, eloy: User
) -> None:
    partner = town_hall(eloy)
    come(meetup, 6)
    first = give(meetup, partner)
    meetup.attendances.all().delete()
    later = MeetupFactory(title="Le dîner", circle=meetup.circle)
    Meetup.objects.filter(pk=meetup.pk).update(starts_at="2026-01-06T11:15:00Z")
    second = give(later, partner)
    told = points(Report.objects.select_related("meetup"))
    assert [point.words for point in told] == ["6", "0"]
    assert [point.more[1] for point in told] == ["1", "0"]
    assert [point.more[0] for point in told] == [
        report.title.removeprefix("Bilan\u202f: ") for report in (first, second)
    ]


@pytest.mark.django_db
def test_a_hidden_number_stays_hidden(meetup: Meetup, eloy: User) -> None:
    come(meetup, 3)
    report = give(meetup, town_hall(eloy))
    (point,) = points([report])
    assert (point.words, point.is_exact) == ("moins de 5", False)
    assert "3" not in point.words
    assert point.more[1] == "non donné"


@pytest.mark.django_db
def test_two_reports_of_one_meal_are_one_point(meetup: Meetup, eloy: User) -> None:
    give(meetup, town_hall(eloy))
    give(meetup, PartnerFactory(communes=[meetup.venue.commune]))
    assert len(points(Report.objects.select_related("meetup"))) == 1


@pytest.mark.django_db
def test_a_year_is_not_a_point_and_hides_no_other_report(
    meetup: Meetup, eloy: User, amina: User, signed_in
) -> None:
    """A report without a meetup must not make the others disappear: NOT IN (NULL)."""
    partner = town_hall(eloy)
    neighbours = PartnerFactory(communes=[meetup.venue.commune])
    report = give(meetup, neighbours)
    year = period(ReportKind.TERRITORY, partner, amina)
    html = signed_in(eloy).get(reverse("partner_reports")).content.decode()
    assert report.get_absolute_url() in html
    assert year.get_absolute_url() in html
    assert "de repas en repas" not in html


@pytest.mark.django_db
def test_the_space_draws_and_tells_the_same_figures(
    meetup: Meetup, eloy: User, signed_in
) -> None:
    come(meetup, 6)
    give(meetup, town_hall(eloy))
    other = MeetupFactory(title="Le dîner", circle=meetup.circle)
    come(other, 8)
    give(other, town_hall(eloy))
    html = signed_in(eloy).get(reverse("partner_reports")).content.decode()
    for number in ("6", "8"):
        assert f">{number}</text>" in html
        assert f'<td data-l="Personnes">{number}</td>' in html
