"""A funder compares documents: title and date are worded alike in all of them."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from pypdf import PdfReader

from invitations import mails
from networking.models import Meetup, Professional, User
from networking.templatetags.french import long_date_year
from reports import papers
from reports.actions import close_meetup, issue_report, record_presence
from reports.actions.after import certify
from reports.models import Presence
from tests.factories import InvitationFactory, PartnerFactory

pytestmark = pytest.mark.django_db


def words_of(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return " ".join(text.replace("\u202f", " ").split())


def test_invitation_sheet_certificate_and_report_say_the_same(
    meetup: Meetup, chloe: Professional, amina: User
) -> None:
    guest = InvitationFactory(meetup=meetup, professional=chloe, partstat="ACCEPTED")
    invitation = mails.invitation(guest)
    begun = timezone.now() - timedelta(hours=3)
    Meetup.objects.filter(pk=meetup.pk).update(
        starts_at=begun, ends_at=begun + timedelta(minutes=90)
    )
    meetup.refresh_from_db()
    guest.refresh_from_db()
    record_presence(invitation=guest, presence=Presence.PRESENT, user=amina)
    sheet = words_of(papers.sheet(meetup))
    close_meetup(meetup=meetup, user=amina)
    meetup.refresh_from_db()
    certificate = certify(presence=guest.attendance, last_name="Martin")
    report = issue_report(
        meetup=meetup,
        partner=PartnerFactory(),
        quotes=[],
        next_steps=[],
        cost=None,
        user=amina,
    )
    day = long_date_year(meetup.starts_at)
    assert meetup.full_title == f"{meetup.title}, {day}"
    assert certificate.title == meetup.full_title
    assert report.title.endswith(meetup.full_title)
    for words in (sheet, words_of(papers.certificate(certificate))):
        assert meetup.title in words
        assert day in words
    assert meetup.title in words_of(papers.report(report))
    assert f"SUMMARY:{meetup.title}".encode() in (invitation.calendar or b"")
