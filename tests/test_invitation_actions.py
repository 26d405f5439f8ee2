from datetime import timedelta

import pytest
from django.utils import timezone

from invitations import actions, outbox
from invitations.models import (
    AnswersClosed,
    Delivery,
    DeliveryChannel,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
    PartStat,
    SeatRequest,
    SeatRequestStatus,
    TableFull,
)
from networking.models import Meetup, Professional, Suppression, User
from tests.factories import (
    InvitationFactory,
    ProfessionalFactory,
    SeatRequestFactory,
    VenueFactory,
)
from venues.models import BookingStatus

pytestmark = pytest.mark.django_db


def kinds(invitation: Invitation) -> list[tuple[str, str]]:
    rows = invitation.deliveries.order_by("pk")
    return [(row.kind, row.status) for row in rows]


def invited(meetup: Meetup, *, sent: bool = True, **fields: str) -> Invitation:
    person = ProfessionalFactory(**fields)
    actions.send_invitations(meetup=meetup, people=[person])
    if sent:
        while outbox.deliver_due("test"):
            pass
    return Invitation.objects.with_person().get(professional=person)


def later(meetup: Meetup) -> dict[str, object]:
    day = timedelta(days=7)
    return {"starts_at": meetup.starts_at + day, "ends_at": meetup.ends_at + day}


def test_each_guest_gets_one_message_and_the_origin_of_the_address(
    meetup: Meetup, chloe: Professional
) -> None:
    assert actions.send_invitations(meetup=meetup, people=[chloe]) == 1
    assert actions.send_invitations(meetup=meetup, people=[chloe]) == 0
    assert Delivery.objects.count() == 1
    chloe.refresh_from_db()
    assert chloe.notice_sent_at is not None


def test_a_person_without_mail_is_invited_and_left_to_the_phone(
    meetup: Meetup,
) -> None:
    invitation = invited(meetup, email="", phone="+33639980102")
    assert kinds(invitation) == [("invitation", "queued")]
    assert invitation.deliveries.get().channel == DeliveryChannel.PHONE


def test_an_opted_out_person_gets_nothing(meetup: Meetup) -> None:
    invitation = invited(meetup)
    actions.stop_writing(person=invitation.professional)
    actions.move_meetup(meetup=meetup, venue=meetup.venue, **later(meetup))
    assert kinds(invitation) == [("invitation", "sent")]
    assert Suppression.objects.holds(invitation.professional.email.upper())


def test_a_new_date_asks_everybody_again_but_not_those_who_said_no(
    meetup: Meetup,
) -> None:
    yes, no, silent = invited(meetup), invited(meetup), invited(meetup)
    yes.rsvp(PartStat.ACCEPTED)
    no.rsvp(PartStat.DECLINED)
    told = actions.move_meetup(meetup=meetup, venue=meetup.venue, **later(meetup))
    assert told == 2
    yes.refresh_from_db()
    no.refresh_from_db()
    assert (yes.partstat, no.partstat) == (PartStat.NEEDS_ACTION, PartStat.DECLINED)
    assert kinds(yes)[-1] == ("update", "queued")
    assert kinds(silent)[-1] == ("update", "queued")
    assert kinds(no) == [("invitation", "sent")]


def test_a_new_place_keeps_the_answers_and_frees_the_old_venue(meetup: Meetup) -> None:
    guest = invited(meetup)
    guest.rsvp(PartStat.ACCEPTED)
    old, venue = meetup.booking, VenueFactory()
    actions.move_meetup(
        meetup=meetup, venue=venue, starts_at=meetup.starts_at, ends_at=meetup.ends_at
    )
    guest.refresh_from_db()
    meetup.refresh_from_db()
    old.refresh_from_db()
    assert guest.partstat == PartStat.ACCEPTED
    assert (meetup.venue, meetup.sequence) == (venue, 1)
    assert old.status == BookingStatus.WITHDRAWN


def test_moving_to_the_same_time_and_place_tells_nobody(meetup: Meetup) -> None:
    guest = invited(meetup)
    told = actions.move_meetup(
        meetup=meetup,
        venue=meetup.venue,
        starts_at=meetup.starts_at,
        ends_at=meetup.ends_at,
    )
    assert (told, len(kinds(guest))) == (0, 1)


def test_an_invitation_that_has_not_left_is_replaced_not_corrected(
    meetup: Meetup,
) -> None:
    guest = invited(meetup, sent=False)
    actions.move_meetup(meetup=meetup, venue=meetup.venue, **later(meetup))
    assert kinds(guest) == [("invitation", "dropped"), ("invitation", "queued")]


