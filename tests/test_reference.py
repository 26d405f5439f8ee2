import csv
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from networking import reference
from networking.models import CarePathway, Family, Profession, ProfessionCode
from networking.reference import load_all
from tests.geo_server import commune
from venues.communes import STORED, read
from venues.models import Commune, Neighbourhood

CSV = reference.DATA / "communes-73.csv"

pytestmark = pytest.mark.django_db


def counts() -> list[int]:
    models = (Family, Profession, ProfessionCode, CarePathway, Commune, Neighbourhood)
    return [model.objects.count() for model in models]


def test_everything_is_loaded_once_however_often_it_is_asked():
    said = load_all()
    first = counts()
    assert list(said.values()) == first
    assert min(first) > 5
    assert load_all() == said
    assert counts() == first


def test_a_trade_is_found_by_its_old_names_and_its_need():
    load_all()
    nurse = Profession.objects.get(pk="nurse")
    assert nurse.label_feminine == "infirmière"
    assert "idel" in nurse.search_text
    assert "infirmiere" in nurse.search_text
    assert Profession.objects.filter(pk="other").exists()


def test_words_are_repaired_and_other_rows_left_alone():
    load_all()
    Profession.objects.filter(pk="nurse").update(activity="?", search_text="")
    own = CarePathway.objects.create(slug="le-notre", label="Le nôtre")
    load_all()
    assert Profession.objects.get(pk="nurse").activity == "Soins infirmiers"
    assert CarePathway.objects.filter(pk=own.pk).exists()


def test_a_code_that_left_the_file_leaves_the_trade():
    load_all()
    ProfessionCode.objects.create(profession_id="nurse", system="TRE_X", code="1")
    load_all()
    assert not ProfessionCode.objects.filter(system="TRE_X").exists()


def test_the_same_code_of_two_systems_stays_two():
    load_all()
    systems = ProfessionCode.objects.filter(code="50").values_list("system", flat=True)
    assert len(set(systems)) == 2


def test_the_quarters_belong_to_chambery():
    load_all()
    names = Neighbourhood.objects.filter(commune="73065").values_list("name", flat=True)
    assert "Biollay" in names


def test_loading_takes_few_queries():
    with CaptureQueriesContext(
        connection,
    ) as queries:
        load_all()
    assert len(queries) < 30


def test_a_missing_file_is_one_sentence_and_loads_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(reference, "DATA", tmp_path)
    with pytest.raises(CommandError, match="illisible"):
        call_command("load_reference")
    assert not Family.objects.exists()


def test_the_command_says_how_many(capsys):
    call_command("load_reference")
    assert "273 communes" in capsys.readouterr().out


def test_the_file_of_the_project_is_read_like_the_service(tmp_path):
    with CSV.open(encoding="utf-8", newline="") as file:
        row = next(one for one in csv.DictReader(file) if one["code"] == "73065")
    [from_file] = [one for one in read(CSV.read_bytes()) if one.code == "73065"]
    point = [float(row["longitude"]), float(row["latitude"])]
    entry = commune(
        code="73065",
        nom="Chambéry",
        codesPostaux=row["postal_codes"].split("|"),
        population=int(row["population"]),
        epci={"code": row["epci_code"], "nom": row["epci_name"]},
        mairie={"type": "Point", "coordinates": point},
    )
    [from_service] = read(json.dumps([entry]).encode())
    for name in STORED:
        assert getattr(from_file, name) == getattr(from_service, name)
