"""A report behind a link: what it shows, what it gives, what it leaves behind."""

import logging
from datetime import timedelta
from io import BytesIO, StringIO

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from invitations.models import Delivery
from networking.models import Meetup, Suppression, User
from networking.tokens import MaskTokens
from reports import papers
from reports.actions.portal import LINKS_A_DAY, give_link, revoke
from reports.models import Download, Report, ReportLink
from reports.models.sendings import LINK_LIVES
from tests.factories import MeetupFactory
from tests.portal import come, give, link_of, town_hall

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(meetup: Meetup, eloy: User) -> Report:
    come(meetup, 6)
    return give(meetup, town_hall(eloy))


@pytest.fixture
def link(report: Report) -> ReportLink:
    return link_of(report)


def page(link: ReportLink) -> str:
    return Client().get(link.get_absolute_url()).content.decode()


def test_the_page_says_what_it_is_for_whom_and_until_when(link: ReportLink) -> None:
    html = page(link)
    assert link.report.title in html
    assert "Pour la mairie de Valmorey" in html
    assert "personnes présentes" in html
    assert "Télécharger le bilan" in html
    assert "Ana" not in html


def test_one_button_gives_the_paper_and_the_figures(link: ReportLink) -> None:
    path = link.get_absolute_url()
    paper = Client().post(path, {"format": "pdf"})
    assert paper["Content-Type"] == "application/pdf"
    assert paper["Content-Disposition"].startswith('attachment; filename="bilan-')
    assert paper.content == papers.report(link.report)
    assert len(PdfReader(BytesIO(paper.content)).pages) >= 1
    figures = Client().post(path, {"format": "csv"})
    assert figures.content == papers.csv_bytes(link.report)
    sheet = Client().post(path, {"format": "ods"})
    assert sheet.content == papers.ods(link.report)


def test_the_report_is_read_on_the_screen_too(link: ReportLink) -> None:
    html = Client().get(link.get_absolute_url(), {"page": "1"}).content.decode()
    assert "Comment lire ces chiffres" in html
    assert "/bilans/" not in html
    assert not Download.objects.exists()


@pytest.mark.parametrize("wanted", ["", "docx", "../pdf", "page"])
def test_another_format_gives_the_page_again(link: ReportLink, wanted: str) -> None:
    response = Client().post(link.get_absolute_url(), {"format": wanted})
    assert response["Content-Type"].startswith("text/html")
    assert not Download.objects.exists()


def test_the_button_is_protected_like_every_form(link: ReportLink) -> None:
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post(link.get_absolute_url(), {"format": "pdf"})
    assert refused.status_code == 403
    assert not Download.objects.exists()


@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_nobody_keeps_a_page_behind_a_link(link: ReportLink, method: str) -> None:
    data = {"format": "pdf"} if method == "post" else {}
    response = getattr(Client(), method)(link.get_absolute_url(), data)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store, private"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["X-Robots-Tag"] == "noindex"


def test_a_link_lives_ninety_days(link: ReportLink) -> None:
    assert timedelta(days=90) == LINK_LIVES
    assert abs(link.expires_at - link.created_at - LINK_LIVES) < timedelta(seconds=5)
    almost, over = timezone.now() + timedelta(seconds=60), timezone.now()
    ReportLink.objects.update(expires_at=almost)
    assert Client().get(link.get_absolute_url()).status_code == 200
    ReportLink.objects.update(expires_at=over)
    assert Client().get(link.get_absolute_url()).status_code == 404


def test_the_database_holds_no_living_link(link: ReportLink) -> None:
    row = ReportLink.objects.filter(pk=link.pk).values().get()
    assert link.token not in str(row)


def test_the_log_holds_no_link(link: ReportLink) -> None:
    out = StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(MaskTokens())
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    gone = reverse("linked_report", args=("b" * 26,))
    Client().get(gone)
    logger.removeHandler(handler)
    assert "/bilan/…/" in out.getvalue()
    assert "b" * 26 not in out.getvalue()


def test_a_replaced_report_says_so_and_leads_nowhere(
    meetup: Meetup, link: ReportLink
) -> None:
    assert "remplacé" not in page(link)
    new = give(meetup, link.report.partner, "On se connaît.")
    html = page(link)
    assert "Ce bilan a été remplacé." in html
    assert new.get_absolute_url() not in html
    assert link_of(new).token not in html
    assert "remplacé" not in page(link_of(new))


def test_an_old_link_still_gives_the_old_paper(
    meetup: Meetup, link: ReportLink
) -> None:
    before = papers.report(link.report)
    give(meetup, link.report.partner, "On se connaît.")
    assert Client().post(link.get_absolute_url(), {"format": "pdf"}).content == before


