"""Who opened a report: noted for partners, shown to the team, erased in time."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from networking.models import Meetup, Professional, User
from reports.actions import forget
from reports.actions.portal import add_address
from reports.models import Download, Report, ReportLink
from reports.purge import purge
from tests.factories import CommuneFactory, PartnerFactory, UserFactory
from tests.portal import give, link_of, town_hall

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(meetup: Meetup, eloy: User) -> Report:
    return give(meetup, town_hall(eloy))


def readings_page(report: Report) -> str:
    return reverse("report_readings", args=(report.pk,))


def test_a_reading_says_who_what_and_when(
    report: Report, eloy: User, signed_in
) -> None:
    signed_in(eloy).get(report.get_absolute_url())
    Client().post(link_of(report).get_absolute_url(), {"format": "csv"})
    by_link, by_account = Download.objects.order_by("format")
    assert (by_link.link, by_link.user, by_link.format) == (
        link_of(report),
        None,
        "csv",
    )
    assert (by_account.link, by_account.user, by_account.format) == (None, eloy, "pdf")
    assert abs(by_account.at - timezone.now()) < timedelta(minutes=1)


def test_looking_without_taking_is_not_noted(
    report: Report, eloy: User, signed_in
) -> None:
    signed_in(eloy).head(report.get_absolute_url())
    signed_in(eloy).get(reverse("partner_reports"))
    Client().get(link_of(report).get_absolute_url())
    Client().head(link_of(report).get_absolute_url())
    assert not Download.objects.exists()


def test_the_team_reads_without_being_noted(
    report: Report, amina: User, bruno: User, signed_in
) -> None:
    for user in (amina, bruno):
        assert signed_in(user).get(report.get_absolute_url()).status_code == 200
    assert not Download.objects.exists()


def test_a_thumb_that_presses_twice_reads_once(
    report: Report, eloy: User, signed_in
) -> None:
    for _ in range(2):
        signed_in(eloy).get(report.get_absolute_url())
    assert Download.objects.count() == 1
    Download.objects.update(at=timezone.now() - timedelta(minutes=2))
    signed_in(eloy).get(report.get_absolute_url())
    assert Download.objects.count() == 2


def test_the_team_sees_how_often_when_last_and_by_whom(
    report: Report, amina: User, eloy: User, signed_in
) -> None:
    team = signed_in(amina)
    assert "Pas encore ouvert" in team.get(readings_page(report)).content.decode()
    signed_in(eloy).get(report.get_absolute_url())
    assert "Ouvert une fois, le" in team.get(readings_page(report)).content.decode()
    path = link_of(report).get_absolute_url()
    Client().post(path, {"format": "pdf"})
    Client().post(path, {"format": "csv"})
    html = team.get(readings_page(report)).content.decode()
    assert "Ouvert 3\u00a0fois, la dernière fois le" in html
    assert "Mme Eloy, avec son compte" in html
    assert f"Lien envoyé à {eloy.email}" in html
    assert link_of(report).token not in html


def test_a_partner_sees_its_own_readings_and_not_anothers(
    report: Report, eloy: User, signed_in
) -> None:
    neighbour = UserFactory(email="lac@cpts.example")
    communes = [report.meetup.venue.commune, CommuneFactory()]
    PartnerFactory(communes=communes, members=[neighbour])

    def opened(user: User) -> bool:
        page = signed_in(user).get(reverse("partner_reports")).content.decode()
        return "Ouvert une fois" in page

    signed_in(neighbour).get(report.get_absolute_url())
    assert (opened(neighbour), opened(eloy)) == (True, False)
    Download.objects.all().delete()
    Client().post(link_of(report).get_absolute_url(), {"format": "pdf"})
    assert (opened(neighbour), opened(eloy)) == (False, True)


def test_readings_are_counted_once_with_two_partners_in_one_hand(
    report: Report, eloy: User, signed_in
) -> None:
    PartnerFactory(communes=[report.meetup.venue.commune], members=[eloy])
    client = signed_in(eloy)
    client.get(report.get_absolute_url())
    page = client.get(reverse("partner_reports")).content.decode()
    assert "Ouvert une fois" in page


def test_readings_and_dead_links_go_after_a_year(report: Report) -> None:
    now, year = timezone.now(), timedelta(days=365)
    link = link_of(report)
    for age in (year - timedelta(days=1), year + timedelta(days=1)):
        Download.objects.create(report=report, link=link, format="pdf", at=now - age)
    assert purge(now)["readings"] == 1
    assert Download.objects.get().link == link
    ReportLink.objects.update(expires_at=now - year + timedelta(days=1))
    assert purge(now)["report links"] == 0
    ReportLink.objects.update(expires_at=now - year - timedelta(days=1))
    assert purge(now)["report links"] == 1
    assert Download.objects.get().link is None


def test_a_reading_outlives_the_account_without_its_name(
    report: Report, amina: User, eloy: User, signed_in
) -> None:
    signed_in(eloy).get(report.get_absolute_url())
    eloy.delete()
    html = signed_in(amina).get(readings_page(report)).content.decode()
    assert "Un ancien accès" in html


def test_who_asks_to_be_erased_is_erased_here_too(
    report: Report, chloe: Professional
) -> None:
    address = chloe.email.upper()
    add_address(partner=report.partner, email=address, frequency="yearly")
    ReportLink.new(report, address)
    forget(person=chloe)
    kept = ReportLink.objects.get()
    assert kept.subscription == report.partner.subscriptions.get()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    report: Report,
    amina: User,
    eloy: User,
    signed_in,
    count: int,
    django_assert_num_queries,
) -> None:
    for n in range(count):
        link = ReportLink.new(report, f"a{n}@mairie.example")
        Download.objects.create(report=report, link=link, format="pdf")
    client = signed_in(amina)
    with django_assert_num_queries(11):
        client.get(readings_page(report))
