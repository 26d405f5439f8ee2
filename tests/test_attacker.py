"""All that was ever given, read by somebody who wants to know (tests/attacker.py)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from invitations.models import Invitation, PartStat
from networking.models import Meetup, MeetupStatus, Partner, PartnerKind, User
from reports import heard, masking, papers, releases
from reports.actions import NoMeal, issue_period, issue_report
from reports.models import (
    AtEase,
    Attendance,
    Opinion,
    Presence,
    Report,
    WhatNext,
)
from reports.period_reports import Words
from reports.periods import Span
from reports.suppression import exactly
from tests.attacker import Puzzle, Reader, numbers_of, read
from tests.factories import (
    CircleFactory,
    CommuneFactory,
    InvitationFactory,
    MeetupFactory,
    PartnerFactory,
    ProfessionalFactory,
    ProfessionFactory,
    VenueFactory,
)

TRADES = ("Aide à domicile", "Médecine", "Pharmacie", "Soins infirmiers")
PLACES = ("Brenne", "Jore", "Valmorey")
YEAR, PARIS = 2026, ZoneInfo("Europe/Paris")
MEAL, YEARLY, SPEAK = 0, 2, 3
SPANS = ((1, 3), (4, 6), (1, 6), (1, 12), (3, 5))


@pytest.fixture(scope="module", autouse=True)
def _in_the_year_of_the_meals() -> Iterator[None]:
    """A year later names are gone, and nothing about several meals is told."""
    with time_machine.travel(datetime(YEAR, 12, 20, 12, tzinfo=PARIS)):
        yield


def meal_document(total: object, trades: dict[str, object], **more: object) -> str:
    """As naive programs would write it."""
    labels = {
        "Personnes invitées": None,
        "Personnes présentes": total,
        "Venues pour la première fois depuis un an": None,
        "Travaillent dans la commune": None,
        "Structures différentes": None,
    }
    answers = {**labels, **more}
    blocks = {
        "rencontre": [["Rencontre", "Repas 1"]],
        "metiers": [[label, value] for label, value in trades.items()],
        "reponses": [[label, value] for label, value in answers.items()],
    }
    return json.dumps([{"key": key, "rows": rows} for key, rows in blocks.items()])


def period_document(
    totals: dict[str, object], figures: dict[str, object], trades: dict[str, object]
) -> str:
    meals: list[list[object]] = [
        ["", title, "Brenne", total] for title, total in totals.items()
    ]
    blocks = {
        "repas": [*meals, ["", "Ensemble", "", None]],
        "chiffres": [[value, label] for label, value in figures.items()],
        "metiers-presences": [[label, 1, value] for label, value in trades.items()],
    }
    return json.dumps([{"key": key, "rows": rows} for key, rows in blocks.items()])


def test_the_attacker_subtracts_where_a_program_only_hides_small_cells() -> None:
    document = meal_document(10, {"Médecine": 8, "Pharmacie": "moins de 5"})
    assert Reader([document]).found()["Repas 1: Pharmacie"] == {2}


def test_the_attacker_sees_that_a_total_is_near_its_bound() -> None:
    hidden = dict.fromkeys(TRADES, "moins de 5")
    found = Reader([meal_document(15, hidden)]).found()
    assert found["Repas 1: Médecine"] == {3, 4}
    assert Reader([meal_document(10, hidden)]).found() == {}


def test_the_attacker_adds_up_two_documents() -> None:
    first = meal_document("8 à 11", {"Médecine": 7, "Pharmacie": "moins de 5"})
    exact = period_document({"Repas 1": "8 à 11"}, {}, {"Pharmacie": 3})
    assert Reader([first]).found() == {}
    assert Reader([first, exact]).found()["Repas 1: Pharmacie"] == {3}


def test_the_attacker_finds_who_came_back() -> None:
    meals = {"Repas 1": 9, "Repas 2": 12}
    naive = period_document(meals, {"personnes différentes": 19}, {})
    found = Reader([naive]).found()
    assert found["set 0: again"] == {1, 2}
    assert found["Repas 1: without invitation"] == {1, 2}


def test_words_are_read_as_people_read_them() -> None:
    assert read("8 à 11") == (8, 11)
    assert read("moins de 5") == (1, 4)
    assert (read("13"), read(None), read("s")) == ((13, 13), None, None)
    puzzle = Puzzle()
    puzzle.number("a", 1, 4)
    puzzle.bounded({"a": 1}, 3)
    assert puzzle.narrowed(5) == {"a": {3, 4}}


@dataclass
class World:
    people: list
    venues: list
    partners: list[Partner]
    user: User


Guests = Sequence[int]


def made_world(amina: User, trades: Sequence[int], places: Sequence[int]) -> World:
    communes = [CommuneFactory(code=f"7399{n}", name=p) for n, p in enumerate(PLACES)]
    professions = [
        ProfessionFactory(key=f"trade{n}", activity=activity)
        for n, activity in enumerate(TRADES)
    ]
    return World(
        people=[
            ProfessionalFactory(profession=professions[t], commune=communes[p])
            for t, p in zip(trades, places, strict=True)
        ],
        venues=[VenueFactory(commune=commune) for commune in communes[:2]],
        partners=[
            PartnerFactory(name="Mairie de Brenne", communes=communes[:1]),
            PartnerFactory(
                name="CPTS du Lac", kind=PartnerKind.CPTS, communes=communes[:2]
            ),
            PartnerFactory(
                name="CPTS des Monts", kind=PartnerKind.CPTS, communes=communes
            ),
        ],
        user=amina,
    )


def eat(
    world: World, month: int, venue: int, came: Guests, others: tuple[int, int]
) -> Meetup:
    """Who came with an invitation; how many without, and how many stayed away."""
    noon = datetime(YEAR, month, 12, 12, 15, tzinfo=PARIS)
    meetup = MeetupFactory(
        title=f"Repas {month}",
        starts_at=noon,
        ends_at=noon + timedelta(minutes=90),
        booking__venue=world.venues[venue],
        circle=CircleFactory(),
        organiser=world.user,
        status=MeetupStatus.CLOSED,
    )
    guests = [world.people[n] for n in sorted(set(came))]
    invitations = [Invitation.new(meetup, person) for person in guests]
    for invitation in Invitation.objects.bulk_create(invitations):
        person = invitation.professional
        meetup.attendances.create(
            invitation=invitation,
            presence=Presence.PRESENT,
            profession=person.profession,
            commune=person.commune,
        )
    without, absent = others
    for _ in range(without):
        meetup.attendances.create(
            presence=Presence.WALK_IN, profession=world.people[0].profession
        )
    for _ in range(absent):
        InvitationFactory(meetup=meetup, partstat=PartStat.DECLINED)
    return meetup


def speak(meetup: Meetup, said: tuple[int, int, int]) -> None:
    """Opinions that were released: how many, how many at ease, how many go on."""
    many, at_ease, asking = said
    many = min(many, meetup.attendances.there().count() - meetup.opinions.count())
    if many < 5:
        return
    for number in range(many):
        Opinion.objects.create(
            meetup=meetup,
            released_on=meetup.ends_at.date(),
            at_ease=AtEase.YES if number < at_ease else AtEase.NO,
            what_next=WhatNext.AGAIN if number < asking else WhatNext.NOTHING,
        )


def give(world: World, meetups: list[Meetup], what: tuple[int, int, int]) -> None:
    kind, whom, which = what
    if kind == SPEAK:
        return speak(meetups[which % len(meetups)], (6 + whom, 5, 6))
    partner = world.partners[whom]
    if kind == MEAL:
        meetup = meetups[which % len(meetups)]
        number = Report.objects.count()
        issue_report(
            meetup=meetup,
            partner=partner,
            quotes=[f"Phrase {number}."],
            next_steps=[],
            cost=None,
            user=world.user,
        )
        return
    first, last = SPANS[which % len(SPANS)]
    first, last = (1, 12) if kind == YEARLY else (first, last)
    starts = datetime(YEAR, first, 1).date()
    ends = (datetime(YEAR, last, 28) + timedelta(days=3 * (last == 12))).date()
    words = Words([], [], "")
    try:
        issue_period(
            span=Span(starts, ends),
            partner=partner,
            is_year=kind == YEARLY,
            words=words,
            user=world.user,
        )
    except NoMeal:
        return


meals = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.lists(st.integers(0, 29), min_size=0, max_size=24),
        st.tuples(st.integers(0, 6), st.integers(0, 8)),
        st.tuples(st.integers(0, 24), st.integers(0, 24), st.integers(0, 24)),
    ),
    min_size=1,
    max_size=4,
)
gifts = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), st.integers(0, 4)),
    min_size=1,
    max_size=7,
)


@pytest.mark.django_db
@given(
    trades=st.lists(st.integers(0, 3), min_size=30, max_size=30),
    places=st.lists(st.integers(0, 2), min_size=30, max_size=30),
    meals=meals,
    gifts=gifts,
)
@settings(
    max_examples=25,
    deadline=None,
    # To find a shorter history would take minutes.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_all_documents_together_narrow_no_small_number(
    amina: User, trades, places, meals, gifts
) -> None:
    with transaction.atomic():
        world = made_world(amina, trades, places)
        meetups = [
            eat(world, month, venue, came, others)
            for month, (venue, came, others, _) in enumerate(meals, 1)
        ]
        for meetup, (*_, said) in zip(meetups, meals, strict=True):
            speak(meetup, said)
        for what in gifts:
            give(world, meetups, what)
        reports = list(Report.objects.order_by("pk"))
        documents = [json.dumps(report.figures["blocks"]) for report in reports]
        found = Reader(documents).found()
        for report in reports:
            for label, (low, high) in numbers_of(papers.csv_bytes(report)):
                assert low != high or not 0 < low < 5 or "tiers" in label, label
        transaction.set_rollback(True)
    assert found == {}
    assert not Attendance.objects.exists()


@pytest.fixture
def known_history(amina: User) -> tuple[World, list[Meetup]]:
    """Three meals of two trades. To the third two people came of one of them; three
    people came to the first and to the second."""
    world = made_world(amina, [0] * 15 + [1] * 15, [0] * 30)
    return world, [
        eat(world, 1, 0, [*range(8), *range(20, 26)], (0, 0)),
        eat(world, 2, 0, [*range(6, 14), *range(25, 30)], (0, 0)),
        eat(world, 5, 0, [*range(10), 20, 21], (0, 0)),
    ]


def told_by(world: World, meetups: list[Meetup]) -> dict[str, set[int]]:
    for what in ((MEAL, 0, 0), (MEAL, 1, 2), (1, 0, 0), (1, 0, 3)):
        give(world, meetups, what)
    reports = Report.objects.order_by("pk")
    return Reader([json.dumps(r.figures["blocks"]) for r in reports]).found()


@pytest.mark.django_db
def test_this_history_is_safe_as_it_is_told(known_history) -> None:
    assert told_by(*known_history) == {}


@pytest.mark.django_db
def test_the_attacker_wins_where_the_total_is_always_exact(
    known_history, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(masking, "hidden_sum", lambda number, *_: exactly(number))
    found = told_by(*known_history)
    assert found["Repas 5, mardi 12 mai 2026: Médecine"] == {2}


@pytest.mark.django_db
def test_the_attacker_wins_where_different_people_are_always_exact(
    known_history, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releases, "different", lambda number, *_, **__: exactly(number))
    assert told_by(*known_history)["set 0: again"] == {1, 2, 3}


@pytest.mark.django_db
def test_opinions_added_between_two_reports_tell_nothing_small(known_history) -> None:
    world, meetups = known_history
    for said in ((8, 6, 7), (6, 5, 6)):
        speak(meetups[0], said)
        give(world, meetups, (MEAL, 0, 0))
    assert told_by(world, meetups) == {}
    rows = [b for b in Report.objects.all()[0].figures["blocks"] if b["key"] == "avis"]
    assert rows


@pytest.mark.django_db
def test_the_attacker_wins_where_opinions_are_counted_one_by_one(
    known_history, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = heard.heard
    monkeypatch.setattr(heard, "heard", lambda said, people, _: told(said, people, 1))
    speak(known_history[1][0], (12, 10, 12))
    found = told_by(*known_history)
    name = "Repas 1, lundi 12 janvier 2026: À leur place autour de la table 1, not"
    assert found[name] == {2}


@pytest.mark.django_db
def test_a_history_that_tells_much_is_safe_too(amina: User) -> None:
    """Exact different people, a map, perimeters, and a year that holds a quarter."""
    world = made_world(amina, [0] * 15 + [1] * 15, [1] * 8 + [0] * 22)
    meetups = [
        eat(world, 1, 0, range(14), (0, 6)),
        eat(world, 2, 0, range(8, 23), (0, 7)),
        eat(world, 3, 0, range(16, 30), (0, 5)),
        eat(world, 5, 0, range(3, 20), (6, 9)),
    ]
    for what in ((1, 1, 0), *((MEAL, p, m) for p in range(3) for m in range(4))):
        give(world, meetups, what)
    for what in ((YEARLY, 2, 0), (1, 0, 2), (1, 2, 4), (1, 1, 0)):
        give(world, meetups, what)
    reports = list(Report.objects.order_by("pk"))
    blocks = [{b["key"]: b["rows"] for b in r.figures["blocks"]} for r in reports]
    assert ["30", "personnes différentes"] in blocks[0]["chiffres"]
    assert len(blocks[0]["communes"]) == 2
    documents = [json.dumps(report.figures["blocks"]) for report in reports]
    assert Reader(documents).found() == {}
