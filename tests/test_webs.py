"""The picture of a circle's links: few crossings, no name without a yes, and nothing
for partners that may be somebody."""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from invitations.models import Invitation
from networking.drawing import Tie, seats_of, small_web, web
from networking.drawing.rounds import crossings, seated
from networking.models import Circle, Meetup, Profession, Professional, User
from reports.actions import record_presence
from reports.links import Pair
from reports.models import Connection, Consent, Nudge, Presence
from reports.web import band, large_enough, trade_web, web_of
from tests.factories import (
    CircleFactory,
    InvitationFactory,
    ProfessionalFactory,
    ProfessionFactory,
    UserFactory,
)

SignIn = Callable[[User], Client]
many_links = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=11), st.integers(min_value=0, max_value=11)
    ).filter(lambda link: link[0] < link[1]),
    max_size=25,
    unique=True,
)

# The order round the table


@given(many_links)
def test_everybody_sits_once_and_the_same_links_make_the_same_order(
    links: list[tuple[int, int]],
) -> None:
    order = seated(12, links)
    assert sorted(order) == list(range(12))
    assert order == seated(12, links)


@settings(deadline=None)
@given(many_links)
def test_no_single_person_could_sit_better(links: list[tuple[int, int]]) -> None:
    """Circular sifting ends where moving one of them saves no crossing, unless it ran
    out of sweeps."""
    order = seated(12, links)
    least = crossings(order, links)
    assert least <= crossings(range(12), links) or least == 0
    for person in order:
        others = [one for one in order if one != person]
        for at in range(12):
            moved = [*others[:at], person, *others[at:]]
            assert crossings(moved, links) >= least


@pytest.mark.parametrize("count", [4, 9, 30])
def test_a_chain_and_a_star_do_not_cross(count: int) -> None:
    shuffled = [(7 * k) % count if count % 7 else k for k in range(count)]
    chain = list(zip(shuffled, shuffled[1:], strict=False))
    assert crossings(seated(count, chain), chain) == 0
    star = [(shuffled[0], shuffled[k]) for k in range(1, count)]
    assert crossings(seated(count, star), star) == 0


def test_crossings_are_those_of_chords() -> None:
    assert crossings([0, 1, 2, 3], [(0, 2), (1, 3)]) == 1
    assert crossings([0, 1, 2, 3], [(0, 1), (2, 3)]) == 0
    assert crossings([0, 2, 1, 3], [(0, 2), (1, 3)]) == 0


