"""Input that no browser of a kind person sends: no page breaks, nothing is lost."""

import sys
import threading
from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invitations.models import Delivery, Invitation, PartStat
from networking.models import (
    Circle,
    Meetup,
    Membership,
    Professional,
    Suppression,
    User,
)
from networking.templatetags.french import NARROW
from tests.factories import (
    CircleFactory,
    InvitationFactory,
    MeetupFactory,
    ProfessionalFactory,
    ProfessionFactory,
    SeatRequestFactory,
    VenueFactory,
)

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
HUGE = "9" * 30
STRANGE = ("\0", "a\0b", "-1", "0", "٣", "²", HUGE, "😀", "\u202eabc", "x" * 3000)


def careful(client: Client) -> Client:
    """A client that sees the 500 page rather than the exception."""
    client.raise_request_exception = False
    return client


@pytest.fixture
def desk(signed_in: SignIn, amina: User, circle: Circle) -> Client:
    return careful(signed_in(amina))


def answers(responses: Iterable[tuple[str, HttpResponse]]) -> list[str]:
    return [name for name, response in responses if response.status_code >= 500]


@pytest.mark.parametrize("value", STRANGE)
def test_no_address_breaks_a_page(desk: Client, meetup: Meetup, value: str) -> None:
    people, own = f"/cercles/{meetup.circle_id}/", f"/rencontres/{meetup.pk}"
    places = (
        *((people, name) for name in ("page", "per_page", "sort", "nom", "besoin")),
        *(("/lieux/", "cercle"), ("/rencontres/", "cercle"), ("/annuaire/", "q")),
        *((f"{own}/inviter/", "people"), (f"{own}/apercu/", "people")),
        *((f"{own}/presences/", "q"), ("/agenda/", "page"), ("/annuaire/", "besoin")),
    )
    seen = ((f"{page}?{name}", desk.get(page, {name: value})) for page, name in places)
    assert answers(seen) == []


def test_a_search_of_a_thousand_words_is_answered(desk: Client, circle: Circle) -> None:
    response = desk.get(f"/cercles/{circle.pk}/", {"nom": "a " * 1500})
    assert response.status_code == 200


@pytest.mark.parametrize("number", ["0", "9" * 19, HUGE, "9" * 4000])
def test_a_number_that_nobody_has_is_not_found(desk: Client, number: str) -> None:
    for place in ("cercles", "personnes", "lieux", "partenaires", "rencontres"):
        assert desk.get(f"/{place}/{number}/").status_code == 404, place


@pytest.mark.parametrize("value", STRANGE)
def test_a_circle_refuses_places_that_do_not_exist(desk: Client, value: str) -> None:
    data = {"name": "Le cercle du lac", "neighbourhoods": value, "communes": value}
    page = desk.post("/cercles/nouveau/", data)
    assert page.status_code == 200
    assert "Le cercle du lac" in page.content.decode()


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    name=st.text(max_size=400),
    trade=st.sampled_from(["nurse", "\0", "none", HUGE]),
    phone=st.text(max_size=40),
)
def test_whatever_is_asked_on_the_public_page_gets_a_page(
    meetup: Meetup, name: str, trade: str, phone: str
) -> None:
    ProfessionFactory()
    data = {"first_name": name, "profession": trade, "phone": phone}
    encoded = {k: v.encode("utf-8", "replace") for k, v in data.items()}
    page = careful(Client()).post(f"/agenda/{meetup.pk}/", encoded)
    assert page.status_code in (200, 302)
    for asked in meetup.seat_requests.all():
        assert asked.first_name.strip()
        assert "\u202e" not in asked.first_name


