"""The guest's pages: two taps, no account, and GET never writes."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from invitations import mails
from invitations.models import Invitation, PartStat
from networking.models import Meetup, Professional, Suppression
from tests.factories import InvitationFactory, MeetupFactory, ProfessionalFactory

pytestmark = pytest.mark.django_db

WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def invitation(meetup: Meetup, chloe: Professional) -> Invitation:
    return InvitationFactory(meetup=meetup, professional=chloe)


def url(invitation: Invitation, tail: str = "") -> str:
    return f"/i/{invitation.token}/{tail}"


def test_the_page_asks_the_question_above_three_buttons(
    client: Client, invitation: Invitation
) -> None:
    page = client.get(url(invitation)).content.decode()
    assert "Chloé, on déjeune ensemble" in page
    assert page.count('name="reponse"') == 3


@pytest.mark.parametrize("tail", ["", "?r=oui", "?r=non", "mes-donnees/", "arreter/"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_reading_never_writes(
    client: Client, invitation: Invitation, tail: str, method: str
) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = getattr(client, method)(url(invitation, tail))
    assert response.status_code == 200
    assert [q for q in queries if q["sql"].startswith(WRITES)] == []
    assert not Session.objects.exists()


@pytest.mark.parametrize(
    ("answer", "partstat", "words"),
    [
        ("oui", PartStat.ACCEPTED, "C’est noté, Chloé. À"),
        ("peut", PartStat.TENTATIVE, "Vous hésitez"),
        ("non", PartStat.DECLINED, "Une autre fois"),
    ],
)
def test_one_post_is_the_answer(
    client: Client, invitation: Invitation, answer: str, partstat: str, words: str
) -> None:
    response = client.post(url(invitation), {"reponse": answer}, follow=True)
    assert words in response.content.decode()
    invitation.refresh_from_db()
    assert invitation.partstat == partstat


def test_changing_ones_mind_takes_two_taps(
    client: Client, invitation: Invitation
) -> None:
    client.post(url(invitation), {"reponse": "oui"})
    page = client.get(url(invitation, "?changer=1")).content.decode()
    assert page.count('name="reponse"') == 3
    client.post(url(invitation), {"reponse": "non"})
    invitation.refresh_from_db()
    assert invitation.partstat == PartStat.DECLINED


def test_a_button_of_the_mail_only_highlights_the_answer(
    client: Client, invitation: Invitation
) -> None:
    page = client.get(url(invitation, "?r=non")).content.decode()
    first = page.index('name="reponse"')
    assert 'value="non"' in page[first : first + 30]
    invitation.refresh_from_db()
    assert invitation.partstat == PartStat.NEEDS_ACTION


def test_an_answer_that_does_not_exist_changes_nothing(
    client: Client, invitation: Invitation
) -> None:
    response = client.post(url(invitation), {"reponse": "peut-être"})
    assert response.status_code == 200
    invitation.refresh_from_db()
    assert invitation.answered_at is None


def test_guests_see_first_names_and_trades_of_those_who_come(
    client: Client, invitation: Invitation
) -> None:
    other = InvitationFactory(
        meetup=invitation.meetup,
        professional=ProfessionalFactory(first_name="Samira", last_name="Benali"),
    )
    other.rsvp(PartStat.ACCEPTED)
    page = client.get(url(invitation)).content.decode()
    assert "Samira, infirmière" in page
    assert "Benali" not in page
    assert other.professional.email not in page


@pytest.mark.parametrize(
    ("minutes", "title", "said", "hidden"),
    [
        (-240, "C’est noté, Chloé. À tout à l’heure", "Il reste", "Je suis là"),
        (10, "C’est maintenant, Chloé.", "Je suis là", "C’est noté, Chloé"),
        (100, "Merci, Chloé. C’est fini.", "Autour de la table", "Il reste"),
        (100, "Merci, Chloé. C’est fini.", "Autour de la table", "On s’installe"),
        (100, "Merci, Chloé. C’est fini.", "Autour de la table", "Le repas est offert"),
    ],
)
def test_the_page_says_what_is_true_on_the_day(
    client: Client,
    invitation: Invitation,
    minutes: int,
    title: str,
    said: str,
    hidden: str,
) -> None:
    invitation.rsvp(PartStat.ACCEPTED)
    moment = invitation.meetup.starts_at + timedelta(minutes=minutes)
    with time_machine.travel(moment, tick=False):
        page = client.get(url(invitation)).content.decode()
    assert title in page
    assert said in page
    assert hidden not in page.partition("<main")[2]


def test_a_full_table_tells_the_place_in_the_queue(
    client: Client, invitation: Invitation
) -> None:
    Meetup.objects.update(capacity=0)
    page = client.post(url(invitation), {"reponse": "oui"}, follow=True)
    assert "vous êtes la première personne prévenue" in page.content.decode()


def test_a_cancelled_table_shows_why_and_no_button(
    client: Client, invitation: Invitation
) -> None:
    invitation.meetup.cancel("La salle est inondée.")
    page = client.get(url(invitation)).content.decode()
    assert "La salle est inondée." in page
    assert 'name="reponse"' not in page
    client.post(url(invitation), {"reponse": "oui"})
    invitation.refresh_from_db()
    assert invitation.answered_at is None


@pytest.mark.parametrize("token", ["a" * 26, "x", "../../etc", "é" * 40])
def test_an_unknown_link_gets_a_plain_sentence(
    client: Client, token: str, db: None
) -> None:
    response = client.get(f"/i/{token}/")
    assert response.status_code == 404


def test_a_link_dies_a_month_after_the_meal(
    client: Client, chloe: Professional
) -> None:
    ended = timezone.now() - timedelta(days=31)
    meetup = MeetupFactory(starts_at=ended - timedelta(hours=2), ends_at=ended)
    response = client.get(url(InvitationFactory(meetup=meetup, professional=chloe)))
    assert response.status_code == 404
    assert "Ce lien ne marche plus" in response.content.decode()


def test_personal_pages_leave_no_trace_elsewhere(
    client: Client, invitation: Invitation
) -> None:
    for tail in ("", "mes-donnees/", "annuaire/", "arreter/", "agenda.ics"):
        response = client.get(url(invitation, tail))
        assert response["Referrer-Policy"] == "same-origin", tail
        assert "no-store" in response["Cache-Control"], tail


def test_the_calendar_file_names_nobody(client: Client, invitation: Invitation) -> None:
    response = client.get(url(invitation, "agenda.ics"))
    content = response.content.decode()
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "ATTENDEE" not in content
    assert "METHOD" not in content
    assert invitation.token not in content


def test_consent_is_given_and_taken_back_by_the_person(
    client: Client, invitation: Invitation, chloe: Professional
) -> None:
    data = {"shown": "on", "shows_email": "on", "channel": "email"}
    client.post(url(invitation, "mes-donnees/"), data)
    chloe.refresh_from_db()
    assert chloe.directory_consent_at is not None
    assert (chloe.shows_email, chloe.shows_phone) == (True, False)
    client.post(url(invitation, "mes-donnees/"), {"channel": "email"})
    chloe.refresh_from_db()
    assert chloe.directory_consent_at is None
    assert chloe.shows_email is False


def test_a_channel_without_its_number_is_refused_and_nothing_is_lost(
    client: Client, invitation: Invitation
) -> None:
    data = {"channel": "sms", "what_i_do": "J’aide aux repas."}
    page = client.post(url(invitation, "mes-donnees/"), data).content.decode()
    assert "Écrivez un téléphone, ou choisissez l’e-mail." in page
    assert "J’aide aux repas." in page
    assert "<title>Erreur" in page


def test_stopping_is_one_button_and_can_be_undone(
    client: Client, invitation: Invitation, chloe: Professional
) -> None:
    client.post(url(invitation, "arreter/"), {"arreter": "1"})
    chloe.refresh_from_db()
    assert chloe.opted_out_at is not None
    client.post(url(invitation, "arreter/"), {"reprendre": "1"})
    chloe.refresh_from_db()
    assert chloe.opted_out_at is None


def unsubscribe_path(invitation: Invitation) -> str:
    header = mails.invitation(invitation).extra_headers["List-Unsubscribe"]
    return header.strip("<>").removeprefix("http://localhost:8000")


def test_a_mail_program_unsubscribes_with_one_post(invitation: Invitation) -> None:
    strict = Client(enforce_csrf_checks=True)
    path = unsubscribe_path(invitation)
    assert strict.get(path).status_code == 405
    response = strict.post(path, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert Suppression.objects.holds("chloe@example.org")


def test_a_wrong_unsubscribe_link_stops_nobody(
    client: Client, invitation: Invitation
) -> None:
    path = unsubscribe_path(invitation).replace(str(invitation.key)[:4], "0000")
    assert client.post(path).status_code == 404
    wrong = unsubscribe_path(invitation)[:-3] + "zz/"
    assert client.post(wrong).status_code == 404
    assert not Suppression.objects.exists()


def test_the_page_costs_the_same_with_one_guest_and_with_three(
    client: Client,
    invitation: Invitation,
    django_assert_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:
    with django_assert_num_queries(5):
        client.get(url(invitation))
    for _ in range(2):
        InvitationFactory(meetup=invitation.meetup).rsvp(PartStat.ACCEPTED)
    with django_assert_num_queries(5):
        client.get(url(invitation))