@pytest.mark.parametrize("count", [0, 1, 5, 40, 200])
def test_a_picture_is_well_formed_at_any_size(count: int) -> None:
    ties = [
        Tie(k, (k * 3 + 1) % count) for k in range(count) if k != (k * 3 + 1) % count
    ]
    names = ["<Zoé>" if k % 2 else "" for k in range(count)]
    order = seats_of(count, ties)
    picture = parsed(web(names, ties, order, 'Le "tout"'))
    assert len(picture.findall(".//path")) == len(ties)
    texts = [one.text for one in picture.findall(".//text")]
    assert texts == ["<Zoé>"] * (count // 2 if count <= 44 else 0)
    assert picture.get("aria-label") == 'Le "tout"'
    assert len(parsed(small_web(ties, order, "")).findall(".//path")) == len(ties)


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own


# For the circle


def come(meetup: Meetup, **fields: object) -> Invitation:
    guest = InvitationFactory(
        meetup=meetup, professional=ProfessionalFactory(**fields), partstat="ACCEPTED"
    )
    record_presence(invitation=guest, presence=Presence.PRESENT, user=meetup.organiser)
    return guest


def meet(one: Invitation, two: Invitation, at: datetime | None = None) -> None:
    for a, b in ((one, two), (two, one)):
        Connection.objects.create(
            professional=a.professional,
            other=b.professional,
            meetup=a.meetup,
            created_at=at or timezone.now(),
        )


def consent(*guests: Invitation) -> None:
    for guest in guests:
        Consent.objects.create(professional=guest.professional, kind="web")


@pytest.fixture
def three(over: Meetup) -> list[Invitation]:
    """Fatou and Ida keep in touch, and Ida and Zoé; Fatou and Ida show their names."""
    fatou, ida, zoe = (come(over, first_name=n) for n in ("Fatou", "Ida", "Zoé"))
    meet(fatou, ida)
    meet(ida, zoe)
    consent(fatou, ida)
    return [fatou, ida, zoe]


def test_a_name_is_drawn_only_with_a_consent(
    three: list[Invitation], circle: Circle
) -> None:
    drawn = web_of(circle, timezone.now())
    assert ">Fatou<" in drawn.picture
    assert "Zoé" not in drawn.picture
    assert (drawn.links, drawn.people) == (2, 3)
    assert drawn.named == [("Fatou", "Ida")]
    assert drawn.unnamed == 1


def test_the_list_of_links_is_alphabetical_whatever_the_accents(
    over: Meetup, circle: Circle
) -> None:
    zoe, eloise, anne = (come(over, first_name=n) for n in ("Zoé", "Éloïse", "Anne"))
    for one, two in ((zoe, eloise), (zoe, anne), (eloise, anne)):
        meet(one, two)
    consent(zoe, eloise, anne)
    named = [("Anne", "Éloïse"), ("Anne", "Zoé"), ("Éloïse", "Zoé")]
    assert web_of(circle, timezone.now()).named == named


def test_what_one_only_said_is_not_drawn(
    three: list[Invitation], circle: Circle
) -> None:
    silent = come(three[0].meetup, first_name="Nour")
    Connection.objects.create(
        professional=three[0].professional,
        other=silent.professional,
        meetup=silent.meetup,
    )
    consent(silent)
    assert "Nour" not in web_of(circle, timezone.now()).picture


def test_time_passes_in_steps_that_only_grow(over: Meetup, circle: Circle) -> None:
    guests = [come(over) for _ in range(4)]
    now = datetime.fromisoformat("2026-10-10T10:00Z")
    for guest, month in zip(guests[1:], ("2025-11", "2026-02", "2026-09"), strict=True):
        meet(guests[0], guest, datetime.fromisoformat(f"{month}-10T10:00Z"))
    steps = web_of(circle, now).steps
    assert [(step.name, step.links) for step in steps] == [
        ("Fin décembre 2025", 1),
        ("Fin juin 2026", 2),
        ("Maintenant", 3),
    ]
    assert [step.picture.count("<path") for step in steps] == [1, 2, 3]


@pytest.mark.parametrize(
    ("who", "status"),
    [("amina", 200), ("bruno", 200), ("other", 404), ("eloy", 404), ("driss", 404)],
)
def test_the_web_is_for_the_team(
    request: pytest.FixtureRequest,
    signed_in: SignIn,
    circle: Circle,
    who: str,
    status: int,
) -> None:
    if who == "other":
        user = UserFactory(email="ailleurs@example.org")
        CircleFactory(organiser=user)
    else:
        user = request.getfixturevalue(who)
    path = reverse("circle_links", args=(circle.pk,))
    assert signed_in(user).get(path).status_code == status


def test_a_visitor_is_asked_to_sign_in(client: Client, circle: Circle) -> None:
    response = client.get(reverse("circle_links", args=(circle.pk,)))
    assert response.status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_web_costs_the_same_for_any_number_of_links(
    signed_in: SignIn,
    amina: User,
    over: Meetup,
    circle: Circle,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    first = come(over, first_name="Fatou")
    consent(first)
    for _ in range(count):
        other = come(over, first_name="Ida")
        meet(first, other)
        consent(other)
    client = signed_in(amina)
    with django_assert_num_queries(10):
        html = client.get(reverse("circle_links", args=(circle.pk,))).content.decode()
    assert html.count("<bdi>Fatou</bdi> et <bdi>Ida</bdi>") == count


def test_few_answers_are_not_counted_aloud(
    signed_in: SignIn, amina: User, three: list[Invitation], circle: Circle
) -> None:
    for link in Connection.objects.all():
        Nudge.objects.create(connection=link, months=2, has_met_again=True)
    path = reverse("circle_links", args=(circle.pk,))
    html = signed_in(amina).get(path).content.decode()
    assert "Pas assez de réponses pour compter" in html
    for _ in range(3):
        one, two = come(three[0].meetup), come(three[0].meetup)
        meet(one, two)
        link = Connection.objects.get(professional=one.professional)
        Nudge.objects.create(connection=link, months=2, has_met_again=False)
    html = signed_in(amina).get(path).content.decode()
    assert "2 sur 5 ont repris contact" in html


def test_the_circle_s_page_says_how_many_links_from_five_on(
    signed_in: SignIn, amina: User, over: Meetup, circle: Circle
) -> None:
    others = ProfessionFactory(key="pharmacist", activity="Pharmacie")
    client = signed_in(amina)
    for count in range(1, 6):
        meet(come(over), come(over, profession=others) if count > 3 else come(over))
        html = client.get(circle.get_absolute_url()).content.decode()
        assert ("liens</b>" in html) is (count == 5)
    assert "5\u00a0liens</b>, dont 1 entre métiers qui ne se connaissaient pas" in html


def test_guests_see_the_web_and_take_their_name_back(
    client: Client, three: list[Invitation]
) -> None:
    path = reverse("my_web", args=(three[0].token,))
    assert ">Fatou<" in client.get(path).content.decode()
    client.get(path, {"prenom": "0"})
    assert Consent.objects.filter(professional=three[0].professional).exists()
    html = client.post(path, {"prenom": "0"}, follow=True).content.decode()
    assert ">Fatou<" not in html
    assert not Consent.objects.filter(professional=three[0].professional).exists()
    html = client.post(path, {"prenom": "1"}, follow=True).content.decode()
    assert ">Fatou<" in html


# For partners


def trades(over: Meetup, **counts: int) -> dict[str, list[Invitation]]:
    found = {}
    for key, count in counts.items():
        trade = ProfessionFactory(key=key, activity=key)
        found[key] = [come(over, profession=trade) for _ in range(count)]
    return found


@pytest.mark.django_db
def test_the_only_midwife_of_a_village_is_no_line(over: Meetup) -> None:
    people = trades(over, soins=6, accouchements=1, pharmacie=5)
    for nurse in people["soins"]:
        meet(nurse, people["accouchements"][0])
    for nurse, pharmacist in zip(people["soins"], people["pharmacie"], strict=False):
        meet(nurse, pharmacist)
    drawn = trade_web([over])
    assert drawn.rows == [["pharmacie", "soins", "5 à 9"]]
    assert "accouchements" not in drawn.picture
    assert "n’est pas montrée" in drawn.note


@pytest.mark.django_db
def test_few_links_are_no_line(over: Meetup) -> None:
    people = trades(over, soins=9, pharmacie=9)
    for one, two in list(zip(people["soins"], people["pharmacie"], strict=True))[:4]:
        meet(one, two)
    drawn = trade_web([over])
    assert drawn.rows == []
    assert "soins" not in drawn.picture


@pytest.mark.django_db
def test_numbers_leave_as_bands_in_words_and_in_lines(over: Meetup) -> None:
    people = trades(over, soins=6, pharmacie=6)
    pairs = [(a, b) for a in people["soins"] for b in people["pharmacie"]]
    pictures = []
    for number, (one, two) in enumerate(pairs[:11], start=1):
        meet(one, two)
        pictures.append(trade_web([over]))
        if number >= 5:
            assert pictures[-1].rows[0][2] == ("5 à 9" if number < 10 else "10 à 19")
    assert pictures[5].picture == pictures[8].picture != pictures[9].picture


@given(
    links=st.lists(
        st.tuples(
            st.integers(min_value=0, max_value=29),
            st.integers(min_value=0, max_value=29),
        ).filter(lambda link: link[0] < link[1]),
        unique=True,
    ),
    sizes=st.lists(st.integers(min_value=1, max_value=9), min_size=30, max_size=30),
    least=st.integers(min_value=5, max_value=11),
)
def test_no_line_is_of_few(
    links: list[tuple[int, int]], sizes: list[int], least: int
) -> None:
    """Whatever the links: two trades are named only if `least` people of each came,
    and `least` links of `least` people join them."""
    people = [
        Professional(pk=k, profession=Profession(activity=f"m{sizes[k] % 4}"))
        for k in range(30)
    ]
    now = timezone.now()
    pairs = [Pair(people[one], people[two], now) for one, two in links]
    came = Counter(one.profession.activity for one in people)
    for trades, count in large_enough(pairs, came, least).items():
        theirs = [pair for pair in pairs if pair.trades == trades]
        assert count == len(theirs) >= least
        assert len({key for pair in theirs for key in pair.keys}) >= least
        assert min(came[trade] for trade in trades) >= least


@pytest.mark.parametrize(
    ("count", "least", "words"),
    [(5, 5, "5 à 9"), (10, 5, "10 à 19"), (20, 5, "20 et plus"), (21, 11, "11 à 21")],
)
def test_bands(count: int, least: int, words: str) -> None:
    assert band(count, least) == words
