"""The phone round: what to say, one tap per answer, and taps taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from invitations import actions
from invitations.actions.calls import UNDO
from invitations.models import (
    Answer,
    AnswerChannel,
    Delivery,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
    Outcome,
    PartStat,
)
from networking.models import Channel, Meetup, User
from tests.factories import InvitationFactory, ProfessionalFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
Queries = Callable[[int], CaptureQueriesContext]
CALLS_QUERIES = 8


def called(meetup: Meetup, **fields: object) -> Delivery:
    """Somebody invited by telephone."""
    given = {"phone": "+33639980102", "channel": Channel.PHONE, "email": "", **fields}
    person = ProfessionalFactory(**given)
    actions.send_invitations(meetup=meetup, people=[person])
    return Delivery.objects.calls().get(invitation__professional=person)


def fresh(call: Delivery) -> Delivery:
    return Delivery.objects.select_related("invitation").get(pk=call.pk)


@pytest.fixture
def relay(bruno: User, meetup: Meetup, signed_in: SignIn) -> Client:
    return signed_in(bruno)


def tap(client: Client, call: Delivery, said: str) -> str:
    address = f"/rencontres/{call.invitation.meetup_id}/appels/{call.pk}/"
    return client.post(address, {"appel": said}, follow=True).content.decode()


def page(client: Client, meetup: Meetup) -> str:
    return client.get(f"/rencontres/{meetup.pk}/appels/").content.decode()


def test_the_page_says_whom_to_call_and_what_to_say(
    relay: Client, meetup: Meetup
) -> None:
    called(meetup, first_name="Fatou", last_name="Diallo", channel_hours="le midi")
    html = page(relay, meetup)
    assert "Fatou D." in html
    assert 'href="tel:+33639980102"' in html
    assert "préfère le midi" in html
    assert "Bonjour Fatou, ici Bruno, de Parenthèses Réseau." in html
    assert "la pharmacie du quartier" in html
    assert meetup.venue.name in html
    assert html.count('name="appel"') == 4


@pytest.mark.parametrize(
    ("said", "partstat"),
    [("oui", "ACCEPTED"), ("peut", "TENTATIVE"), ("non", "DECLINED")],
)
def test_one_tap_is_the_answer_on_behalf_of_the_person(
    relay: Client, bruno: User, meetup: Meetup, said: str, partstat: str
) -> None:
    call = called(meetup)
    assert "C’est noté pour" in tap(relay, call, said)
    done = fresh(call)
    assert (done.status, done.told_by, done.attempts) == ("sent", bruno, 1)
    answer = Answer.objects.get()
    assert (answer.partstat, answer.by) == (partstat, AnswerChannel.TEAM)
    assert answer.recorded_by == bruno
    done.invitation.professional.refresh_from_db()
    assert done.invitation.professional.notice_sent_at is not None


def test_the_notice_is_given_once_the_call_was_made(meetup: Meetup) -> None:
    call = called(meetup)
    assert call.invitation.professional.notice_sent_at is None


def test_somebody_not_reached_comes_back_tomorrow(
    relay: Client, meetup: Meetup
) -> None:
    call = called(meetup, first_name="Fatou")
    html = tap(relay, call, "pas-joint")
    assert "Personne à appeler maintenant." in html
    assert "Remettre dans la liste" in html
    later = fresh(call)
    assert timezone.localtime(later.due_at).hour == 8
    assert timezone.localdate(later.due_at) == timezone.localdate() + timedelta(days=1)
    with time_machine.travel(later.due_at + timedelta(minutes=1)):
        client = Client()
        client.force_login(
            User.objects.get(first_name="Bruno"),
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        assert "1\u00a0appel sans réponse" in page(client, meetup)


def test_after_three_calls_it_is_said_to_be_enough(
    relay: Client, meetup: Meetup
) -> None:
    call = called(meetup)
    Delivery.objects.update(attempts=2)
    assert "Cela suffit." not in page(relay, meetup)
    Delivery.objects.update(attempts=3)
    assert "Cela suffit." in page(relay, meetup)
    assert fresh(call).status == DeliveryStatus.QUEUED


def test_an_offer_that_ends_tonight_comes_back_in_an_hour(meetup: Meetup) -> None:
    call = called(meetup)
    Delivery.objects.update(not_after=timezone.now() + timedelta(hours=3))
    actions.not_reached(call=fresh(call))
    assert fresh(call).due_at < timezone.now() + timedelta(hours=1, minutes=1)


def test_what_asks_nothing_is_only_told(
    relay: Client, bruno: User, meetup: Meetup
) -> None:
    call = called(meetup)
    tap(relay, call, "oui")
    actions.cancel_meetup(meetup=meetup, reason="La salle est fermée.")
    news = Delivery.objects.calls().get()
    html = page(relay, meetup)
    assert "La salle est fermée." in html
    assert "Prévenu·e" in html
    assert 'value="oui"' not in html
    tap(relay, news, "prevenu")
    told = fresh(news)
    assert (told.status, told.told_by) == (DeliveryStatus.SENT, bruno)


def test_offers_and_cancellations_come_first_then_the_oldest(meetup: Meetup) -> None:
    calls = [called(meetup) for _ in range(3)]
    Delivery.objects.filter(pk=calls[2].pk).update(kind=DeliveryKind.SEAT)
    Delivery.objects.filter(pk=calls[1].pk).update(
        created_at=timezone.now() - timedelta(days=1)
    )
    order = [call.pk for call in Delivery.objects.round()]
    assert order == [calls[2].pk, calls[1].pk, calls[0].pk]


def test_a_mistaken_tap_is_taken_back(relay: Client, meetup: Meetup) -> None:
    call = called(meetup, first_name="Fatou")
    assert "Annuler" in tap(relay, call, "non")
    assert "de nouveau dans la liste" in tap(relay, call, "annuler")
    again = fresh(call)
    assert (again.status, again.attempts, again.told_by) == ("queued", 0, None)
    assert again.invitation.partstat == PartStat.NEEDS_ACTION
    assert again.invitation.answered_at is None
    assert not Answer.objects.get().counted


def test_a_postponed_call_comes_back_at_once(relay: Client, meetup: Meetup) -> None:
    call = called(meetup)
    tap(relay, call, "pas-joint")
    tap(relay, call, "annuler")
    again = fresh(call)
    assert (again.attempts, again.due_at <= timezone.now()) == (0, True)


def test_a_slip_that_freed_a_seat_finds_it_given_and_waits(meetup: Meetup) -> None:
    """An annulled « non » of somebody who came, when the seat went to the next."""
    Meetup.objects.update(capacity=1)
    call = called(meetup)
    actions.answer_call(call=call, partstat=PartStat.ACCEPTED, user=meetup.organiser)
    waiting = InvitationFactory(meetup=meetup)
    assert waiting.rsvp(PartStat.ACCEPTED) == Outcome.WAITING
    Delivery.objects.filter(pk=call.pk).update(status="queued")
    actions.answer_call(
        call=fresh(call), partstat=PartStat.DECLINED, user=meetup.organiser
    )
    waiting.refresh_from_db()
    assert waiting.is_offered
    actions.undo_call(call=fresh(call))
    guest = fresh(call).invitation
    assert (guest.partstat, guest.waiting_since is None) == ("TENTATIVE", False)


def test_a_yes_taken_back_gives_the_seat_to_who_waits(meetup: Meetup) -> None:
    Meetup.objects.update(capacity=1)
    call = called(meetup)
    actions.answer_call(call=call, partstat=PartStat.ACCEPTED, user=meetup.organiser)
    waiting = InvitationFactory(meetup=meetup)
    waiting.rsvp(PartStat.ACCEPTED)
    actions.undo_call(call=fresh(call))
    waiting.refresh_from_db()
    assert waiting.is_offered


def test_a_newer_answer_is_not_taken_back(meetup: Meetup) -> None:
    call = called(meetup)
    actions.answer_call(call=call, partstat=PartStat.DECLINED, user=meetup.organiser)
    guest = Invitation.objects.get()
    actions.answer(invitation=guest, partstat=PartStat.ACCEPTED)
    actions.undo_call(call=fresh(call))
    guest.refresh_from_db()
    assert guest.partstat == PartStat.ACCEPTED


def test_a_tap_of_yesterday_stays(meetup: Meetup) -> None:
    call = called(meetup)
    actions.mark_told(call=call, user=meetup.organiser)
    later = timezone.now() + UNDO + timedelta(minutes=1)
    with time_machine.travel(later), pytest.raises(actions.NotWaiting):
        actions.undo_call(call=fresh(call))


def test_two_people_who_call_the_same_person_are_told(
    relay: Client, meetup: Meetup
) -> None:
    call = called(meetup)
    tap(relay, call, "oui")
    html = tap(relay, call, "non")
    assert "vient de s’en occuper" in html
    assert fresh(call).invitation.partstat == PartStat.ACCEPTED
    assert "vient de s’en occuper" in tap(relay, call, "pas-joint")


def test_a_full_table_is_said_after_the_tap(relay: Client, meetup: Meetup) -> None:
    Meetup.objects.update(capacity=0)
    assert "La table est pleine." in tap(relay, called(meetup), "oui")


def test_a_cancelled_meal_takes_no_answer_by_telephone(
    relay: Client, meetup: Meetup
) -> None:
    call = called(meetup)
    Meetup.objects.update(status="cancelled")
    assert "ne prend plus de réponse" in tap(relay, call, "oui")
    assert fresh(call).status == DeliveryStatus.QUEUED


def test_somebody_without_telephone_is_told_face_to_face(
    relay: Client, meetup: Meetup
) -> None:
    call = called(meetup, phone="")
    html = page(relay, meetup)
    assert "de vive voix" in html
    assert "tel:" not in html
    tap(relay, call, "oui")
    assert fresh(call).invitation.is_coming


def test_the_team_calls_and_strangers_find_nothing(
    amina: User, driss: User, relay: Client, meetup: Meetup, signed_in: SignIn
) -> None:
    call = called(meetup)
    addresses = [f"/rencontres/{meetup.pk}/appels/"]
    for client, status in (
        (relay, 200),
        (signed_in(amina), 200),
        (signed_in(driss), 404),
    ):
        assert client.get(addresses[0]).status_code == status
    post = signed_in(driss).post(f"{addresses[0]}{call.pk}/", {"appel": "oui"})
    assert post.status_code == 404
    assert relay.get(f"{addresses[0]}{call.pk}/").status_code == 405


@pytest.mark.parametrize("said", ["", "peut-être", "ACCEPTED", "x" * 10_000])
def test_a_tap_that_no_button_makes_is_refused(
    relay: Client, meetup: Meetup, said: str
) -> None:
    call = called(meetup)
    address = f"/rencontres/{meetup.pk}/appels/{call.pk}/"
    assert relay.post(address, {"appel": said}).status_code == 400
    assert fresh(call).status == DeliveryStatus.QUEUED


def test_a_call_of_another_meetup_is_not_there(relay: Client, meetup: Meetup) -> None:
    other = InvitationFactory()
    actions.queue_invitation(other)
    mail = Delivery.objects.get()
    mine = called(meetup)
    for pk in (mail.pk, mine.pk + 99):
        address = f"/rencontres/{meetup.pk}/appels/{pk}/"
        assert relay.post(address, {"appel": "oui"}).status_code == 404


def test_the_meetup_page_leads_to_the_round(relay: Client, meetup: Meetup) -> None:
    called(meetup, first_name="Fatou")
    html = relay.get(f"/rencontres/{meetup.pk}/").content.decode()
    assert "1\u00a0personne à appeler" in html
    assert f"/rencontres/{meetup.pk}/appels/" in html


def test_the_round_costs_the_same_with_one_call_and_with_three(
    relay: Client, meetup: Meetup, django_assert_num_queries: Queries
) -> None:
    called(meetup)
    with django_assert_num_queries(CALLS_QUERIES):
        page(relay, meetup)
    for _ in range(2):
        called(meetup)
    with django_assert_num_queries(CALLS_QUERIES):
        page(relay, meetup)
