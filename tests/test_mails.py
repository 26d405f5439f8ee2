from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.utils import timezone
from icalendar import Calendar

from invitations import mails
from invitations.mime import CalendarEmail, freeze
from invitations.models import Invitation, PartStat
from networking.models import MealPaidBy, Meetup, Professional, User
from tests.factories import InvitationFactory, ProfessionalFactory, SeatRequestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def invitation(meetup: Meetup, chloe: Professional) -> Invitation:
    return InvitationFactory(meetup=meetup, professional=chloe)


def parsed(message: CalendarEmail) -> EmailMessage:
    data = freeze(message, message_id="<a@b.example>", date=timezone.now())
    return message_from_bytes(data, policy=policy.default)


def text(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def calendar(message: EmailMessage) -> Calendar:
    (part,) = [p for p in message.walk() if p.get_content_type() == "text/calendar"]
    return Calendar.from_ical(part.get_content())


def test_an_invitation_asks_one_question_with_three_answers(
    invitation: Invitation,
) -> None:
    message = parsed(mails.invitation(invitation))
    assert message["Subject"].startswith("Chloé, on déjeune ensemble")
    html = text(message, "html")
    for answer in ("oui", "peut", "non"):
        assert f"/i/{invitation.token}/?r={answer}" in html
    assert invitation.token in text(message, "plain")


def test_an_invitation_says_where_the_address_comes_from_and_how_to_stop(
    invitation: Invitation,
) -> None:
    for kind in ("plain", "html"):
        body = text(parsed(mails.invitation(invitation)), kind)
        assert "la pharmacie du quartier" in body
        assert f"/i/{invitation.token}/arreter/" in body


def test_sender_organiser_and_reply_address_are_one(invitation: Invitation) -> None:
    message = parsed(mails.invitation(invitation))
    event = calendar(message).walk("VEVENT")[0]
    address = f"mailto:{invitation.reply_address}"
    assert str(event["ORGANIZER"]) == address
    assert invitation.reply_address in message["From"]
    assert str(event["ATTENDEE"]) == "mailto:chloe@example.org"


def test_the_calendar_object_holds_no_personal_link(invitation: Invitation) -> None:
    message = parsed(mails.invitation(invitation))
    assert invitation.token not in calendar(message).to_ical().decode()


def test_styles_are_inlined_for_old_mail_programs(invitation: Invitation) -> None:
    html = text(parsed(mails.invitation(invitation)), "html")
    assert "<style" not in html
    assert 'style="' in html


def test_mail_programs_can_unsubscribe_in_one_click(invitation: Invitation) -> None:
    message = parsed(mails.invitation(invitation))
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "/desinscription/" in message["List-Unsubscribe"]
    assert invitation.token not in message["List-Unsubscribe"]


def test_a_reminder_has_no_calendar_object(invitation: Invitation) -> None:
    message = parsed(mails.reminder(invitation))
    kinds = {part.get_content_type() for part in message.walk()}
    assert "text/calendar" not in kinds


def test_a_cancellation_cancels_in_the_calendar_and_says_why(
    invitation: Invitation,
) -> None:
    invitation.meetup.cancel("La salle est inondée.")
    message = parsed(mails.cancellation(invitation))
    assert str(calendar(message)["METHOD"]) == "CANCEL"
    assert "La salle est inondée." in text(message, "plain")


def test_a_new_place_keeps_the_answer_in_the_calendar(invitation: Invitation) -> None:
    invitation.rsvp(PartStat.ACCEPTED)
    message = parsed(mails.update(invitation, change=mails.Change.PLACE))
    event = calendar(message).walk("VEVENT")[0]
    assert event["ATTENDEE"].params["PARTSTAT"] == "ACCEPTED"
    assert "Votre oui est gardé" in text(message, "plain")


def test_the_guest_is_not_counted_among_the_others(invitation: Invitation) -> None:
    invitation.rsvp(PartStat.ACCEPTED)
    assert mails.guest_context(invitation)["coming"] == []


@pytest.mark.parametrize("payer", MealPaidBy.values)
def test_every_way_to_pay_has_its_sentence(invitation: Invitation, payer: str) -> None:
    invitation.meetup.meal_paid_by = payer
    assert mails.MEAL[MealPaidBy(payer)] in text(
        parsed(mails.invitation(invitation)), "plain"
    )


def test_what_people_typed_cannot_become_html_or_a_header(meetup: Meetup) -> None:
    person = ProfessionalFactory(
        first_name='<b>Éva</b>"\r\nBcc: x@example.org', source="<script>"
    )
    meetup.message = "<img src=x>"
    invitation = InvitationFactory(meetup=meetup, professional=person)
    message = parsed(mails.invitation(invitation))
    assert message["Bcc"] is None
    html = text(message, "html")
    assert "<script>" not in html
    assert "<img" not in html
    assert "<b>Éva" not in html


def test_a_refused_request_is_answered_without_a_personal_link(amina: User) -> None:
    request = SeatRequestFactory()
    message = parsed(mails.seat_refused(request))
    assert message["To"] == "Driss <driss@example.org>"
    assert "/i/" not in text(message, "plain")


def test_the_question_follows_the_hour(invitation: Invitation) -> None:
    evening = timezone.localtime(invitation.meetup.starts_at).replace(hour=19)
    invitation.meetup.starts_at = evening
    assert mails.question(invitation) == "Chloé, on dîne ensemble"


NAMES = ("invitation", "reminder", "update", "cancellation", "seat_offered")


@pytest.mark.parametrize("name", [*NAMES, "seat_given"])
def test_every_mail_to_guests_has_a_plain_part_words_and_a_way_out(
    invitation: Invitation, name: str
) -> None:
    invitation.offered_until = timezone.now()
    words = "Venez avec un <b>dessert</b> !"
    message = parsed(mails.build(invitation, name, {}, words))
    for kind in ("plain", "html"):
        body = text(message, kind)
        assert "dessert" in body
        assert f"/i/{invitation.token}/arreter/" in body
    assert "<b>dessert" in text(message, "plain")
    assert "<b>dessert" not in text(message, "html")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert f"/desinscription/{invitation.key}/" in message["List-Unsubscribe"]


def test_words_take_the_place_of_the_message_of_the_meetup(
    invitation: Invitation,
) -> None:
    invitation.meetup.message = "Pour tout le monde."
    body = text(parsed(mails.invitation(invitation, "Pour vous.")), "plain")
    assert "Pour vous." in body
    assert "Pour tout le monde." not in body
