"""Each person by one channel: the mail, the text message, the call, the card."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.utils import timezone

from invitations import actions, outbox, sms, texts
from invitations.channels import channel_for, channels_of
from invitations.gsm import fits_one, gsm_length
from invitations.models import (
    Delivery,
    DeliveryChannel,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
    PartStat,
)
from invitations.telling import text_of
from networking.models import Channel, Meetup, Professional, Suppression
from tests.factories import InvitationFactory, ProfessionalFactory
from tests.sms_gateway import SmsGateway, running
from venues.phones import phone_typed, takes_text

pytestmark = pytest.mark.django_db

EMAIL, SMS, PHONE, PAPER = DeliveryChannel
MOBILE, LANDLINE = "+33639980102", "+33479000000"
INVITATION, UPDATE = DeliveryKind.INVITATION, DeliveryKind.UPDATE


@pytest.fixture
def gateway(settings: LazySettings) -> Iterator[SmsGateway]:
    with running() as server:
        settings.SMS_URL = server.url
        settings.SMS_BODY = '{"to": "{to}", "text": "{text}", "id": "{reference}"}'
        yield server


def person(**fields: object) -> Professional:
    return ProfessionalFactory(**{"phone": MOBILE, **fields})


def invited(meetup: Meetup, **fields: object) -> Invitation:
    actions.send_invitations(meetup=meetup, people=[person(**fields)])
    return Invitation.objects.with_person().latest("pk")


@pytest.mark.parametrize(
    ("fields", "channels"),
    [
        ({}, [EMAIL, SMS, PHONE, PAPER]),
        ({"channel": "sms"}, [SMS, EMAIL, PHONE, PAPER]),
        ({"channel": "phone"}, [PHONE, EMAIL, SMS, PAPER]),
        ({"channel": "phone", "phone": ""}, [EMAIL, PAPER]),
        ({"channel": "sms", "phone": LANDLINE}, [EMAIL, PHONE, PAPER]),
        ({"channel": "secure"}, [EMAIL, PHONE, PAPER]),
        ({"channel": "secure", "email": ""}, [PHONE, PAPER]),
        ({"email": ""}, [SMS, PHONE, PAPER]),
        ({"email": "", "phone": ""}, [PAPER]),
    ],
)
def test_the_preferred_channel_comes_first_when_it_is_possible(
    gateway: SmsGateway, fields: dict[str, str], channels: list[str]
) -> None:
    assert channels_of(person(**fields)) == channels


def test_without_a_gateway_nobody_is_texted() -> None:
    assert channels_of(person(channel=Channel.SMS)) == [EMAIL, PHONE, PAPER]


@pytest.mark.parametrize(
    ("number", "takes"),
    [("06 39 98 01 02", True), ("07 57 00 00 00", True), ("04 79 00 00 00", False)],
)
def test_only_mobiles_take_text_messages(number: str, takes: bool) -> None:
    assert takes_text(phone_typed(number)) is takes
    assert not takes_text("")


def test_an_address_that_bounced_is_not_used_and_whoever_rests_is_left_in_peace() -> (
    None
):
    bounced = person(email_bounced_at=timezone.now())
    resting = person(paused_until=timezone.localdate() + timedelta(days=1))
    gone = person(opted_out_at=timezone.now())
    assert channel_for(bounced, INVITATION) == PHONE
    assert not actions.reachable(bounced)
    assert channel_for(resting, INVITATION) is None
    assert channel_for(resting, UPDATE) == EMAIL
    assert not actions.reachable(resting, INVITATION)
    assert actions.reachable(resting)
    assert channel_for(gone, UPDATE) is None
    assert not actions.reachable(gone)


def test_a_pause_is_over_on_its_day() -> None:
    resting = person(paused_until=timezone.localdate())
    assert channel_for(resting, INVITATION) == EMAIL


def test_a_message_is_one_row_of_one_channel(
    meetup: Meetup, gateway: SmsGateway
) -> None:
    for channel in Channel:
        invited(meetup, channel=channel)
    invited(meetup, email="", phone="")
    rows = Delivery.objects.order_by("pk").values_list("channel", "recipient")
    assert [channel for channel, _ in rows] == [EMAIL, PHONE, SMS, EMAIL, PAPER]
    assert rows[2][1] == MOBILE
    assert rows[4][1] == ""
    assert set(Delivery.objects.values_list("kind", flat=True)) == {INVITATION}


def test_a_whole_story_reaches_a_person_by_text_only(
    meetup: Meetup, gateway: SmsGateway
) -> None:
    guest = invited(meetup, channel=Channel.SMS)
    outbox.deliver_due("test")
    day = timedelta(days=7)
    actions.move_meetup(
        meetup=meetup,
        venue=meetup.venue,
        starts_at=meetup.starts_at + day,
        ends_at=meetup.ends_at + day,
    )
    outbox.deliver_due("test")
    actions.cancel_meetup(meetup=Meetup.objects.get(), reason="Trop de neige.")
    outbox.deliver_due("test")
    rows = guest.deliveries.order_by("pk")
    assert {(row.channel, row.status) for row in rows} == {(SMS, DeliveryStatus.SENT)}
    assert [row.kind for row in rows] == ["invitation", "update", "cancellation"]
    assert "Trop de neige." in rows[2].text
    assert len(gateway.asked) == 3


def test_the_gateway_gets_the_same_reference_at_each_try(
    meetup: Meetup, gateway: SmsGateway
) -> None:
    gateway.answer(503, b"busy")
    row = invited(meetup, channel=Channel.SMS).deliveries.get()
    outbox.deliver_due("test")
    row.refresh_from_db()
    assert (row.status, row.attempts) == (DeliveryStatus.QUEUED, 0)
    assert row.due_at > timezone.now()
    gateway.answer(201, b"{}")
    Delivery.objects.update(due_at=timezone.now())
    assert outbox.deliver_due("test") == 1
    first, second = (asked.body for asked in gateway.asked)
    assert first == second


def test_a_refused_text_message_becomes_a_call(
    meetup: Meetup, gateway: SmsGateway
) -> None:
    gateway.answer(400, b"unknown number")
    guest = invited(meetup, channel=Channel.SMS)
    outbox.deliver_due("test")
    failed, call = guest.deliveries.order_by("pk")
    assert failed.status == DeliveryStatus.FAILED
    assert "unknown number" in failed.last_error
    assert (call.channel, call.status) == (PHONE, DeliveryStatus.QUEUED)
    assert "Est-ce que vous venez" in call.text
    assert len(gateway.asked) == 1


def test_after_two_days_without_a_gateway_somebody_calls(
    meetup: Meetup, gateway: SmsGateway
) -> None:
    gateway.answer(503, b"busy")
    row = invited(meetup, channel=Channel.SMS).deliveries.get()
    Delivery.objects.update(refused_since=timezone.now() - timedelta(hours=49))
    outbox.deliver_due("test")
    row.refresh_from_db()
    assert row.status == DeliveryStatus.FAILED
    assert Delivery.objects.calls().count() == 1


def test_a_seat_that_comes_free_is_offered_by_telephone(meetup: Meetup) -> None:
    Meetup.objects.update(capacity=1)
    first = InvitationFactory(meetup=meetup)
    second = InvitationFactory(
        meetup=meetup, professional=person(channel=Channel.PHONE)
    )
    actions.answer(invitation=first, partstat=PartStat.ACCEPTED)
    actions.answer(invitation=second, partstat=PartStat.ACCEPTED)
    actions.answer(invitation=first, partstat=PartStat.DECLINED)
    call = Delivery.objects.calls().get()
    second.refresh_from_db()
    assert (call.kind, call.not_after) == (DeliveryKind.SEAT, second.offered_until)
    assert "Est-ce que vous prenez la place" in call.text


def test_colleagues_at_an_address_that_objected_are_called(meetup: Meetup) -> None:
    Suppression.objects.add("accueil@example.org")
    alone = invited(meetup, email="accueil@example.org")
    assert not alone.deliveries.exists()
    Professional.objects.update(email="", shares_mailbox=False)
    shared = invited(meetup, email="accueil@example.org", shares_mailbox=True)
    assert shared.deliveries.get().channel == PHONE


def test_an_answer_by_any_way_takes_the_call_back(meetup: Meetup) -> None:
    guest = invited(meetup, channel=Channel.PHONE)
    actions.answer(invitation=guest, partstat=PartStat.DECLINED)
    row = guest.deliveries.get()
    assert (row.status, row.last_error) == ("dropped", "La personne a répondu.")


def test_a_reply_takes_text_messages_back_too(
    meetup: Meetup, gateway: SmsGateway
) -> None:
    guest = invited(meetup, channel=Channel.SMS)
    actions.answer(invitation=guest, partstat=PartStat.TENTATIVE)
    assert outbox.deliver_due("test") == 0
    assert gateway.asked == []


def test_whoever_says_stop_is_neither_texted_nor_called(
    meetup: Meetup, gateway: SmsGateway
) -> None:
    texted = invited(meetup, channel=Channel.SMS)
    called = invited(meetup, channel=Channel.PHONE)
    for guest in (texted, called):
        actions.stop_writing(person=guest.professional)
    assert outbox.deliver_due("test") == 0
    assert not Delivery.objects.waiting().exists()


def test_a_call_that_nobody_made_in_time_is_dropped(meetup: Meetup) -> None:
    invited(meetup, channel=Channel.PHONE)
    from_now = meetup.starts_at + timedelta(minutes=1)
    assert outbox.drop_stale_calls(timezone.now()) == 0
    assert outbox.drop_stale_calls(from_now) == 1
    assert Delivery.objects.get().status == DeliveryStatus.DROPPED


NAMES = {
    "invitation": {},
    "reminder": {},
    "update": {"change": "DAY", "was_coming": True},
    "cancellation": {},
    "seat_offered": {},
    "seat_given": {},
}


@pytest.mark.parametrize("name", NAMES)
def test_a_text_message_fits_one_and_holds_the_personal_link(
    meetup: Meetup, chloe: Professional, settings: LazySettings, name: str
) -> None:
    settings.SHORT_URL = "https://pr.example"
    guest = InvitationFactory(meetup=meetup, professional=chloe)
    guest.offered_until = timezone.now() + timedelta(days=2)
    meetup.cancellation_reason = "La salle est inondée. " * 9
    text = texts.sms(guest, name, NAMES[name])
    assert fits_one(text), gsm_length(text)
    assert text.startswith("Chloé, ")
    assert text.endswith(f"https://pr.example/i/{guest.token}/")


@pytest.mark.parametrize("name", NAMES)
def test_what_to_say_is_short_and_holds_no_link(
    meetup: Meetup, chloe: Professional, name: str
) -> None:
    guest = InvitationFactory(meetup=meetup, professional=chloe)
    guest.offered_until = timezone.now() + timedelta(days=2)
    meetup.cancellation_reason = "La salle est inondée."
    said = texts.call(guest, name, NAMES[name], words="Venez\navec un dessert.")
    assert "Venez" in said
    assert guest.token not in said
    assert 3 <= len(said.splitlines()) <= 7
    assert "{" not in said


def test_a_name_that_telephones_cannot_write_gets_the_shortest_text(
    meetup: Meetup,
) -> None:
    guest = InvitationFactory(
        meetup=meetup, professional=ProfessionalFactory(first_name="Оксана")
    )
    text = texts.sms(guest, "invitation", {})
    assert not fits_one(text)
    assert meetup.venue.name not in text


def test_a_hostile_name_stays_text(meetup: Meetup) -> None:
    guest = InvitationFactory(
        meetup=meetup,
        professional=ProfessionalFactory(first_name='{% x %}"\r\n<b>', phone=MOBILE),
    )
    row = Delivery(
        invitation=guest, channel=SMS, kind=INVITATION, facts={"name": "invitation"}
    )
    assert '{% x %}" <b>' in text_of(row)


def test_in_a_demonstration_the_texts_stay_in_the_mailbox(
    meetup: Meetup, settings: LazySettings
) -> None:
    settings.DEMO = True
    assert sms.is_configured()
    invited(meetup, channel=Channel.SMS)
    assert outbox.deliver_due("test") == 1
    assert len(list(settings.MAILBOX.glob("*.eml"))) == 1