@pytest.mark.parametrize("charset", ["rot13", "idna", "undefined", "unicode_escape"])
@pytest.mark.parametrize("tail", ["", "mes-donnees/"])
def test_a_form_in_an_exotic_charset_breaks_nothing(
    chloe: Professional, meetup: Meetup, charset: str, tail: str
) -> None:
    invitation = InvitationFactory(meetup=meetup, professional=chloe)
    part = b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n\\ud800\r\n'
    body = part % b"what_i_do" + part % b"reponse" + b"--b--\r\n"
    response = careful(Client()).generic(
        "POST",
        f"/i/{invitation.token}/{tail}",
        body,
        content_type=f"multipart/form-data; boundary=b; charset={charset}",
    )
    assert response.status_code < 500


SLOTS = (
    ("0001-01-01", "12:00", "13:00"),
    ("9999-12-31", "23:58", "23:59"),
    ("2027-02-29", "12:00", "13:00"),
    ("2027-03-28", "02:30", "03:30"),
    ("2027-03-28", "02:30", "03:00"),
    ("2027-02-26", "13:00", "12:00"),
    ("2027-02-26", "24:00", "25:00"),
)


@pytest.mark.parametrize(("day", "start", "end"), SLOTS)
def test_an_impossible_slot_is_refused_with_the_words_kept(
    desk: Client, circle: Circle, day: str, start: str, end: str
) -> None:
    data = {
        **{"on": day, "starts": start, "ends": end, "keep_day": "on"},
        **{"title": "Le repas des voisins", "capacity": "8"},
        **{"venue": str(VenueFactory().pk), "meal_paid_by": "association"},
    }
    page = desk.post(f"/rencontres/nouvelle/?cercle={circle.pk}", data)
    assert page.status_code == 200
    assert "Le repas des voisins" in page.content.decode()
    assert not Meetup.objects.exists()


