"""The organiser plans, invites, follows, moves and cancels; strangers see nothing."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from invitations.models import Delivery, Invitation, PartStat, SeatRequestStatus
from networking.forms.meetups import clash
from networking.models import Circle, Meetup, Membership, Professional, User
from tests.factories import (
    CircleFactory,
    InvitationFactory,
    MeetupFactory,
    ProfessionalFactory,
    SeatRequestFactory,
    VenueFactory,
)
from venues.models import BookingStatus, Venue

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
Queries = Callable[[int], CaptureQueriesContext]


SLOT = {"on", "venue", "starts", "ends"}


def ordinary_day() -> date:
    """A weekday without holidays, at least three weeks ahead."""
    day = timezone.localdate() + timedelta(days=21)
    while clash(day):
        day += timedelta(days=1)
    return day


def plan(venue: Venue, **changes: object) -> dict[str, object]:
    data: dict[str, object] = {
        "on": ordinary_day().isoformat(),
        "venue": venue.pk,
        "starts": "12:15",
        "ends": "13:45",
        "title": "Le déjeuner du Biollay",
        "capacity": "14",
        "meal_paid_by": "association",
        "message": "",
        "reminders": ["7", "2"],
        "is_public": "on",
    }
    return {**data, **changes}


@pytest.fixture
def organiser(amina: User, circle: Circle, signed_in: SignIn) -> Client:
    return signed_in(amina)


@pytest.fixture
def venue(db: None) -> Venue:
    return VenueFactory(seats=20)


def create(client: Client, circle: Circle, data: dict[str, object]) -> str:
    response = client.post(f"/rencontres/nouvelle/?cercle={circle.pk}", data)
    return response.content.decode()


def test_with_one_circle_the_form_opens_at_once(
    organiser: Client, circle: Circle
) -> None:
    page = organiser.get("/rencontres/nouvelle/").content.decode()
    assert "Qui\u202f?" in page or "Qui&#8239;?" in page
    assert "Le Biollay" in page


def test_three_answers_make_a_meetup_with_its_slot(
    organiser: Client, circle: Circle, venue: Venue
) -> None:
    create(organiser, circle, plan(venue))
    meetup = Meetup.objects.get()
    assert meetup.venue == venue
    assert timezone.localtime(meetup.starts_at).strftime("%H:%M") == "12:15"
    assert meetup.booking.status == BookingStatus.REQUESTED
    assert (meetup.reminder_days, meetup.sequence) == ([7, 2], 0)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"on": "2020-01-07"}, "Ce jour est passé."),
        ({"on": "2099-01-07"}, "plus de deux ans"),
        ({"on": "demain"}, "Écrivez le jour ainsi"),
        ({"on": ""}, "Choisissez un jour."),
        ({"ends": "12:00"}, "La fin doit venir après le début."),
        ({"starts": "midi"}, "Écrivez l’heure ainsi"),
        ({"venue": "999999"}, "Choisissez un lieu de la liste."),
        ({"venue": ""}, "Choisissez un lieu."),
        ({"capacity": "21"}, "Ce lieu a 20\u00a0places assises."),
        ({"capacity": "-1"}, "Écrivez 0 ou plus."),
        ({"capacity": "dix"}, "Écrivez un nombre"),
        ({"title": ""}, "Écrivez un titre."),
        ({"title": "x" * 121}, "Le titre dépasse 120 signes."),
        ({"message": "x" * 601}, "Le message dépasse 600 signes."),
    ],
)
def test_each_mistake_gets_its_sentence_and_nothing_typed_is_lost(
    organiser: Client,
    circle: Circle,
    venue: Venue,
    change: dict[str, object],
    sentence: str,
) -> None:
    data = plan(venue, message="Venez avec une bonne nouvelle.") | change
    page = create(organiser, circle, data)
    assert sentence in page
    if "message" not in change:
        assert "Venez avec une bonne nouvelle." in page
    assert not Meetup.objects.exists()


def test_a_bank_holiday_asks_twice(
    organiser: Client, circle: Circle, venue: Venue
) -> None:
    year = timezone.localdate().year + 1
    data = plan(venue, on=f"{year}-07-14")
    page = create(organiser, circle, data)
    assert "est férié" in page
    assert not Meetup.objects.exists()
    create(organiser, circle, data | {"keep_day": "on"})
    assert Meetup.objects.exists()


def test_a_venue_already_taken_is_said_with_its_hours(
    organiser: Client, circle: Circle, venue: Venue
) -> None:
    create(organiser, circle, plan(venue))
    page = create(organiser, circle, plan(venue, starts="13:00", ends="14:00"))
    assert "Ce lieu est déjà pris" in page
    assert Meetup.objects.count() == 1


def test_a_double_submit_plans_one_meetup(
    organiser: Client, circle: Circle, venue: Venue
) -> None:
    for _ in range(2):
        create(organiser, circle, plan(venue))
    assert Meetup.objects.count() == 1


def test_a_relay_cannot_plan_and_a_stranger_finds_nothing(
    bruno: User, driss: User, circle: Circle, meetup: Meetup, signed_in: SignIn
) -> None:
    relay, stranger = signed_in(bruno), signed_in(driss)
    address = f"/rencontres/nouvelle/?cercle={circle.pk}"
    assert relay.get(address).status_code == 403
    assert stranger.get(address).status_code == 403
    assert relay.get(f"/rencontres/{meetup.pk}/").status_code == 200
    assert stranger.get(f"/rencontres/{meetup.pk}/").status_code == 404
    for page in ("inviter", "deplacer", "annuler", "reglages"):
        assert relay.get(f"/rencontres/{meetup.pk}/{page}/").status_code == 403
        assert stranger.get(f"/rencontres/{meetup.pk}/{page}/").status_code == 404


def test_another_circles_organiser_finds_nothing(
    meetup: Meetup, signed_in: SignIn, driss: User
) -> None:
    CircleFactory(organiser=driss)
    client = signed_in(driss)
    for tail in ("", "inviter/", "envois/", "annuler/", "presences/", "feuille.pdf"):
        assert client.get(f"/rencontres/{meetup.pk}/{tail}").status_code == 404, tail


def send(client: Client, meetup: Meetup, person: Professional) -> str:
    data = {"people": person.pk, "envoyer": "1"}
    address = f"/rencontres/{meetup.pk}/apercu/"
    return client.post(address, data, follow=True).content.decode()


def test_a_circle_of_a_thousand_people_can_be_invited(
    organiser: Client, meetup: Meetup
) -> None:
    people = ProfessionalFactory.build_batch(1000, profession=None, commune=None)
    sample = ProfessionalFactory()
    for person in people:
        person.profession, person.commune = sample.profession, sample.commune
    Professional.objects.bulk_create(people)
    Membership.objects.bulk_create(
        Membership(circle=meetup.circle, professional=person) for person in people
    )
    data = {"people": [person.pk for person in people]}
    response = organiser.post(f"/rencontres/{meetup.pk}/apercu/", data)
    assert "Envoyer 1\u202f000\u00a0invitations" in response.content.decode()


def test_everybody_of_the_circle_is_proposed_and_the_mail_is_read_first(
    organiser: Client, meetup: Meetup, chloe: Professional
) -> None:
    page = organiser.get(f"/rencontres/{meetup.pk}/inviter/").content.decode()
    assert "Chloé Martin" in page
    preview = organiser.post(f"/rencontres/{meetup.pk}/apercu/", {"people": chloe.pk})
    assert "Chloé, on déjeune ensemble" in preview.content.decode()
    assert not Invitation.objects.exists()
    send(organiser, meetup, chloe)
    assert Delivery.objects.get().recipient == "chloe@example.org"


def test_sending_twice_invites_once(
    organiser: Client, meetup: Meetup, chloe: Professional
) -> None:
    for _ in range(2):
        page = send(organiser, meetup, chloe)
    assert "Ces personnes sont déjà invitées." in page
    assert Delivery.objects.count() == 1


def test_nobody_outside_the_circle_can_be_invited(
    organiser: Client, meetup: Meetup
) -> None:
    other = ProfessionalFactory()
    send(organiser, meetup, other)
    assert not Invitation.objects.exists()


def test_the_relay_notes_an_answer_given_by_phone(
    bruno: User, meetup: Meetup, chloe: Professional, signed_in: SignIn
) -> None:
    invitation = InvitationFactory(meetup=meetup, professional=chloe)
    address = f"/rencontres/{meetup.pk}/reponse/{invitation.pk}/"
    signed_in(bruno).post(address, {"reponse": "oui"})
    invitation.refresh_from_db()
    assert (invitation.partstat, invitation.recorded_by) == ("ACCEPTED", bruno)


def test_moving_and_cancelling_tell_people(
    organiser: Client, meetup: Meetup, chloe: Professional, venue: Venue
) -> None:
    InvitationFactory(meetup=meetup, professional=chloe)
    data = {k: v for k, v in plan(venue).items() if k in SLOT}
    organiser.post(f"/rencontres/{meetup.pk}/deplacer/", data)
    meetup.refresh_from_db()
    assert (meetup.venue, meetup.sequence) == (venue, 1)
    organiser.post(f"/rencontres/{meetup.pk}/annuler/", {"reason": ""})
    meetup.refresh_from_db()
    assert not meetup.is_cancelled
    organiser.post(f"/rencontres/{meetup.pk}/annuler/", {"reason": "Trop de neige."})
    meetup.refresh_from_db()
    assert meetup.is_cancelled
    kinds = Delivery.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["update", "cancellation"]


def test_seats_cannot_go_below_those_who_come(
    organiser: Client, meetup: Meetup
) -> None:
    for _ in range(3):
        InvitationFactory(meetup=meetup).rsvp(PartStat.ACCEPTED)
    data = {"title": "T", "capacity": "2", "meal_paid_by": "each", "message": "Bonjour"}
    page = organiser.post(f"/rencontres/{meetup.pk}/reglages/", data).content.decode()
    assert "Gardez au moins 3 places." in page
    assert "Bonjour" in page
    organiser.post(f"/rencontres/{meetup.pk}/reglages/", data | {"capacity": "3"})
    meetup.refresh_from_db()
    assert (meetup.capacity, meetup.meal_paid_by) == (3, "each")


def test_a_request_for_a_seat_is_decided_once(
    organiser: Client, meetup: Meetup
) -> None:
    asked = SeatRequestFactory(meetup=meetup)
    address = f"/rencontres/{meetup.pk}/demande/{asked.pk}/"
    organiser.post(address, {"donner": "1"})
    organiser.post(address, {"refuser": "1"})
    asked.refresh_from_db()
    assert asked.status == SeatRequestStatus.ACCEPTED
    assert Invitation.objects.get().is_coming


def test_the_venue_is_confirmed_or_another_one_is_sought(
    organiser: Client, meetup: Meetup
) -> None:
    organiser.post(f"/rencontres/{meetup.pk}/salle/", {"confirmee": "1"})
    meetup.booking.refresh_from_db()
    assert meetup.booking.status == BookingStatus.CONFIRMED
    response = organiser.post(f"/rencontres/{meetup.pk}/salle/", {"refusee": "1"})
    assert response["Location"] == f"/rencontres/{meetup.pk}/deplacer/"


def test_the_page_shows_the_table_and_who_is_missing(
    organiser: Client, meetup: Meetup, chloe: Professional
) -> None:
    page = organiser.get(f"/rencontres/{meetup.pk}/").content.decode()
    assert "Il manque encore autour de la table" in page
    assert "Soins infirmiers" in page
    InvitationFactory(meetup=meetup, professional=chloe).rsvp(PartStat.ACCEPTED)
    page = organiser.get(f"/rencontres/{meetup.pk}/").content.decode()
    assert "Soins infirmiers" not in page
    assert "Chloé M." in page


def test_a_relay_is_not_led_to_plan(
    amina: User, bruno: User, circle: Circle, signed_in: SignIn
) -> None:
    for query in ("", f"?cercle={circle.pk}"):
        pages = [
            signed_in(who).get(f"/rencontres/{query}").content.decode()
            for who in (amina, bruno)
        ]
        assert ["/rencontres/nouvelle/" in page for page in pages] == [True, False]


def test_on_the_day_the_list_is_one_tap_away_and_nobody_else_is_proposed(
    organiser: Client, amina: User, signed_in: SignIn, meetup: Meetup, chloe
) -> None:
    door = f'class="btn btn-oui" href="/rencontres/{meetup.pk}/presences/"'
    before = organiser.get(meetup.get_absolute_url()).content.decode()
    with time_machine.travel(meetup.starts_at, tick=False):
        page = signed_in(amina).get(meetup.get_absolute_url()).content.decode()
    assert door in page
    assert door not in before
    assert "Il manque encore" in before
    assert "Il manque encore" not in page


def test_lists_cost_the_same_with_one_row_and_with_three(
    organiser: Client,
    circle: Circle,
    meetup: Meetup,
    django_assert_num_queries: Queries,
) -> None:
    InvitationFactory(meetup=meetup)
    SeatRequestFactory(meetup=meetup)
    counts = {
        "/rencontres/": LIST_QUERIES,
        f"/rencontres/{meetup.pk}/": MEETUP_QUERIES,
        f"/rencontres/{meetup.pk}/envois/": DELIVERIES_QUERIES,
        f"/rencontres/{meetup.pk}/inviter/": CHOOSE_QUERIES,
    }
    for address, number in counts.items():
        with django_assert_num_queries(number):
            assert organiser.get(address).status_code == 200
    for _ in range(2):
        MeetupFactory(circle=circle)
        InvitationFactory(meetup=meetup)
        SeatRequestFactory(meetup=meetup)
    for address, number in counts.items():
        with django_assert_num_queries(number):
            organiser.get(address)


LIST_QUERIES, MEETUP_QUERIES, DELIVERIES_QUERIES, CHOOSE_QUERIES = 9, 17, 9, 8
