"""What waits, what left, what failed; and what the team does with what waits."""

from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
import time_machine
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from invitations import actions, outbox, reminders
from invitations.models import (
    Delivery,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
)
from networking.models import Channel, Circle, Meetup, Professional, User
from tests.factories import CircleFactory, MeetupFactory, ProfessionalFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
Queries = Callable[[int], CaptureQueriesContext]
ALL_QUERIES, READ_QUERIES = 10, 8


@pytest.fixture
def organiser(amina: User, meetup: Meetup, signed_in: SignIn) -> Client:
    return signed_in(amina)


@pytest.fixture
def waiting(meetup: Meetup, chloe: Professional) -> Delivery:
    actions.send_invitations(meetup=meetup, people=[chloe])
    return Delivery.objects.get()


def address(row: Delivery) -> str:
    return f"/rencontres/{row.invitation.meetup_id}/envois/{row.pk}/lire/"


def plain_part(row: Delivery) -> str:
    message = message_from_bytes(bytes(row.mime), policy=policy.default)
    return str(message.get_body(("plain",)).get_content()).replace("\r\n", "\n")


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_the_page_shows_each_state_in_words(
    organiser: Client, meetup: Meetup, waiting: Delivery
) -> None:
    page = f"/rencontres/{meetup.pk}/envois/"
    assert "Va partir" in text(organiser, page)
    assert "Chloé M." in text(organiser, page)
    Delivery.objects.update(status="failed", last_error="550 5.2.2 over quota")
    html = text(organiser, page)
    assert "Sa boîte est pleine." in html
    assert "Aucun message n’attend." in html
    Delivery.objects.update(status="sent", sent_at=timezone.now(), last_error="")
    assert "Déjà parti" in text(organiser, page)


def test_planned_reminders_are_announced_with_their_number(
    organiser: Client, meetup: Meetup, waiting: Delivery
) -> None:
    Meetup.objects.update(reminder_days=[7, 2])
    outbox.deliver_due("test")
    html = text(organiser, f"/rencontres/{meetup.pk}/envois/")
    assert html.count("1\u00a0personne n’a pas répondu") == 2


def test_a_message_is_read_without_its_personal_link(
    organiser: Client, waiting: Delivery
) -> None:
    html = text(organiser, address(waiting))
    assert waiting.subject in html
    assert "Pour répondre, en deux gestes" in html
    assert "chloe@example.org" in html
    assert waiting.invitation.token not in html


def test_words_go_into_the_same_message(organiser: Client, waiting: Delivery) -> None:
    data = {"words": "Chloé, venez\navec votre <collègue>.", "ecrire": "1"}
    html = organiser.post(address(waiting), data, follow=True).content.decode()
    assert "1\u00a0message réécrit" in html
    again = Delivery.objects.get()
    assert again.key == waiting.key
    message = message_from_bytes(bytes(again.mime))
    assert message["Message-ID"] == waiting.message_id == again.message_id
    assert "avec votre <collègue>." in plain_part(again)
    assert "List-Unsubscribe" in message
    outbox.deliver_due("test")
    again.refresh_from_db()
    assert again.status == DeliveryStatus.SENT


def test_words_for_all_reach_those_who_wait_for_the_same_kind(
    organiser: Client, meetup: Meetup, waiting: Delivery
) -> None:
    others = [
        ProfessionalFactory(),
        ProfessionalFactory(phone="+33639980102", channel=Channel.PHONE),
    ]
    actions.send_invitations(meetup=meetup, people=others)
    assert "Les 3 personnes qui attendent" in text(organiser, address(waiting))
    data = {"words": "Il y aura une tarte.", "scope": "toutes", "ecrire": "1"}
    organiser.post(address(waiting), data)
    rows = list(Delivery.objects.all())
    assert {row.words for row in rows} == {"Il y aura une tarte."}
    told = [row.text if row.is_call else plain_part(row) for row in rows]
    assert all("Il y aura une tarte." in words for words in told)


@pytest.mark.parametrize("state", ["leased", "tried", "sent"])
def test_what_may_have_left_is_not_rewritten(
    organiser: Client, waiting: Delivery, state: str
) -> None:
    changes = {
        "leased": {
            "leased_by": "w1",
            "leased_until": timezone.now() + timedelta(minutes=2),
        },
        "tried": {"attempts": 1},
        "sent": {"status": "sent", "sent_at": timezone.now()},
    }
    Delivery.objects.update(**changes[state])
    data = {"words": "Trop tard", "ecrire": "1"}
    html = organiser.post(address(waiting), data, follow=True).content.decode()
    assert "vient de partir" in html
    assert bytes(Delivery.objects.get().mime) == bytes(waiting.mime)


def test_too_many_words_come_back_with_their_sentence(
    organiser: Client, waiting: Delivery
) -> None:
    data = {"words": "x" * 601, "ecrire": "1"}
    html = organiser.post(address(waiting), data).content.decode()
    assert "600 signes au plus" in html
    assert "x" * 601 in html