FILES = {
    "a.pdf": (b"%PDF-1.4", "PDF"),
    "empty.csv": (b"", "vide"),
    "titles.csv": ("prénom;nom;métier;commune".encode(), "que des titres"),
    "nul.csv": ("prénom;métier;commune\nZo\0é;x;y".encode(), "abîmé"),
    "long.csv": (b"x" * (6 * 1024 * 1024), "trop lourd"),
    "many.csv": (
        ("prénom;métier;commune" + "\nA;b;c" * 5001).encode(),
        f"5{NARROW}000 lignes",
    ),
    "old.xls": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "mot de passe"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_wrong_kind_says_why_and_keeps_the_rest(
    desk: Client, circle: Circle, name: str
) -> None:
    content, words = FILES[name]
    data = {"file": SimpleUploadedFile(name, content), "source": "la liste du lac"}
    page = desk.post(f"/cercles/{circle.pk}/importer/", data).content.decode()
    assert words in page
    assert "la liste du lac" in page


def test_a_second_yes_keeps_the_place_in_the_queue(circle: Circle) -> None:
    meetup = MeetupFactory(circle=circle, capacity=0)
    first, second = (InvitationFactory(meetup=meetup) for _ in range(2))
    for invitation in (first, second, first):
        Client().post(f"/i/{invitation.token}/", {"reponse": "oui"})
    waiting = Invitation.objects.order_by("waiting_since")
    assert list(waiting.values_list("pk", flat=True)) == [first.pk, second.pk]


@pytest.mark.parametrize("answer", ["donner", "refuser"])
def test_whoever_objected_gets_no_mail_about_a_seat(
    desk: Client, meetup: Meetup, answer: str
) -> None:
    asked = SeatRequestFactory(meetup=meetup)
    Suppression.objects.add(asked.email)
    desk.post(f"/rencontres/{meetup.pk}/demande/{asked.pk}/", {answer: "1"})
    assert not Delivery.objects.filter(recipient__iexact=asked.email).exists()


def test_nobody_writes_to_a_shared_mailbox_that_objected(
    desk: Client, meetup: Meetup
) -> None:
    here = {"email": "cabinet@example.org", "shares_mailbox": True}
    one, other = (ProfessionalFactory(**here) for _ in range(2))
    for person in (one, other):
        Membership.objects.create(circle=meetup.circle, professional=person)
    invitation = InvitationFactory(meetup=meetup, professional=one)
    Client().post(f"/i/{invitation.token}/arreter/", {"arreter": "1"})
    desk.post(f"/rencontres/{meetup.pk}/apercu/", {"people": other.pk, "envoyer": 1})
    assert not Delivery.objects.filter(recipient=other.email).exists()


def test_a_seat_goes_to_whoever_asked_not_to_a_colleague(
    desk: Client, meetup: Meetup
) -> None:
    here = {"email": "cabinet@example.org", "shares_mailbox": True}
    ProfessionalFactory(first_name="Abel", search_name="abel", **here)
    asked = SeatRequestFactory(
        meetup=meetup, first_name="Zoé", email="cabinet@example.org"
    )
    desk.post(f"/rencontres/{meetup.pk}/demande/{asked.pk}/", {"donner": "1"})
    coming = meetup.invitations.filter(partstat=PartStat.ACCEPTED)
    assert [i.professional.first_name for i in coming] == ["Zoé"]


def test_an_organiser_elsewhere_reaches_nothing_through_own_numbers(
    signed_in: SignIn, driss: User, meetup: Meetup, chloe: Professional
) -> None:
    invitation = InvitationFactory(meetup=meetup, professional=chloe)
    own = MeetupFactory(circle=CircleFactory(organiser=driss), organiser=driss)
    client = signed_in(driss)
    client.post(f"/rencontres/{own.pk}/reponse/{invitation.pk}/", {"reponse": "oui"})
    client.post(f"/rencontres/{own.pk}/apercu/", {"people": chloe.pk, "envoyer": 1})
    client.post(f"/cercles/{own.circle_id}/retirer/{chloe.pk}/")
    invitation.refresh_from_db()
    assert invitation.answered_at is None
    assert not own.invitations.exists()
    assert meetup.circle.memberships.filter(professional=chloe).exists()
    assert client.get(f"/personnes/{chloe.pk}/").status_code == 404


def at_once(user: User, sign_in: SignIn, path: str, data: dict[str, str]) -> list[int]:
    """The same form six times in the same instant; the statuses."""
    start, found = threading.Barrier(6), []

    def send(client: Client) -> None:
        start.wait()
        found.append(client.post(path, data).status_code)
        connections.close_all()

    clients = [careful(sign_in(user)) for _ in range(6)]
    for client in clients:
        client.get(path)
    threads = [threading.Thread(target=send, args=(client,)) for client in clients]
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # else one thread checks and writes before the next
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(usual)
    return found


@pytest.mark.django_db(transaction=True)
def test_a_seat_given_six_times_at_once_is_one_seat(
    signed_in: SignIn, amina: User, meetup: Meetup
) -> None:
    asked = SeatRequestFactory(meetup=meetup, email="", phone="+33639980102")
    path = f"/rencontres/{meetup.pk}/demande/{asked.pk}/"
    assert max(at_once(amina, signed_in, path, {"donner": "1"})) < 500
    assert meetup.invitations.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_circle_made_six_times_at_once_is_one_circle(
    signed_in: SignIn, amina: User, circle: Circle
) -> None:
    commune = circle.communes.get()
    data = {"name": "Le cercle du lac", "communes": commune.name}
    assert max(at_once(amina, signed_in, "/cercles/nouveau/", data)) < 500
    assert Circle.objects.filter(name="Le cercle du lac").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_meetup_planned_six_times_at_once_takes_the_room_once(
    signed_in: SignIn, amina: User, circle: Circle
) -> None:
    day = timezone.localdate() + timedelta(days=40)
    data = {
        **{"on": day.isoformat(), "starts": "12:15", "ends": "13:45"},
        **{"title": "Le repas", "capacity": "8", "keep_day": "on"},
        **{"venue": str(VenueFactory().pk), "meal_paid_by": "association"},
    }
    path = f"/rencontres/nouvelle/?cercle={circle.pk}"
    assert max(at_once(amina, signed_in, path, data)) < 500
    assert Meetup.objects.count() == 1
