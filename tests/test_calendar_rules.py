"""One meetup in one guest's calendar, from the mails that left: RFC 5546 and what
calendar programs ask beyond it."""

from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from icalendar import Calendar, Component

from invitations import actions, outbox
from invitations.models import Delivery, Invitation, PartStat
from networking.models import Meetup, Professional
from tests.factories import InvitationFactory, VenueFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(meetup: Meetup, chloe: Professional) -> Invitation:
    actions.send_invitations(meetup=meetup, people=[chloe])
    deliver()
    return Invitation.objects.get()


def deliver() -> None:
    while outbox.deliver_due("test"):
        pass


def mails_to(invitation: Invitation) -> list[EmailMessage]:
    rows = Delivery.objects.filter(invitation=invitation).order_by("pk")
    return [message_from_bytes(bytes(row.mime), policy=policy.default) for row in rows]


def entries(invitation: Invitation) -> list[tuple[str, Component]]:
    """(METHOD, event) of each message with a calendar part, in the order they left."""
    found = []
    for mail in mails_to(invitation):
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                calendar = Calendar.from_ical(part.get_content())
                (event,) = calendar.walk("VEVENT")
                found.append((str(calendar["METHOD"]), event))
    return found


def to_another_venue(meetup: Meetup) -> None:
    meetup.refresh_from_db()
    actions.move_meetup(
        meetup=meetup,
        starts_at=meetup.starts_at,
        ends_at=meetup.ends_at,
        venue=VenueFactory(latitude=45.57, longitude=5.92),
    )
    deliver()


def to_another_day(meetup: Meetup) -> None:
    meetup.refresh_from_db()
    actions.move_meetup(
        meetup=meetup,
        starts_at=meetup.starts_at + timedelta(days=1),
        ends_at=meetup.ends_at + timedelta(days=1),
        venue=meetup.venue,
    )
    deliver()


def test_a_life_in_a_calendar(meetup: Meetup, invitation: Invitation) -> None:
    """Everything within one second: the stamps rise all the same."""
    invitation.rsvp(PartStat.ACCEPTED)
    to_another_venue(meetup)
    to_another_day(meetup)
    meetup.refresh_from_db()
    actions.cancel_meetup(meetup=meetup, reason="Trop de neige.")
    deliver()
    found = entries(invitation)
    assert [(method, int(event["SEQUENCE"])) for method, event in found] == [
        ("REQUEST", 0),
        ("REQUEST", 1),
        ("REQUEST", 2),
        ("CANCEL", 3),
    ]
    assert {str(event["UID"]) for _, event in found} == {meetup.uid}
    assert len({str(event["ORGANIZER"]) for _, event in found}) == 1
    stamps = [event["DTSTAMP"].dt for _, event in found]
    assert stamps == sorted(set(stamps))
    answers = [event["ATTENDEE"].params.get("PARTSTAT") for _, event in found]
    assert answers == ["NEEDS-ACTION", "ACCEPTED", "NEEDS-ACTION", None]
    assert found[-1][1]["STATUS"] == "CANCELLED"
    assert found[-1][1]["DTSTART"].dt == found[-2][1]["DTSTART"].dt


def test_a_reminder_and_an_answer_raise_nothing(
    meetup: Meetup, invitation: Invitation
) -> None:
    invitation.rsvp(PartStat.TENTATIVE)
    actions.adjust_meetup(meetup=meetup, details={"capacity": 20, "title": "Le repas"})
    meetup.refresh_from_db()
    assert meetup.sequence == 0


@pytest.mark.parametrize("answer", ["ACCEPTED", "TENTATIVE", "DELEGATED"])
def test_whatever_they_said_a_new_place_keeps_it(
    meetup: Meetup, invitation: Invitation, answer: str
) -> None:
    invitation.rsvp(PartStat(answer))
    to_another_venue(meetup)
    _, event = entries(invitation)[-1]
    assert event["ATTENDEE"].params["PARTSTAT"] == answer
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"


@pytest.mark.parametrize(
    ("answer", "messages"), [(None, 2), ("TENTATIVE", 2), ("DECLINED", 1)]
)
def test_a_change_is_told_to_the_silent_and_not_to_those_who_said_no(
    meetup: Meetup, invitation: Invitation, answer: str | None, messages: int
) -> None:
    if answer:
        invitation.rsvp(PartStat(answer))
    to_another_day(meetup)
    assert len(entries(invitation)) == messages


def test_sender_reply_address_and_organiser_are_one_in_every_message(
    meetup: Meetup, invitation: Invitation
) -> None:
    invitation.rsvp(PartStat.ACCEPTED)
    to_another_venue(meetup)
    meetup.refresh_from_db()
    actions.cancel_meetup(meetup=meetup, reason="Trop de neige.")
    deliver()
    messages = mails_to(invitation)
    assert len(messages) == 3
    for mail in messages:
        assert parseaddr(mail["From"])[1] == invitation.reply_address
        assert parseaddr(mail["Reply-To"])[1] == invitation.reply_address
    for _, event in entries(invitation):
        assert str(event["ORGANIZER"]) == f"mailto:{invitation.reply_address}"


def test_the_place_and_its_point_follow_the_move(
    meetup: Meetup, invitation: Invitation
) -> None:
    to_another_venue(meetup)
    (_, first), (_, moved) = entries(invitation)
    assert "GEO" not in first
    assert moved["GEO"].to_ical() == "45.57;5.92"
    meetup.refresh_from_db()
    venue = meetup.venue
    assert str(moved["LOCATION"]) == f"{venue.name}, {venue.full_address}"


def test_nothing_that_calendars_share_holds_a_personal_link(
    meetup: Meetup, invitation: Invitation
) -> None:
    other = InvitationFactory(meetup=meetup)
    to_another_venue(meetup)
    for _, event in entries(invitation):
        shared = {k: v for k, v in event.items() if k != "ORGANIZER"}
        text = str(shared).lower()
        for secret in (invitation.token, invitation.reply_token, other.token, "/i/"):
            assert secret not in text
