"""An address where nothing arrives: said, left alone, and tried again."""

import smtplib
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from invitations import actions, outbox
from invitations.models import (
    Delivery,
    DeliveryChannel,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
    PartStat,
)
from invitations.refusals import explain, in_words
from networking.addresses import BOUNCED, OBJECTED
from networking.forms.people import PersonForm
from networking.models import (
    Circle,
    Meetup,
    Professional,
    Suppression,
    SuppressionReason,
    User,
)
from tests.factories import MeetupFactory, ProfessionalFactory
from tests.test_outbox_faults import Refusing

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
REASON = "550 5.1.1 no such user"


@pytest.fixture
def fatou(meetup: Meetup) -> Professional:
    return ProfessionalFactory(
        first_name="Fatou", email="fatou@example.org", phone="+33639980102"
    )


def asked(meetup: Meetup, person: Professional) -> Invitation:
    """Invited by a mail that has left."""
    actions.send_invitations(meetup=meetup, people=[person])
    while outbox.deliver_due("test"):
        pass
    return Invitation.objects.with_person().get(meetup=meetup, professional=person)


def calls() -> list[Delivery]:
    return list(Delivery.objects.calls().order_by("pk"))


def test_a_bounce_is_a_failed_mail_a_mark_and_a_call(
    meetup: Meetup, fatou: Professional
) -> None:
    guest = asked(meetup, fatou)
    mail = guest.deliveries.get()
    assert actions.bounced(delivery=mail, reason=REASON) == 1
    mail.refresh_from_db()
    fatou.refresh_from_db()
    assert (mail.status, mail.last_error) == (DeliveryStatus.FAILED, REASON)
    assert fatou.email_bounced_at is not None
    assert Suppression.objects.reason("FATOU@example.org") == "bounced"
    (call,) = calls()
    assert (call.invitation, call.channel) == (guest, DeliveryChannel.PHONE)


def test_a_second_bounce_makes_no_second_call(
    meetup: Meetup, fatou: Professional
) -> None:
    mail = asked(meetup, fatou).deliveries.get()
    actions.bounced(delivery=mail, reason=REASON)
    assert actions.bounced(delivery=mail, reason=REASON) == 0
    actions.mark_told(call=calls()[0], user=meetup.organiser)
    assert actions.bounced(delivery=mail, reason=REASON) == 0
    assert len(calls()) == 0


def test_two_mails_about_one_meal_that_come_back_are_one_call(
    meetup: Meetup, fatou: Professional
) -> None:
    guest = asked(meetup, fatou)
    actions.send_again(invitation=guest)
    outbox.deliver_due("test")
    for mail in guest.deliveries.order_by("pk"):
        actions.bounced(delivery=mail, reason=REASON)
    assert len(calls()) == 1


def test_each_meetup_without_an_answer_gets_one_call(
    meetup: Meetup, circle: Circle, fatou: Professional
) -> None:
    others = [MeetupFactory(circle=circle) for _ in range(3)]
    guests = [asked(one, fatou) for one in (meetup, *others)]
    guests[1].rsvp(PartStat.ACCEPTED)
    others[1].cancel("Trop de neige.")
    mail = guests[0].deliveries.get()
    assert actions.bounced(delivery=mail, reason=REASON) == 2
    assert {call.invitation for call in calls()} == {guests[0], guests[3]}


def test_what_still_waits_for_that_address_is_said_instead(
    meetup: Meetup, circle: Circle, fatou: Professional
) -> None:
    mail = asked(meetup, fatou).deliveries.get()
    actions.send_invitations(meetup=MeetupFactory(circle=circle), people=[fatou])
    actions.bounced(delivery=mail, reason=REASON)
    waiting = Delivery.objects.get(status=DeliveryStatus.DROPPED)
    assert waiting.last_error == "L’adresse ne reçoit plus rien."
    assert outbox.deliver_due("test") == 0
    assert len(calls()) == 2


