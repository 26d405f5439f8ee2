"""Finding people: trades, first names, needs, slips and distances."""

import pytest
from django.utils import timezone

from networking.search import find, people_found, tokens
from tests.factories import (
    CommuneFactory,
    FamilyFactory,
    ProfessionalFactory,
    ProfessionFactory,
    WorkplaceFactory,
)

pytestmark = pytest.mark.django_db


def shown(**values):
    return ProfessionalFactory(directory_consent_at=timezone.now(), **values)


@pytest.fixture
def here():
    return CommuneFactory(code="73065", name="Valmorey", latitude=45.57, longitude=5.92)


@pytest.fixture
def far():
    """About 7 km north."""
    return CommuneFactory(code="73008", name="Brenne", latitude=45.633, longitude=5.92)


@pytest.fixture
def kine():
    return ProfessionFactory(
        key="physiotherapist",
        label_feminine="masseuse-kinésithérapeute",
        label_masculine="masseur-kinésithérapeute",
        label_epicene="kiné",
        family=FamilyFactory(key="mobility", label="Bouger"),
        search_text="masseuse kinesitherapeute | kine | bouger",
    )


def pks(*args):
    return [one.person_pk for one in find(*args)]


def test_small_words_and_plurals_do_not_count():
    assert tokens("Les infirmières à la maison") == ["infirmiere", "maison"]


@pytest.mark.parametrize(
    "query",
    ["infirmière", "INFIRMIERES", "idel", "infirmere", "infirmiére", "soins infirm"],
)
def test_one_trade_has_many_words(query, here, kine):
    ines = shown(first_name="Inès", commune=here)
    shown(first_name="Hugo", commune=here, profession=kine)
    assert pks(query, here, 5, "") == [ines.pk]


@pytest.mark.parametrize("query", ["elodie", "Élodie", "berard", "elodi", "elodye"])
def test_a_name_is_found_without_accents_and_with_slips(query, here):
    elodie = shown(first_name="Élodie", last_name="Bérard", commune=here)
    shown(first_name="Inès", last_name="Laurent", commune=here)
    assert pks(query, None, 5, "") == [elodie.pk]


def test_a_need_a_workplace_and_own_words_are_found(here, kine):
    hugo = shown(
        first_name="Hugo",
        profession=kine,
        commune=here,
        what_i_do="Je viens remarcher après une chute.",
        workplace=WorkplaceFactory(name="Maison de santé des Tilleuls"),
    )
    for query in ("bouger", "tilleuls", "chutes", "kiné chute"):
        assert pks(query, here, 5, "") == [hugo.pk], query
    assert pks("kiné pansement", here, 5, "") == []


def test_only_those_who_said_yes_are_found(here):
    ProfessionalFactory(first_name="Inès", commune=here)
    assert pks("", here, 20, "") == []
    assert pks("Inès", None, 20, "") == []


def test_nearest_first_then_alphabetically(here, far):
    zoe = shown(first_name="Zoé", commune=here)
    anne = shown(first_name="Anne", commune=far)
    bea = shown(first_name="Béa", commune=here)
    assert pks("", here, 10, "") == [bea.pk, zoe.pk, anne.pk]
    assert pks("", far, 10, "") == [anne.pk, bea.pk, zoe.pk]
    assert pks("", None, 10, "") == [anne.pk, bea.pk, zoe.pk]


def test_the_radius_is_a_circle_not_its_square(here):
    corner = CommuneFactory(code="73900", latitude=45.57 + 0.04, longitude=5.92 + 0.057)
    shown(commune=corner)
    assert pks("", here, 5, "") == []
    (found,) = find("", here, 10, "")
    assert 6 < found.km < 6.5


def test_a_commune_without_point_is_reached_from_itself(here):
    lost = CommuneFactory(code="73999", latitude=None, longitude=None)
    someone = shown(commune=lost)
    shown(commune=here)
    assert pks("", lost, 20, "") == [someone.pk]
    assert someone.pk not in pks("", here, 20, "")
    assert someone.pk in pks("", None, 20, "")


def test_needs_filter(here, kine):
    shown(commune=here)
    hugo = shown(commune=here, profession=kine)
    assert pks("", here, 5, "mobility") == [hugo.pk]


@pytest.mark.parametrize("count", [1, 3])
def test_the_search_costs_four_queries(count, here, far, django_assert_num_queries):
    for _ in range(count):
        shown(commune=here)
        shown(commune=far)
    with django_assert_num_queries(4):
        found = find("infirmere", here, 20, "")
        people = people_found(found)
        assert [person.trade for person, _ in people] == ["infirmière"] * 2 * count
        assert [person.commune.name for person, _ in people][0] == "Valmorey"


@pytest.mark.parametrize("query", ["\x00", "%_'\"", "a" * 5000, "🙂", "l’", "فاطمة"])
def test_strange_words_find_nobody_or_everybody_without_harm(query, here):
    shown(commune=here)
    assert len(pks(query, here, 5, "")) in (0, 1)