def test_a_message_is_dropped_or_sent_at_once(
    organiser: Client, meetup: Meetup, waiting: Delivery
) -> None:
    later = timezone.now() + timedelta(days=1)
    Delivery.objects.update(due_at=later)
    organiser.post(address(waiting), {"maintenant": "1"})
    assert outbox.deliver_due("test") == 1
    html = organiser.post(address(waiting), {"retirer": "1"}, follow=True)
    assert "vient de partir" in html.content.decode()
    actions.send_invitations(meetup=meetup, people=[ProfessionalFactory()])
    second = Delivery.objects.latest("pk")
    organiser.post(address(second), {"retirer": "1"})
    second.refresh_from_db()
    assert (second.status, second.last_error) == ("dropped", "Retiré par l’équipe.")
    assert organiser.post(address(second), {"autre": "1"}).status_code == 400


def test_a_dropped_reminder_does_not_come_back(
    organiser: Client, meetup: Meetup, waiting: Delivery
) -> None:
    Meetup.objects.update(reminder_days=[7])
    outbox.deliver_due("test")
    noon = reminders.next_moment(Meetup.objects.get(), timezone.now())
    with time_machine.travel(noon - timedelta(hours=2)):
        assert reminders.queue_due(timezone.now()) == 1
        reminder = Delivery.objects.get(kind=DeliveryKind.REMINDER)
        actions.take_back(delivery=reminder)
        assert reminders.queue_due(timezone.now()) == 0
    with time_machine.travel(noon + timedelta(hours=1)):
        assert reminders.queue_due(timezone.now()) == 0
        assert outbox.deliver_due("test") == 0


def test_the_relay_reads_and_does_not_touch(
    bruno: User, driss: User, waiting: Delivery, signed_in: SignIn
) -> None:
    relay, stranger = signed_in(bruno), signed_in(driss)
    page = address(waiting)
    assert "Retirer ce message" not in text(relay, page)
    assert relay.post(page, {"retirer": "1"}).status_code == 403
    assert stranger.get(page).status_code == 404
    assert stranger.post(page, {"retirer": "1"}).status_code == 404
    assert Delivery.objects.get().status == DeliveryStatus.QUEUED
    assert relay.get("/envois/").status_code == 200
    assert stranger.get("/envois/").status_code == 403


def test_all_messages_of_ones_circles_and_of_no_other(
    organiser: Client, meetup: Meetup, waiting: Delivery, driss: User
) -> None:
    other = CircleFactory(organiser=driss)
    person = ProfessionalFactory(first_name="Inconnue")
    actions.send_invitations(meetup=MeetupFactory(circle=other), people=[person])
    html = text(organiser, "/envois/")
    assert "Chloé M." in html
    assert "Inconnue" not in html


def test_the_pages_cost_the_same_with_one_row_and_with_three(
    organiser: Client,
    circle: Circle,
    meetup: Meetup,
    waiting: Delivery,
    django_assert_num_queries: Queries,
) -> None:
    def three_states(count: int) -> None:
        for _ in range(count):
            for status in ("queued", "sent", "failed"):
                person = ProfessionalFactory()
                actions.send_invitations(meetup=meetup, people=[person])
                rows = Delivery.objects.filter(invitation__professional=person)
                rows.update(status=status, sent_at=timezone.now())
            called = ProfessionalFactory(phone="+33639980102", channel=Channel.PHONE)
            actions.send_invitations(meetup=meetup, people=[called])

    counts = {"/envois/": ALL_QUERIES, address(waiting): READ_QUERIES}
    for number in (1, 2):
        three_states(number)
        for path, queries in counts.items():
            with django_assert_num_queries(queries):
                assert organiser.get(path).status_code == 200


def test_a_purged_message_says_so(organiser: Client, waiting: Delivery) -> None:
    Delivery.objects.update(status="sent", sent_at=timezone.now(), mime=b"")
    assert "Le texte est effacé." in text(organiser, address(waiting))


def test_an_update_is_built_again_with_what_it_told(
    organiser: Client, meetup: Meetup, waiting: Delivery
) -> None:
    outbox.deliver_due("test")
    guest = Invitation.objects.get()
    actions.answer(invitation=guest, partstat="ACCEPTED")
    day = timedelta(days=7)
    actions.move_meetup(
        meetup=meetup,
        venue=meetup.venue,
        starts_at=meetup.starts_at + day,
        ends_at=meetup.ends_at + day,
    )
    update = Delivery.objects.get(kind=DeliveryKind.UPDATE)
    before = plain_part(update)
    assert actions.rewrite(delivery=update, words="Pardon pour ce changement.") == 1
    update.refresh_from_db()
    assert "Vous aviez dit oui." in before
    assert plain_part(update).replace("Pardon pour ce changement.\n\n", "") == before
