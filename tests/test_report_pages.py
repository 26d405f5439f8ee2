"""The report as a page and as files: who opens them, and what they say."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries

from networking.models import Meetup, Partner, User
from reports import papers
from reports.models import Report
from reports.views.documents import FILES, report_response, serve_report
from tests.factories import CircleFactory, CommuneFactory, PartnerFactory, UserFactory
from tests.sample_reports import meetup_report, year_report

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
ROUTES = ("report_page", *(f"report_{format_}" for format_ in FILES))


@pytest.fixture
def report(meetup: Meetup, eloy: User) -> Report:
    row = meetup_report(
        pk=None,
        meetup_id=meetup.pk,
        partner=Partner.objects.get(members__user=eloy),
        issued_by=meetup.organiser,
    )
    row.save()
    return row


def opened(client: Client, report: Report) -> set[int]:
    return {client.get(reverse(name, args=(report.pk,))).status_code for name in ROUTES}


def page(client: Client, report: Report) -> str:
    return client.get(reverse("report_page", args=(report.pk,))).content.decode()


def test_the_team_and_the_partner_open_every_form(
    report: Report, amina: User, bruno: User, eloy: User, signed_in: SignIn
) -> None:
    for user in (amina, bruno, eloy):
        assert opened(signed_in(user), report) == {200}


def test_others_find_nothing(
    report: Report, amina: User, driss: User, signed_in: SignIn
) -> None:
    stranger = UserFactory(email="other@example.org")
    CircleFactory(name="Ailleurs").team.create(user=stranger, role="organiser")
    clerk = UserFactory(email="clerk@example.org")
    elsewhere = PartnerFactory(name="Mairie d’Ailleurs", communes=[CommuneFactory()])
    elsewhere.members.create(user=clerk)
    for user in (driss, stranger, clerk):
        assert opened(signed_in(user), report) == {404}


def test_nobody_opens_a_report_without_signing_in(
    report: Report, client: Client
) -> None:
    assert opened(client, report) == {302}


def test_a_report_is_only_read(report: Report, amina: User, signed_in: SignIn) -> None:
    client = signed_in(amina)
    for name in ROUTES:
        assert client.post(reverse(name, args=(report.pk,))).status_code == 405


def test_the_page_says_what_the_paper_says(
    report: Report, eloy: User, signed_in: SignIn
) -> None:
    html = page(signed_in(eloy), report)
    for words in (
        "8 métiers du soin autour d’une même table",
        "39 à 41",
        "Aide à domicile",
        "moins de 5",
        "Maintenant je sais qui appeler",
        "Saint-Jore",
        "PR-20261210-17",
        "non publié",
    ):
        assert words in html
    for format_ in FILES:
        assert reverse(f"report_{format_}", args=(report.pk,)) in html
    # In the order of the paper: who came, the words, and the rest.
    order = [
        html.index(words) for words in ("Qui était là", "La suite", "Le déjeuner<")
    ]
    assert order == sorted(order)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_asks_the_same_whatever_its_length(
    rows: int,
    report: Report,
    eloy: User,
    signed_in: SignIn,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    report.figures = year_report(rows).figures
    report.save()
    client = signed_in(eloy)
    url = reverse("report_page", args=(report.pk,))
    client.get(url)
    with django_assert_num_queries(8):
        client.get(url)


def test_each_file_has_its_kind_and_a_name(
    report: Report, eloy: User, signed_in: SignIn
) -> None:
    client = signed_in(eloy)
    for format_, (make, mime) in FILES.items():
        answer = client.get(reverse(f"report_{format_}", args=(report.pk,)))
        assert answer["Content-Type"] == mime
        name = f"bilan-le-dejeuner-de-valmorey-jeudi-10-decembre-2026-v1.{format_}"
        assert f'filename="{name}"' in answer["Content-Disposition"]
        assert answer.content == make(report)


def test_every_form_can_be_read(report: Report) -> None:
    made = {format_: serve_report(report, format_).content for format_ in FILES}
    assert len(PdfReader(BytesIO(made["pdf"])).pages) == 2
    assert "trades" in load_workbook(BytesIO(made["xlsx"])).sheetnames
    assert made["csv"] == papers.csv_bytes(report)
    assert made["ods"].startswith(b"PK")


def test_whoever_comes_by_a_link_gets_the_same_page_with_other_addresses(
    report: Report, rf: RequestFactory
) -> None:
    files = {"pdf": "/b/abc.pdf"}
    answer = report_response(rf.get("/"), report, base="base.html", files=files)
    assert isinstance(answer, HttpResponse)
    html = answer.content.decode()
    assert "/b/abc.pdf" in html
    assert reverse("report_csv", args=(report.pk,)) not in html


def test_hostile_words_stay_words(
    report: Report, eloy: User, signed_in: SignIn
) -> None:
    hostile = "<script>alert(1)</script>"
    report.figures["headline"] = report.title = hostile
    report.figures["blocks"][1]["rows"] = [[hostile, 3]]
    report.figures["blocks"][3]["kind"] = "bars"
    report.figures["blocks"][3]["rows"] = [[hostile, 3]]
    report.save()
    assert hostile not in page(signed_in(eloy), report)


def test_the_meetup_leads_to_the_page(
    report: Report, amina: User, signed_in: SignIn
) -> None:
    html = signed_in(amina).get(report.meetup.get_absolute_url()).content.decode()
    assert reverse("report_page", args=(report.pk,)) in html


def test_what_a_partner_takes_is_noted_and_what_the_team_takes_is_not(
    report: Report, amina: User, eloy: User, signed_in: SignIn
) -> None:
    for user in (amina, eloy):
        opened(signed_in(user), report)
    taken = report.downloads.values_list("user", "format")
    assert set(taken) == {(eloy.pk, format_) for format_ in (*FILES, "page")}