def test_the_last_mail_of_a_guest_may_stand_for_the_message(
    meetup: Meetup, fatou: Professional
) -> None:
    guest = asked(meetup, fatou)
    assert actions.bounced(invitation=guest, reason=REASON) == 1
    assert guest.deliveries.filter(status=DeliveryStatus.FAILED).count() == 1
    assert actions.bounced(invitation=None, reason=REASON) == 0


def test_a_mail_to_a_former_address_leaves_the_new_one_alone(
    meetup: Meetup, fatou: Professional
) -> None:
    mail = asked(meetup, fatou).deliveries.get()
    Professional.objects.filter(pk=fatou.pk).update(email="nouvelle@example.org")
    actions.bounced(delivery=mail, reason=REASON)
    fatou.refresh_from_db()
    assert fatou.email_bounced_at is None
    assert not Suppression.objects.holds("nouvelle@example.org")


def test_an_objection_outlives_a_bounce(meetup: Meetup, fatou: Professional) -> None:
    mail = asked(meetup, fatou).deliveries.get()
    actions.stop_writing(person=fatou)
    assert actions.bounced(delivery=mail, reason=REASON) == 0
    assert Suppression.objects.reason(fatou.email) == SuppressionReason.OBJECTED
    actions.try_again(person=fatou)
    assert Suppression.objects.holds(fatou.email)
    actions.write_again(person=Professional.objects.get(pk=fatou.pk))
    assert not Suppression.objects.holds(fatou.email)


def test_a_person_who_comes_back_still_has_a_dead_address(
    meetup: Meetup, fatou: Professional
) -> None:
    mail = asked(meetup, fatou).deliveries.get()
    actions.bounced(delivery=mail, reason=REASON)
    fatou.refresh_from_db()
    actions.stop_writing(person=fatou)
    actions.write_again(person=fatou)
    assert Suppression.objects.reason(fatou.email) == SuppressionReason.BOUNCED


def test_what_a_server_says_is_one_line_that_fits(
    meetup: Meetup, fatou: Professional
) -> None:
    mail = asked(meetup, fatou).deliveries.get()
    actions.bounced(delivery=mail, reason="550\x00\r\nno " + "x" * 5000)
    mail.refresh_from_db()
    assert mail.last_error.startswith("550 no xxx")
    assert len(mail.last_error) <= 300


REFUSALS = [
    (550, b"no such user", True),
    (551, b"user not local", True),
    (553, b"mailbox name not allowed", True),
    (550, b"5.1.1 unknown", True),
    (550, b"5.4.1 recipient address rejected: access denied", True),
    (550, b"5.2.1 mailbox disabled", True),
    (550, b"5.7.1 blocked by policy", False),
    (552, b"5.2.2 mailbox full", False),
    (553, b"5.1.8 bad sender's address", False),
    (554, b"5.7.1 spam", False),
    (450, b"4.2.0 greylisted", False),
]


@pytest.mark.parametrize(("code", "said", "bounces"), REFUSALS)
def test_only_a_refusal_of_the_address_is_a_bounce(
    meetup: Meetup,
    fatou: Professional,
    settings: LazySettings,
    code: int,
    said: bytes,
    bounces: bool,
) -> None:
    settings.EMAIL_BACKEND = "tests.test_outbox_faults.Refusing"
    Refusing.errors = [smtplib.SMTPRecipientsRefused({"f": (code, said)})]
    actions.send_invitations(meetup=meetup, people=[fatou])
    outbox.deliver_due("test")
    fatou.refresh_from_db()
    assert (fatou.email_bounced_at is not None) is bounces
    assert Suppression.objects.holds(fatou.email) is bounces
    # Whatever the reason, what will not arrive is said on the telephone.
    assert len(calls()) == (code != 450)


def test_a_refusal_is_told_in_french() -> None:
    refusals = [
        explain(smtplib.SMTPRecipientsRefused({"f": (code, said)}))
        for code, said, _ in REFUSALS
    ]
    assert all(in_words(one.reason) for one in refusals)
    assert in_words("550 5.2.2 over quota") == "Sa boîte est pleine."
    assert in_words("Serveur de courrier injoignable (TimeoutError).") == ""