def test_a_cancellation_reaches_all_but_those_who_said_no(meetup: Meetup) -> None:
    yes, no, silent = invited(meetup), invited(meetup), invited(meetup)
    yes.rsvp(PartStat.ACCEPTED)
    no.rsvp(PartStat.DECLINED)
    asked = SeatRequestFactory(meetup=meetup)
    assert actions.cancel_meetup(meetup=meetup, reason="La salle est prise.") == 3
    meetup.refresh_from_db()
    asked.refresh_from_db()
    assert meetup.is_cancelled
    assert meetup.booking.status == BookingStatus.WITHDRAWN
    assert kinds(yes)[-1] == kinds(silent)[-1] == ("cancellation", "queued")
    assert kinds(no)[-1] == ("invitation", "sent")
    assert asked.status == SeatRequestStatus.DECLINED
    assert Delivery.objects.filter(recipient="driss@example.org").count() == 1


def test_nobody_hears_of_the_end_of_a_table_they_never_heard_of(
    meetup: Meetup,
) -> None:
    guest = invited(meetup, sent=False)
    assert actions.cancel_meetup(meetup=meetup, reason="La salle est prise.") == 0
    assert kinds(guest) == [("invitation", DeliveryStatus.DROPPED)]


def test_a_given_seat_makes_a_guest_who_said_yes(meetup: Meetup, amina: User) -> None:
    asked = SeatRequestFactory(meetup=meetup, last_name="Haddad")
    invitation = actions.give_seat(request=asked, by=amina)
    assert invitation.is_coming
    assert invitation.professional.search_name == "driss haddad"
    assert meetup.circle.people.filter(pk=invitation.professional_id).exists()
    assert kinds(invitation) == [(DeliveryKind.SEAT, DeliveryStatus.QUEUED)]


def test_a_known_address_in_another_case_is_the_same_person(
    meetup: Meetup, amina: User, chloe: Professional
) -> None:
    asked = SeatRequestFactory(meetup=meetup, email="CHLOE@example.org")
    assert actions.give_seat(request=asked, by=amina).professional == chloe


def test_no_seat_is_given_at_a_full_table(meetup: Meetup, amina: User) -> None:
    Meetup.objects.update(capacity=0)
    asked = SeatRequestFactory(meetup=meetup)
    with pytest.raises(TableFull):
        actions.give_seat(request=asked, by=amina)
    asked.refresh_from_db()
    assert asked.status == SeatRequestStatus.PENDING
    assert not Professional.objects.filter(email="driss@example.org").exists()


def test_writing_again_lifts_the_objection(meetup: Meetup) -> None:
    person = InvitationFactory(meetup=meetup).professional
    actions.stop_writing(person=person)
    actions.write_again(person=person)
    assert not Suppression.objects.holds(person.email)
    assert actions.reachable(person)


def test_stopping_takes_back_what_has_not_left(meetup: Meetup) -> None:
    guest = invited(meetup, sent=False)
    actions.stop_writing(person=guest.professional)
    assert kinds(guest) == [("invitation", "dropped")]
    assert timezone.now() - guest.professional.opted_out_at < timedelta(minutes=1)


def test_a_stale_form_cannot_bring_a_cancelled_meetup_back(meetup: Meetup) -> None:
    actions.cancel_meetup(meetup=Meetup.objects.get(), reason="Trop de neige.")
    with pytest.raises(AnswersClosed):
        actions.adjust_meetup(meetup=meetup, details={"capacity": 5})
    assert Meetup.objects.get().is_cancelled
    with pytest.raises(AnswersClosed):
        actions.send_invitations(meetup=meetup, people=[ProfessionalFactory()])


def test_a_request_is_decided_once_even_by_two_people(
    meetup: Meetup, amina: User
) -> None:
    asked = SeatRequestFactory(meetup=meetup, email="", phone="06 39 98 01 02")
    stale = SeatRequest.objects.get()
    actions.give_seat(request=asked, by=amina)
    with pytest.raises(actions.AlreadyDecided):
        actions.give_seat(request=stale, by=amina)
    with pytest.raises(actions.AlreadyDecided):
        actions.refuse_seat(request=stale)
    assert Invitation.objects.count() == 1


def test_an_address_that_objected_is_neither_kept_nor_written_to(
    meetup: Meetup, amina: User
) -> None:
    Suppression.objects.add("driss@example.org")
    asked = SeatRequestFactory(meetup=meetup)
    invitation = actions.give_seat(request=asked, by=amina)
    assert invitation.professional.email == ""
    assert actions.refuse_seat(request=SeatRequestFactory(meetup=meetup)) == 0
    assert not Delivery.objects.filter(channel=DeliveryChannel.EMAIL).exists()


def test_colleagues_who_share_a_mailbox_are_told_apart(
    meetup: Meetup, amina: User
) -> None:
    ProfessionalFactory(
        first_name="Rosa", email="accueil@example.org", shares_mailbox=True
    )
    asked = SeatRequestFactory(meetup=meetup, email="accueil@example.org")
    assert actions.give_seat(request=asked, by=amina).professional.first_name == "Driss"


def test_an_invitation_can_be_sent_again(meetup: Meetup) -> None:
    guest = invited(meetup)
    actions.queue_invitation(guest)
    assert kinds(guest) == [("invitation", "sent"), ("invitation", "queued")]