def test_a_taken_back_link_is_dead_at_once(
    link: ReportLink, amina: User, signed_in
) -> None:
    path = reverse("revoke_link", args=(link.report.pk, link.pk))
    team = signed_in(amina)
    shown = team.post(path, follow=True).content.decode()
    assert "Retiré le" in shown
    assert Client().get(link.get_absolute_url()).status_code == 404
    link.refresh_from_db()
    first = link.revoked_at
    team.post(path)
    link.refresh_from_db()
    assert link.revoked_at == first


def readings_page(report: Report) -> str:
    return reverse("report_readings", args=(report.pk,))


def test_a_new_link_goes_by_mail_to_who_lost_theirs(
    report: Report, amina: User, signed_in
) -> None:
    team = signed_in(amina)
    data = {"email": "Accueil@Mairie.example"}
    shown = team.post(readings_page(report), data, follow=True).content.decode()
    assert "Le lien est parti par e-mail." in shown
    new = report.links.get(subscription=None)
    assert (new.email, new.created_by) == ("accueil@mairie.example", amina)
    sent = Delivery.objects.get(recipient="accueil@mairie.example")
    assert b"List-Unsubscribe" not in bytes(sent.mime)
    assert Client().get(new.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("typed", ["", "accueil", "a@b", "a@gmial.com"])
def test_a_wrong_address_stays_in_its_field_with_a_sentence(
    report: Report, amina: User, signed_in, typed: str
) -> None:
    page = signed_in(amina).post(readings_page(report), {"email": typed})
    html = page.content.decode()
    assert 'class="erreur"' in html
    assert f'value="{typed}"' in html or not typed
    assert report.links.count() == 1


def test_whoever_wants_no_mail_gets_no_link(
    report: Report, amina: User, signed_in
) -> None:
    Suppression.objects.add("non@mairie.example")
    data = {"email": "non@mairie.example"}
    html = signed_in(amina).post(readings_page(report), data).content.decode()
    assert "ne reçoit plus nos messages" in html
    assert report.links.count() == 1


def test_links_by_hand_have_a_measure(report: Report, amina: User, signed_in) -> None:
    for n in range(LINKS_A_DAY):
        give_link(report=report, email=f"a{n}@mairie.example", user=amina)
    data = {"email": "encore@mairie.example"}
    html = signed_in(amina).post(readings_page(report), data).content.decode()
    assert "Continuez demain." in html
    ReportLink.objects.update(created_at=timezone.now() - timedelta(days=2))
    signed_in(amina).post(readings_page(report), data)
    assert ReportLink.objects.filter(email=data["email"]).exists()


def test_a_link_by_hand_goes_with_the_member_it_was_for(
    report: Report, eloy: User, amina: User
) -> None:
    """She lost hers, and leaves the town hall a week later."""
    link = give_link(report=report, email="ELOY@mairie.example", user=amina)
    assert link
    assert Client().get(link.get_absolute_url()).status_code == 200
    town_hall(eloy).members.get(user=eloy).delete()
    assert Client().get(link.get_absolute_url()).status_code == 404


def test_a_closed_account_has_no_link(
    report: Report, link: ReportLink, eloy: User, amina: User, signed_in
) -> None:
    assert link.is_open
    User.objects.filter(pk=eloy.pk).update(is_active=False)
    assert Client().get(link.get_absolute_url()).status_code == 404
    assert Client().post(link.get_absolute_url(), {"format": "pdf"}).status_code == 404
    shown = signed_in(amina).get(readings_page(report)).content.decode()
    assert "Ouvert jusqu’au" not in shown


def test_the_mail_of_a_link_that_is_taken_back_does_not_leave(
    report: Report, link: ReportLink, amina: User
) -> None:
    other = give_link(report=report, email="autre@mairie.example", user=amina)
    assert other
    assert Delivery.objects.waiting().count() == 2
    revoke(link)
    revoke(other)
    assert not Delivery.objects.waiting().exists()


def test_a_link_of_another_report_is_another_link(report: Report, eloy: User) -> None:
    other = give(MeetupFactory(title="Le dîner"), town_hall(eloy))
    assert link_of(other).token != link_of(report).token
    assert "Le dîner" not in page(link_of(report))


def test_taking_one_link_back_leaves_the_mail_of_another(
    report: Report, link: ReportLink, eloy: User, amina: User
) -> None:
    other = give_link(report=report, email=eloy.email, user=amina)
    assert other
    revoke(other)
    assert (
        Delivery.objects.waiting().get().key
        == f"report:{report.pk}:{link.subscription_id}"
    )
