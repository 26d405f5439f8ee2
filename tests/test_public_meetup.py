"""What anybody sees: trades, never names; and a seat can be asked for."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from invitations.models import PartStat, SeatRequest
from networking.models import Meetup, Professional
from tests.factories import InvitationFactory, MeetupFactory, ProfessionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(meetup: Meetup) -> dict[str, str]:
    return {
        "first_name": "Driss",
        "last_name": "Haddad",
        "profession": ProfessionFactory().pk,
        "email": "driss@example.org",
        "phone": "",
        "website": "",
    }


def test_the_agenda_lists_published_meetups_only(client: Client) -> None:
    MeetupFactory(title="Le déjeuner ouvert")
    MeetupFactory(title="Le déjeuner privé", is_public=False)
    page = client.get("/agenda/").content.decode()
    assert "Le déjeuner ouvert" in page
    assert "Le déjeuner privé" not in page


def test_an_unpublished_meetup_has_no_public_page(client: Client) -> None:
    meetup = MeetupFactory(is_public=False)
    assert client.get(f"/agenda/{meetup.pk}/").status_code == 404
    assert client.get(f"/agenda/{meetup.pk}/agenda.ics").status_code == 404


def test_no_guest_is_named_in_public(
    client: Client, meetup: Meetup, chloe: Professional
) -> None:
    InvitationFactory(meetup=meetup, professional=chloe).rsvp(PartStat.ACCEPTED)
    page = client.get(f"/agenda/{meetup.pk}/").content.decode()
    assert "Soins infirmiers" in page
    assert "Chloé" not in page
    assert chloe.email not in page


def test_a_seat_is_asked_for_once(
    client: Client, meetup: Meetup, asking: dict[str, str]
) -> None:
    for email in ("driss@example.org", "DRISS@example.org"):
        data = asking | {"email": email}
        response = client.post(f"/agenda/{meetup.pk}/", data, follow=True)
        assert "C’est noté." in response.content.decode()
    assert SeatRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"first_name": ""}, "Écrivez votre prénom."),
        ({"first_name": "x" * 300}, "Ce nom dépasse 60 signes."),
        ({"profession": ""}, "Choisissez votre métier."),
        ({"email": "", "phone": ""}, "Écrivez un e-mail ou un téléphone"),
        ({"email": "driss@medecin.mssante.fr"}, "messagerie sécurisée"),
        ({"email": "driss@gmail.con"}, "driss@gmail.com"),
        ({"email": "driss"}, "Écrivez une adresse e-mail complète"),
        ({"phone": "12"}, "Écrivez un téléphone complet"),
    ],
)
def test_each_mistake_gets_its_sentence_and_nothing_typed_is_lost(
    client: Client,
    meetup: Meetup,
    asking: dict[str, str],
    change: dict[str, str],
    sentence: str,
) -> None:
    response = client.post(f"/agenda/{meetup.pk}/", asking | change)
    page = response.content.decode()
    assert sentence in page
    assert "Haddad" in page
    assert not SeatRequest.objects.exists()


def test_a_robot_gets_a_polite_nothing(
    client: Client, meetup: Meetup, asking: dict[str, str]
) -> None:
    data = asking | {"website": "https://spam.example"}
    page = client.post(f"/agenda/{meetup.pk}/", data, follow=True).content.decode()
    assert "C’est noté." in page
    assert not SeatRequest.objects.exists()


def test_a_right_to_left_name_is_kept_as_it_is(
    client: Client, meetup: Meetup, asking: dict[str, str]
) -> None:
    client.post(f"/agenda/{meetup.pk}/", asking | {"first_name": "إدريس"})
    assert SeatRequest.objects.get().first_name == "إدريس"


def test_a_cancelled_meetup_takes_no_request(
    client: Client, meetup: Meetup, asking: dict[str, str]
) -> None:
    meetup.cancel("Trop de neige.")
    page = client.post(f"/agenda/{meetup.pk}/", asking).content.decode()
    assert "Trop de neige." in page
    assert not SeatRequest.objects.exists()


def test_public_pages_cost_the_same_with_one_row_and_with_three(
    client: Client,
    meetup: Meetup,
    django_assert_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:
    for _ in range(2):
        with django_assert_num_queries(3):
            client.get("/agenda/")
        with django_assert_num_queries(6):
            client.get(f"/agenda/{meetup.pk}/")
        for _ in range(2):
            MeetupFactory()
            InvitationFactory(meetup=meetup).rsvp(PartStat.ACCEPTED)


def test_the_feed_lists_published_meetups_and_says_when_one_is_cancelled(
    client: Client, meetup: Meetup
) -> None:
    MeetupFactory(title="Le déjeuner privé", is_public=False)
    meetup.cancel("Trop de neige.")
    response = client.get("/agenda/abonnement.ics")
    content = response.content.decode()
    assert meetup.uid in content
    assert "STATUS:CANCELLED" in content
    assert "privé" not in content
    assert "ATTENDEE" not in content


def test_an_unchanged_feed_is_not_sent_again(client: Client, meetup: Meetup) -> None:
    first = client.get("/agenda/abonnement.ics")
    again = client.get(
        "/agenda/abonnement.ics", headers={"If-None-Match": first["ETag"]}
    )
    assert again.status_code == 304
    Meetup.objects.update(is_public=False)
    gone = client.get(
        "/agenda/abonnement.ics", headers={"If-None-Match": first["ETag"]}
    )
    assert gone.status_code == 200
    assert meetup.uid not in gone.content.decode()


def test_search_engines_may_read_the_agenda_and_nothing_personal(
    client: Client, meetup: Meetup, chloe: Professional
) -> None:
    assert "X-Robots-Tag" not in client.get("/agenda/").headers
    invitation = InvitationFactory(meetup=meetup, professional=chloe)
    assert client.get(f"/i/{invitation.token}/")["X-Robots-Tag"] == "noindex"


def test_after_the_meal_nobody_counts_the_table_on_the_public_page(
    client: Client, meetup: Meetup, chloe: Professional
) -> None:
    """A report says « moins de 5 », and its reference gives this very address."""
    InvitationFactory(meetup=meetup, professional=chloe).rsvp(PartStat.ACCEPTED)
    drawn = client.get(f"/agenda/{meetup.pk}/").content.decode()
    assert "1 personne a dit oui" in drawn.replace("\u00a0", " ").replace("\u202f", " ")
    now = timezone.now()
    Meetup.objects.filter(pk=meetup.pk).update(
        starts_at=now - timedelta(hours=3), ends_at=now - timedelta(hours=1)
    )
    page = client.get(f"/agenda/{meetup.pk}/").content.decode()
    assert "a dit oui" not in page
    assert "Soins infirmiers" not in page
    assert "Il reste" not in page
    assert "Ce repas a eu lieu" in page
    meetup.invitations.all().delete()
    empty = client.get(f"/agenda/{meetup.pk}/").content.decode()
    assert empty.count("<circle") == page.count("<circle")