def test_trying_again_writes_instead_of_calling(
    meetup: Meetup, fatou: Professional, bruno: User, signed_in: SignIn
) -> None:
    mail = asked(meetup, fatou).deliveries.get()
    actions.bounced(delivery=mail, reason=REASON)
    meetup.circle.memberships.create(professional=fatou)
    client = signed_in(bruno)
    html = client.get(f"/personnes/{fatou.pk}/").content.decode()
    assert "L’e-mail n’arrive pas" in html
    response = client.post(f"/personnes/{fatou.pk}/essayer/", follow=True)
    assert "1\u00a0invitation repart." in response.content.decode()
    assert calls() == []
    assert outbox.deliver_due("test") == 1
    fatou.refresh_from_db()
    assert fatou.email_bounced_at is None
    assert not Suppression.objects.holds(fatou.email)


def test_a_stranger_cannot_try_an_address_again(
    fatou: Professional, driss: User, amina: User, circle: Circle, signed_in: SignIn
) -> None:
    address = f"/personnes/{fatou.pk}/essayer/"
    assert signed_in(driss).post(address).status_code == 403
    assert signed_in(amina).post(address).status_code == 404


def form(person: Professional, user: User, email: str) -> PersonForm:
    data = {
        "first_name": person.first_name,
        "profession": person.profession_id,
        "gender": "f",
        "commune": person.commune.name,
        "email": email,
        "channel": "email",
        "source": person.source,
    }
    return PersonForm(data, instance=person, user=user)


def test_a_corrected_address_is_written_to_again(
    meetup: Meetup, fatou: Professional, amina: User, signed_in: SignIn
) -> None:
    guest = asked(meetup, fatou)
    actions.bounced(invitation=guest, reason=REASON)
    meetup.circle.memberships.create(professional=fatou)
    fatou.refresh_from_db()
    data = dict(form(fatou, amina, "nouvelle@example.org").data.items())
    client = signed_in(amina)
    client.post(f"/personnes/{fatou.pk}/", data | {"phone": "06 39 98 01 02"})
    fatou.refresh_from_db()
    assert (fatou.email, fatou.email_bounced_at) == ("nouvelle@example.org", None)
    answer = f"/rencontres/{meetup.pk}/reponse/{guest.pk}/"
    page = client.post(answer, {"renvoyer": "1"}, follow=True).content.decode()
    assert "L’invitation repart à Fatou." in page
    assert calls() == []
    assert Delivery.objects.waiting().get().recipient == "nouvelle@example.org"


def test_the_form_tells_a_dead_address_from_an_objection(
    fatou: Professional, amina: User
) -> None:
    Suppression.objects.add("morte@example.org", SuppressionReason.BOUNCED)
    Suppression.objects.add("non@example.org")
    assert form(fatou, amina, "morte@example.org").errors["email"] == [BOUNCED]
    assert form(fatou, amina, "non@example.org").errors["email"] == [OBJECTED]


def test_nobody_is_called_after_the_meal(meetup: Meetup, fatou: Professional) -> None:
    mail = asked(meetup, fatou).deliveries.get()
    Delivery.objects.update(not_after=timezone.now() - timedelta(hours=1))
    Meetup.objects.update(
        starts_at=timezone.now() - timedelta(hours=2),
        ends_at=timezone.now() - timedelta(hours=1),
    )
    mail.refresh_from_db()
    assert actions.bounced(delivery=mail, reason=REASON) == 0
    assert Suppression.objects.holds(fatou.email)


def test_a_cancellation_that_comes_back_is_said(
    meetup: Meetup, fatou: Professional
) -> None:
    guest = asked(meetup, fatou)
    actions.cancel_meetup(meetup=meetup, reason="Trop de neige.")
    outbox.deliver_due("test")
    mail = guest.deliveries.get(kind=DeliveryKind.CANCELLATION)
    actions.bounced(delivery=mail, reason=REASON)
    (call,) = calls()
    assert "Trop de neige." in call.text
