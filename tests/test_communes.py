"""Communes from the State's service (a real HTTP server here) and from files."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from tests.geo_server import commune, running
from venues import communes
from venues.communes import CommunesError, department_of, read, store
from venues.models import Commune

BUNDLED = settings.ROOT / "data" / "communes-73.csv"


def as_json(*entries: Any) -> bytes:
    return json.dumps(entries).encode()


def load(*args: object, **options: object) -> str:
    out = StringIO()
    call_command("load_communes", *map(str, args), stdout=out, **options)
    return out.getvalue()


def test_the_documented_format_is_read_with_longitude_first():
    [one] = read(as_json(commune()))
    assert (one.code, one.name, one.search_name) == ("73999", "Valmorey", "valmorey")
    assert one.postal_codes == ["73000"]
    assert (one.department, one.population) == ("73", 4321)
    assert (one.epci_code, one.epci_name) == ("200069110", "CA du Grand Chambéry")
    assert one.point == (45.5646, 5.9171)


def test_the_centre_serves_where_no_town_hall_is_known():
    [one] = read(as_json(commune(mairie=None)))
    assert one.point == (45.58, 5.93)


def test_a_commune_may_lack_everything_but_its_code_and_name():
    [one] = read(as_json({"code": "73999", "nom": "Valmorey"}))
    assert one.point is None
    assert (one.population, one.postal_codes, one.epci_code) == (None, [], "")


@pytest.mark.parametrize(
    ("code", "department"),
    [
        ("73065", "73"),
        ("2A004", "2A"),
        ("2B033", "2B"),
        ("97105", "971"),
        ("01004", "01"),
    ],
)
def test_the_departement_comes_from_the_code(code, department):
    assert department_of(code) == department


def test_a_commune_overseas_keeps_its_point():
    town = {"type": "Point", "coordinates": [-61.7242, 15.9987]}
    [one] = read(as_json(commune(code="97105", mairie=town)))
    assert one.point == (15.9987, -61.7242)


def test_the_file_of_the_project_holds_savoie():
    found = read(BUNDLED.read_bytes())
    assert len(found) == 273
    town = next(one for one in found if one.code == "73065")
    assert (town.name, town.search_name) == ("Chambéry", "chambery")
    assert town.point is not None


BAD_ENTRIES = [
    (commune(code="7306"), "code INSEE"),
    (commune(code=73065), "format"),
    (commune(code="٧٣٠٦٥"), "code INSEE"),
    (commune(nom=""), "signes"),
    (commune(nom="V" * 81), "signes"),
    (commune(nom=None), "format"),
    (commune(codesPostaux=["7300"]), "cinq chiffres"),
    (commune(codesPostaux="73000"), "cinq chiffres"),
    (commune(codesPostaux=7), "format"),
    (commune(population=-1), "habitants"),
    (commune(population="many"), "habitants"),
    (commune(epci={"code": "1", "nom": "x"}), "neuf chiffres"),
    (commune(epci="x"), "format"),
    (commune(mairie={"coordinates": [45.56, 5.91]}), "hors de France"),
    (commune(mairie={"coordinates": [5.9, float("nan")]}), "hors de France"),
    (commune(mairie={"coordinates": [5.9]}), "format"),
    (commune(mairie={"coordinates": ["x", "y"]}), "format"),
    (commune(mairie=7), "format"),
    ({"nom": "Valmorey"}, "code"),
    (None, "format"),
    (7, "format"),
    ("nom", "format"),
]


@pytest.mark.parametrize(("entry", "why"), BAD_ENTRIES)
def test_a_bad_entry_is_named_in_one_sentence(entry, why):
    with pytest.raises(CommunesError, match=why) as caught:
        read(as_json(commune(code="73001"), entry))
    assert "n°\u00a02" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "ni du JSON ni un CSV"),
        (b"[]", "aucune commune"),
        (b"{}", "pas une liste"),
        (b'[{"code": "73999"', "JSON est ab"),
        (b"[" * 200_000, "JSON est ab"),
        (b"\xff\xfe[\x00", "UTF-8"),
        (b"%PDF-1.7\n", "ni du JSON ni un CSV"),
        (b"code,name\n", "aucune commune"),
        (b'code,name\n73999,"Valmorey', "CSV est ab"),
        (b"code,name\n73999\n", "format"),
        (b"code,name,latitude,longitude\n73999,Valmorey,x,y\n", "format"),
        (as_json(commune(), commune()), "deux fois"),
    ],
)
def test_a_bad_file_is_one_sentence(content, why):
    with pytest.raises(CommunesError, match=why):
        read(content)


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(sorted(commune())) | st.text(), inner)
        ),
        max_leaves=12,
    )
)
def test_no_json_whatsoever_breaks_the_reader(content):
    try:
        read(json.dumps([content]).encode())
    except CommunesError:
        return


@pytest.mark.django_db
def test_a_second_load_changes_nothing():
    assert store(read(as_json(commune()))) == (1, 0, 0)
    assert store(read(as_json(commune()))) == (0, 0, 1)
    assert store(read(as_json(commune(population=5000)))) == (0, 1, 0)
    assert Commune.objects.get().population == 5000


@pytest.mark.django_db
def test_what_a_source_leaves_out_is_kept():
    store(read(as_json(commune())))
    bare = {"code": "73999", "nom": "Valmorey-le-Haut"}
    assert store(read(as_json(bare))) == (0, 1, 0)
    kept = Commune.objects.get()
    assert (kept.name, kept.search_name) == ("Valmorey-le-Haut", "valmorey le haut")
    assert kept.point == (45.5646, 5.9171)
    assert (kept.postal_codes, kept.population) == (["73000"], 4321)
    assert kept.epci_code == "200069110"


@pytest.mark.django_db
def test_without_option_the_command_loads_savoie_from_the_project():
    assert "ajoutées\u202f: 273" in load()
    assert "déjà à jour\u202f: 273" in load("--departement", 73)


@pytest.mark.django_db
def test_the_command_downloads_the_departements_asked_for():
    with running() as server:
        server.answer([commune(), commune(code="01004", nom="Autre")])
        said = load("--departement", "73", "--url", f"http://{server.domain}/")
    [(path, query, agent)] = server.asked
    assert path == "/communes"
    assert query == {
        "codeDepartement": "73",
        "fields": "code,nom,codesPostaux,population,codeEpci,centre,mairie,epci,"
        "codeDepartement",
        "format": "json",
    }
    assert "parentheses-reseau" in agent
    assert "ajoutées\u202f: 1," in said
    assert list(Commune.objects.values_list("pk", flat=True)) == ["73999"]


@pytest.mark.django_db
def test_all_asks_for_every_departement_once():
    with running() as server:
        server.answer([commune()])
        load("--all", "--url", f"http://{server.domain}")
    asked = [query["codeDepartement"] for _, query, _ in server.asked]
    assert len(asked) == len(set(asked)) == 101
    assert {"01", "2A", "2B", "73", "95", "971", "976"} <= set(asked)
    assert "20" not in asked


@pytest.mark.django_db
def test_a_file_is_filtered_by_departement(tmp_path):
    path = tmp_path / "france.json"
    path.write_bytes(as_json(commune(), commune(code="2A004", nom="Ajaccio")))
    load("--departement", "2a", "--file", path)
    assert list(Commune.objects.values_list("pk", flat=True)) == ["2A004"]
    load("--all", "--file", path)
    assert Commune.objects.count() == 2


@pytest.mark.django_db
def test_offline_is_one_sentence_and_loads_nothing():
    with running() as server:
        url = f"http://{server.domain}"
    with pytest.raises(CommandError, match="ne répond pas"):
        load("--departement", 74, "--url", url)
    assert not Commune.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("status", [404, 429, 500])
def test_a_refusal_is_one_sentence(status):
    with running() as server:
        server.answer(b"no", status=status)
        with pytest.raises(CommandError, match=f"code {status}"):
            load("--departement", 74, "--url", f"http://{server.domain}")


@pytest.mark.django_db
def test_a_server_that_hangs_is_left(monkeypatch):
    monkeypatch.setattr(communes, "TIMEOUT", 0.3)
    with running() as server:
        server.hangs = True
        with pytest.raises(CommandError, match="ne répond pas"):
            load("--departement", 74, "--url", f"http://{server.domain}")


@pytest.mark.django_db
def test_one_bad_departement_among_two_loads_neither():
    with running() as server:
        server.answer([commune(nom="")])
        load_two = ("--departement", 73, 74, "--url", f"http://{server.domain}")
        with pytest.raises(CommandError, match="refusée"):
            load(*load_two)
    assert not Commune.objects.exists()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x.example", "x"])
def test_only_web_addresses_are_asked(url):
    with pytest.raises(CommandError, match="https://"):
        load("--departement", 74, "--url", url)


@pytest.mark.parametrize("department", ["20", "99", "../", "00", "96"])
def test_an_unknown_departement_is_refused(department):
    with pytest.raises(CommandError, match="n’est pas un département"):
        load("--departement", department)


def test_a_departement_may_be_written_without_its_zero():
    with running() as server:
        server.answer(b"[]")
        with pytest.raises(CommandError, match="aucune commune"):
            load("--departement", 7, "--url", f"http://{server.domain}")
    assert server.asked[0][1]["codeDepartement"] == "07"


def test_a_missing_file_and_a_folder_are_one_sentence(tmp_path: Path):
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(CommandError, match="introuvable ou illisible"):
            load("--file", path)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(communes, "LARGEST_BYTES", 1000)
    path = tmp_path / "huge.json"
    path.write_bytes(b"[" + b" " * 5000)
    with pytest.raises(CommandError, match="Mo"):
        load("--file", path)
