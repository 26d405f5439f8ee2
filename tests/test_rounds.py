"""« Tour de métiers »: who speaks, and for how long."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from invitations.models import PartStat
from networking.models import Meetup, User
from reports.models import Presence
from reports.views.rounds import share_words
from tests.factories import (
    CircleFactory,
    InvitationFactory,
    ProfessionalFactory,
    ProfessionFactory,
    UserFactory,
)

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
ACTIVITIES = ("Soins infirmiers", "Aide à domicile", "Éducation spécialisée")


def expect(meetup: Meetup, *activities: str, answer=PartStat.ACCEPTED) -> None:
    for activity in activities:
        trade = ProfessionFactory(key=activity[:8], activity=activity)
        person = ProfessionalFactory(profession=trade)
        InvitationFactory(meetup=meetup, professional=person, partstat=answer)


def page_of(client: Client, meetup: Meetup, query: str = "") -> str:
    url = reverse("round_of_trades", args=(meetup.pk,))
    return client.get(url + query).content.decode()


def trades(page: str) -> list[str]:
    return re.findall(r"data-trade>(.+?) <", page)


def test_trades_speak_in_alphabetical_order_whatever_their_accents(
    meetup: Meetup, amina: User, signed_in: SignIn
) -> None:
    expect(meetup, *ACTIVITIES, "Soins infirmiers")
    # Two trades of one activity speak once.
    other = ProfessionFactory(key="psychiatric_nurse", activity="Soins infirmiers")
    person = ProfessionalFactory(profession=other)
    InvitationFactory(meetup=meetup, professional=person, partstat=PartStat.ACCEPTED)
    expect(meetup, "Pharmacie", answer=PartStat.DECLINED)
    page = page_of(signed_in(amina), meetup)
    assert trades(page) == [
        "Aide à domicile",
        "Éducation spécialisée",
        "Soins infirmiers",
    ]


def test_once_somebody_is_there_only_those_speak(
    meetup: Meetup, amina: User, signed_in: SignIn
) -> None:
    expect(meetup, *ACTIVITIES)
    trade = ProfessionFactory(key="pharm", activity="Pharmacie")
    for presence in (Presence.WALK_IN, Presence.ABSENT):
        meetup.attendances.create(presence=presence, profession=trade, first_name="A")
        trade = ProfessionFactory(key="gone", activity="Parti")
    assert trades(page_of(signed_in(amina), meetup)) == ["Pharmacie"]


@pytest.mark.parametrize(
    ("query", "seconds", "said", "fits"),
    [
        ("", 300, "5\xa0min", True),
        ("?minutes=6", 120, "2\xa0min", True),
        ("?minutes=4", 80, "1\xa0min\xa020", True),
        ("?minutes=1", 30, "30\xa0secondes", False),
        ("?minutes=0", 30, "30\xa0secondes", False),
        ("?minutes=99999999999999", 300, "5\xa0min", True),
        ("?minutes=-5", 300, "5\xa0min", True),
        ("?minutes=²", 300, "5\xa0min", True),
    ],
)
def test_the_time_is_shared_between_the_trades(
    meetup: Meetup,
    amina: User,
    signed_in: SignIn,
    query: str,
    seconds: int,
    said: str,
    fits: bool,
) -> None:
    expect(meetup, *ACTIVITIES)
    page = page_of(signed_in(amina), meetup, query)
    assert f'data-round="{seconds}"' in page
    assert page.count(f"· {said}<") == 3
    assert ("ce tour dépassera" in page) is not fits


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(30, "30\xa0secondes"), (60, "1\xa0min"), (65, "1\xa0min\xa005")],
)
def test_a_share_is_said_in_words(seconds: int, words: str) -> None:
    assert share_words(seconds) == words


def test_without_anybody_the_page_says_what_comes(
    meetup: Meetup, amina: User, signed_in: SignIn
) -> None:
    page = page_of(signed_in(amina), meetup)
    assert "Personne n’est encore attendu." in page
    assert "round.js" not in page


@pytest.mark.parametrize(
    ("who", "status"),
    [("amina", 200), ("bruno", 200), ("nora", 404), ("driss", 404), ("eloy", 404)],
)
def test_the_team_alone_leads_the_round(
    meetup: Meetup, eloy: User, signed_in: SignIn, who: str, status: int
) -> None:
    CircleFactory(organiser=UserFactory(first_name="Nora", email="nora@example.org"))
    domain = "mairie.example" if who == "eloy" else "example.org"
    client = signed_in(UserFactory(email=f"{who}@{domain}"))
    url = reverse("round_of_trades", args=(meetup.pk,))
    assert client.get(url).status_code == status
    assert client.post(url).status_code == 405


@pytest.mark.parametrize("guests", [1, 3])
def test_the_round_costs_the_same_for_one_and_three_trades(
    meetup: Meetup,
    amina: User,
    signed_in: SignIn,
    guests: int,
    django_assert_num_queries,
) -> None:
    expect(meetup, *ACTIVITIES[:guests])
    client = signed_in(amina)
    with django_assert_num_queries(7):
        page_of(client, meetup)
