"""The messages that came back, as the team reads and settles them."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from invitations.actions.replies import receive
from invitations.models import Invitation, LetterOutcome, PartStat, Received
from networking.models import OtherAddress, User
from tests.factories import CircleFactory, UserFactory
from tests.post import CHLOE, answer, ics, mail, stored
from tests.test_replies import FORGED, fresh, reply
from tests.test_replies import guest as guest  # a fixture

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


@pytest.fixture
def iris(db: None) -> User:
    return UserFactory(email="iris@example.org", is_staff=True)


@pytest.fixture
def held(guest: Invitation) -> Received:
    body = ics(attendee="ATTENDEE;PARTSTAT=ACCEPTED:mailto:chloe@cabinet.example")
    return receive(answer(body, sender="Chloe <chloe@cabinet.example>"))


def page(row: Received) -> str:
    return reverse("received", args=(row.pk,))


def test_each_team_reads_its_own_and_staff_reads_the_rest(
    signed_in: SignIn,
    held: Received,
    amina: User,
    bruno: User,
    driss: User,
    iris: User,
) -> None:
    CircleFactory(organiser=driss)
    words = mail(to="reponse@parentheses.example")
    nobodys = receive(words.replace(b"<m1@", b"<m2@"))
    for user, seen in (
        (amina, {held.pk}),
        (bruno, {held.pk}),
        (driss, set()),
        (iris, {held.pk, nobodys.pk}),
    ):
        shown = signed_in(user).get(reverse("inbox")).context["page"]
        assert {row.pk for row in shown} == seen
    assert signed_in(driss).get(page(held)).status_code == 404
    assert signed_in(amina).get(page(nobodys)).status_code == 404
    assert Client().get(reverse("inbox")).status_code == 302


def test_a_relay_reads_and_an_organiser_acts(
    signed_in: SignIn, held: Received, bruno: User, amina: User
) -> None:
    shown = signed_in(bruno).get(page(held)).content.decode()
    assert "autre adresse" in shown
    assert "C’est réglé" not in shown
    for name in ("noter", "regler", "garder"):
        assert signed_in(bruno).post(page(held), {name: "1"}).status_code == 403
    raw = reverse("received_raw", args=(held.pk,))
    assert signed_in(bruno).get(raw).status_code == 403
    assert "C’est réglé" in signed_in(amina).get(page(held)).content.decode()


def test_an_organiser_recognises_a_guest_and_keeps_the_address(
    signed_in: SignIn, held: Received, amina: User, guest: Invitation
) -> None:
    client = signed_in(amina)
    meetup = reverse("meetup", args=(guest.meetup_id,))
    assert "1\u00a0réponse à vérifier" in client.get(meetup).content.decode()
    client.post(page(held), {"noter": "1", "retenir": "1"})
    assert fresh(guest).partstat == PartStat.ACCEPTED
    assert OtherAddress.objects.get().email == "chloe@cabinet.example"
    assert "réponse à vérifier" not in client.get(meetup).content.decode()
    history = reverse("record_answer", args=(guest.meetup_id, guest.pk))
    shown = client.get(history).content.decode()
    assert "(Amina)" in shown


def test_a_proposal_leads_to_the_page_that_moves_the_meetup(
    signed_in: SignIn, amina: User, guest: Invitation
) -> None:
    row = receive(stored("google-counter"))
    client = signed_in(amina)
    shown = client.get(page(row))
    assert "propose une autre date" in shown.content.decode()
    form = client.get(shown.context["move_url"]).content.decode()
    assert row.proposed_starts_at
    assert f"{row.proposed_starts_at:%Y-%m-%d}" in form
    client.post(page(row), {"garder": "1"})
    row.refresh_from_db()
    assert (row.outcome, row.handled_by) == (LetterOutcome.SETTLED, amina)


def test_a_replacement_is_named_by_the_team(
    signed_in: SignIn, amina: User, guest: Invitation
) -> None:
    row = receive(reply("DELEGATED"))
    client = signed_in(amina)
    wrong = client.post(page(row), {"remplace": "1", "first_name": ""})
    assert "Écrivez son prénom." in wrong.content.decode()
    trade = guest.professional.profession_id
    client.post(page(row), {"remplace": "1", "first_name": "Ida", "profession": trade})
    assert fresh(guest).partstat == PartStat.DELEGATED


def test_the_message_is_a_file_and_never_a_page(
    signed_in: SignIn, amina: User, guest: Invitation
) -> None:
    row = receive(reply().replace(b"END:VEVENT", b"X-A:<script>\r\nEND:VEVENT"))
    response = signed_in(amina).get(reverse("received_raw", args=(row.pk,)))
    assert response.content == bytes(Received.objects.get().raw)
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_hostile_words_are_shown_as_words(
    signed_in: SignIn, amina: User, guest: Invitation
) -> None:
    row = receive(mail(b"<script>alert(1)</script> bonjour"))
    shown = signed_in(amina).get(page(row)).content.decode()
    assert "<script>alert" not in shown
    assert "bonjour" in shown


@pytest.mark.parametrize("name", sorted(FORGED))
def test_every_doubt_has_its_words(
    signed_in: SignIn, iris: User, guest: Invitation, name: str
) -> None:
    row = receive(FORGED[name])
    shown = signed_in(iris).get(page(row)).content.decode()
    assert row.reason in shown


def test_the_inbox_costs_the_same_with_one_message_and_with_three(
    signed_in: SignIn,
    amina: User,
    guest: Invitation,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(amina)
    for number in range(3):
        receive(reply(sequence=9, minutes=number))
        if number in (0, 2):
            with django_assert_num_queries(8):
                client.get(reverse("inbox"))


def test_a_page_of_the_inbox_that_does_not_exist_is_the_last(
    signed_in: SignIn, amina: User, held: Received
) -> None:
    client = signed_in(amina)
    assert CHLOE not in client.get(reverse("inbox")).content.decode()
    response = client.get(reverse("inbox"), {"page": "99", "tout": "1"})
    assert list(response.context["page"]) == [held]
