from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from invitations.models import Invitation, PartStat
from networking.models import Meetup, User
from reports.actions import (
    NotRecordable,
    add_walk_in,
    close_meetup,
    record_presence,
    take_off_walk_in,
)
from reports.models import Attendance, Presence
from tests.factories import InvitationFactory, ProfessionFactory

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def address(name: str, *args: object) -> str:
    return reverse(name, args=args)


def test_closing_marks_as_absent_who_said_yes_and_did_not_come(
    guest: Invitation, meetup: Meetup, amina: User, signed_in: SignIn, noon
) -> None:
    here = InvitationFactory(meetup=meetup, partstat=PartStat.ACCEPTED)
    InvitationFactory(meetup=meetup, partstat=PartStat.TENTATIVE)
    client = signed_in(amina)
    client.post(
        address("record_attendance", meetup.pk, here.pk), {"presence": "present"}
    )
    page = client.get(address("close_meetup", meetup.pk)).content.decode()
    assert "1\u00a0personne a dit oui et n’est pas notée" in page
    response = client.post(address("close_meetup", meetup.pk))
    assert response.url == address("issue_report", meetup.pk)
    meetup.refresh_from_db()
    assert meetup.is_closed
    marks = dict(meetup.attendances.values_list("invitation", "presence"))
    assert marks == {guest.pk: Presence.ABSENT, here.pk: Presence.PRESENT}


def test_closing_twice_is_closing_once(
    guest: Invitation, meetup: Meetup, amina: User, noon
) -> None:
    for _ in range(2):
        close_meetup(meetup=meetup, user=amina)
    assert meetup.attendances.count() == 1


def test_looking_at_the_closing_page_closes_nothing(
    meetup: Meetup, amina: User, signed_in: SignIn, noon
) -> None:
    signed_in(amina).get(address("close_meetup", meetup.pk))
    meetup.refresh_from_db()
    assert meetup.is_planned


def test_a_meetup_is_not_closed_before_it_starts(
    guest: Invitation, meetup: Meetup, amina: User, signed_in: SignIn
) -> None:
    url = address("close_meetup", meetup.pk)
    with time_machine.travel(meetup.starts_at - timedelta(seconds=1), tick=False):
        response = signed_in(amina).post(url)
    assert "pas encore commencé" in response.content.decode()
    meetup.refresh_from_db()
    assert meetup.is_planned
    assert not Attendance.objects.exists()


def test_a_relay_records_but_does_not_close_nor_report(
    meetup: Meetup, bruno: User, signed_in: SignIn, noon
) -> None:
    client = signed_in(bruno)
    assert client.get(address("attendance", meetup.pk)).status_code == 200
    for name in ("close_meetup", "issue_report"):
        assert client.get(address(name, meetup.pk)).status_code == 403
        assert client.post(address(name, meetup.pk)).status_code == 403
    meetup.refresh_from_db()
    assert meetup.is_planned


def test_a_late_writer_is_refused_even_with_an_old_copy(
    guest: Invitation, meetup: Meetup, bruno: User, noon
) -> None:
    Meetup.objects.update(status="closed")
    nurse = ProfessionFactory()
    with pytest.raises(NotRecordable):
        record_presence(invitation=guest, presence=Presence.PRESENT, user=bruno)
    with pytest.raises(NotRecordable):
        add_walk_in(meetup=meetup, first_name="Ana", profession=nurse, user=bruno)
    with pytest.raises(NotRecordable):
        take_off_walk_in(meetup=meetup, attendance_pk=1)
