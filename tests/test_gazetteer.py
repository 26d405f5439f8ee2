import pytest
from django.conf import settings

from tests.factories import CommuneFactory
from venues.communes import read, store
from venues.gazetteer import find, find_each, label, resembling
from venues.models import Commune

BUNDLED = settings.ROOT / "data" / "communes-73.csv"


@pytest.fixture
def savoie(db: None) -> None:
    store(read(BUNDLED.read_bytes()))


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Chambéry", "73065"),
        ("CHAMBERY", "73065"),
        ("73000 Chambéry", "73065"),
        ("Chambéry (73000)", "73065"),
        ("Chambéry Cedex 9", "73065"),
        ("73011 Chambéry cedex", "73065"),
        ("73065", "73065"),
        ("St-Alban-Leysse", "73222"),
        ("le bourget du lac", "73051"),
        ("Saint-Pierre-d’Albigny", "73270"),
        ("73210 Landry", "73142"),
    ],
)
def test_a_commune_is_found_as_people_write_it(savoie, typed, code):
    found = [one.code for one in find(typed)]
    assert found == [code]


def test_a_postal_code_stands_for_all_its_communes(savoie):
    assert len(find("73000")) == 6


def test_a_postal_code_wins_over_the_same_insee_code(savoie):
    """73100 is Aix-les-Bains and its neighbours; it is also some INSEE code."""
    assert {"73100"} <= {code for one in find("73100") for code in one.postal_codes}


def test_name_and_code_must_agree(savoie):
    assert find("73000 Cognin") == []


@pytest.mark.parametrize("typed", ["", "   ", "Nulle-Part", "99999", "\x00", "%"])
def test_nothing_is_found_for_nothing(savoie, typed):
    assert find(typed) == []


def test_every_label_of_savoie_finds_its_commune_again(savoie):
    everything = list(Commune.objects.all())
    found = find_each([label(one) for one in everything])
    assert all(found[label(one)] == [one] for one in everything)


def test_many_texts_cost_few_queries(savoie, django_assert_num_queries):
    names = [label(one) for one in Commune.objects.all()]
    with django_assert_num_queries(3):
        find_each(names)


def test_a_name_misspelt_is_guessed(savoie):
    assert resembling("Chambry")[0].name == "Chambéry"
    assert resembling("Qqqqqq") == []


def test_homonyms_are_all_found(db):
    CommuneFactory(code="73998", name="Sainte-Colombe", postal_codes=["73900"])
    CommuneFactory(code="01998", name="Sainte-Colombe", postal_codes=["01900"])
    assert len(find("ste colombe")) == 2
    assert [one.code for one in find("Sainte-Colombe (01900)")] == ["01998"]
