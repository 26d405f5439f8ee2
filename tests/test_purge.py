from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from invitations import reminders
from invitations.actions import refuse_seat, send_invitations
from invitations.models import Delivery, DeliveryStatus, PartStat, SeatRequest
from networking.models import Meetup, PeopleImport, Professional, User
from reports.models import Attendance, Presence
from reports.purge import purge
from tests.factories import (
    InvitationFactory,
    MeetupFactory,
    ProfessionalFactory,
    SeatRequestFactory,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def ago(days: int) -> dict[str, object]:
    ended = NOW - timedelta(days=days)
    return {"starts_at": ended - timedelta(hours=2), "ends_at": ended}


def test_nothing_recent_is_touched(meetup: Meetup, chloe: Professional) -> None:
    send_invitations(meetup=meetup, people=[chloe])
    SeatRequestFactory(meetup=meetup)
    assert set(purge(NOW).values()) == {0}


def test_contacts_go_three_years_after_their_last_sign() -> None:
    silent = ProfessionalFactory(last_sign_at=NOW - timedelta(days=3 * 365 + 1))
    kept = ProfessionalFactory(last_sign_at=NOW - timedelta(days=3 * 365 - 1))
    assert purge(NOW)["contacts"] == 1
    assert list(Professional.objects.all()) == [kept]
    assert silent.pk != kept.pk


def test_mails_go_after_ninety_days_unless_they_still_wait(
    meetup: Meetup, chloe: Professional
) -> None:
    send_invitations(meetup=meetup, people=[chloe, ProfessionalFactory()])
    Meetup.objects.update(**ago(1))
    Delivery.objects.update(created_at=NOW - timedelta(days=91))
    Delivery.objects.filter(recipient="chloe@example.org").update(
        status=DeliveryStatus.SENT
    )
    assert purge(NOW)["mails"] == 1
    assert Delivery.objects.get().status == DeliveryStatus.QUEUED


def test_texts_and_words_go_like_mails(meetup: Meetup) -> None:
    person = ProfessionalFactory(email="", phone="")
    send_invitations(meetup=meetup, people=[person])
    call = Delivery.objects.get()
    assert (call.recipient, call.text != "") == ("", True)
    long_ago = NOW - timedelta(days=91)
    Delivery.objects.update(created_at=long_ago, status="sent", words="Un mot")
    assert (purge(NOW)["mail texts"], purge(NOW)["mail texts"]) == (1, 0)
    call.refresh_from_db()
    assert (call.text, call.words) == ("", "")


def test_before_the_meal_an_old_mail_loses_its_text_and_keeps_its_place(
    chloe: Professional,
) -> None:
    start = NOW + timedelta(days=2)
    meetup = MeetupFactory(starts_at=start, reminder_days=[2])
    send_invitations(meetup=meetup, people=[chloe])
    long_ago = NOW - timedelta(days=91)
    Delivery.objects.update(
        created_at=long_ago, sent_at=long_ago, status=DeliveryStatus.SENT
    )
    assert (purge(NOW)["mail texts"], purge(NOW)["mail texts"]) == (1, 0)
    kept = Delivery.objects.get()
    assert (bytes(kept.mime), kept.recipient, kept.subject) == (b"", "", "")
    assert reminders.remind(meetup, 2, NOW, now=NOW) == 1


def test_a_mail_without_a_meal_goes_after_ninety_days(meetup: Meetup) -> None:
    refuse_seat(request=SeatRequestFactory(meetup=meetup))
    Delivery.objects.update(
        created_at=NOW - timedelta(days=91), status=DeliveryStatus.SENT
    )
    assert purge(NOW)["mails"] == 1


def test_files_read_yesterday_and_old_requests_go(meetup: Meetup, amina: User) -> None:
    PeopleImport.objects.create(circle=meetup.circle, user=amina, file_name="a.csv")
    PeopleImport.objects.update(created_at=NOW - timedelta(days=2))
    SeatRequestFactory(meetup=MeetupFactory(**ago(91)))
    counts = purge(NOW)
    assert (counts["imports"], counts["seat requests"]) == (1, 1)
    assert not SeatRequest.objects.exists()


def test_a_year_later_a_presence_keeps_its_trade_and_loses_its_name() -> None:
    meetup = MeetupFactory(**ago(366))
    invitation = InvitationFactory(meetup=meetup, partstat=PartStat.ACCEPTED)
    Attendance.objects.create(
        meetup=meetup,
        invitation=invitation,
        first_name="Chloé",
        profession=invitation.professional.profession,
        presence=Presence.PRESENT,
        arrived_at=meetup.starts_at,
        left_at=meetup.ends_at,
        recorded_by=meetup.organiser,
    )
    assert purge(NOW)["names"] == 1
    kept = Attendance.objects.get()
    assert (kept.arrived_at, kept.left_at, kept.recorded_by) == (None, None, None)
    assert (kept.first_name, kept.invitation) == ("", None)
    assert kept.profession == invitation.professional.profession
    assert purge(NOW)["names"] == 0


def test_erasing_a_person_keeps_the_count_of_the_table() -> None:
    invitation = InvitationFactory()
    Attendance.objects.create(
        meetup=invitation.meetup,
        invitation=invitation,
        first_name="Chloé",
        profession=invitation.professional.profession,
        presence=Presence.PRESENT,
    )
    invitation.professional.delete()
    assert Attendance.objects.there().count() == 1


def test_dead_sessions_go() -> None:
    Session.objects.create(
        session_key="old", session_data="", expire_date=NOW - timedelta(days=1)
    )
    assert purge(NOW)["sessions"] == 1
