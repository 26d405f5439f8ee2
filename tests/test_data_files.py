"""The reference files under data/, and the script that rebuilds the communes."""

import csv
import json
import re
import runpy
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

DATA = Path(__file__).resolve().parent.parent / "data"
SYSTEMS = {
    "TRE_G15-ProfessionSante",
    "TRE_R94-ProfessionSocial",
    "TRE_R95-UsagerTitre",
    "TRE_R85-RolePriseCharge",
    "TRE_R356-ProfessionRessource",
}
LABELS = ("label_feminine", "label_masculine", "label_epicene")
OPTIONAL = ("codes", "latitude", "longitude", "coordinate_source")
FRENCH_FILES: dict[str, tuple[str, ...]] = {
    "professions.csv": (*LABELS, "activity", "synonyms"),
    "families.csv": ("label",),
    "care_pathways.csv": ("label", "description"),
    "neighbourhoods.csv": ("name",),
}


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


def split(cell: str) -> list[str]:
    return cell.split("|") if cell else []


def profession(key: str) -> dict[str, str]:
    return next(row for row in read("professions.csv") if row["key"] == key)


@pytest.mark.parametrize("path", sorted(DATA.glob("*.csv")), ids=lambda path: path.name)
def test_keys_are_unique(path: Path) -> None:
    rows = read(path.name)
    key = "name" if path.name == "neighbourhoods.csv" else next(iter(rows[0]))
    repeated = {k for k, n in Counter(row[key] for row in rows).items() if n > 1}
    assert repeated == set()


@pytest.mark.parametrize("path", sorted(DATA.glob("*.csv")), ids=lambda path: path.name)
def test_every_row_is_whole_and_trimmed(path: Path) -> None:
    raw = path.read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in raw
    for row in read(path.name):
        assert None not in row
        for column, cell in row.items():
            assert cell is not None, f"{row} lacks {column}"
            assert cell == cell.strip()
            assert cell or column in OPTIONAL, f"{row} has no {column}"
            assert all(part and part == part.strip() for part in split(cell)), cell


@pytest.mark.parametrize(("name", "columns"), FRENCH_FILES.items())
def test_french_text_is_typeset_in_french(name: str, columns: tuple[str, ...]) -> None:
    for row in read(name):
        for column in columns:
            assert "'" not in row[column], row[column]
            assert not re.search(r" [;:!?%]|\d \d", row[column]), row[column]


def test_profession_keys_are_stable_identifiers_in_order() -> None:
    keys = [row["key"] for row in read("professions.csv")]
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", key) for key in keys)
    assert keys == sorted(keys)
    assert len(keys) >= 75
    assert "other" in keys  # compulsory: a trade missing here must still be told


def test_labels_are_real_words_without_title() -> None:
    for row in read("professions.csv"):
        assert row["activity"][0].isupper(), row["activity"]
        for column in LABELS:
            assert row[column][0].islower(), row[column]
            assert not re.search(r"[·•.()/]|\b(Dr|Pr)\b", row[column]), row[column]


def test_professions_with_one_name_for_all_keep_it() -> None:
    for row in read("professions.csv"):
        if row["label_feminine"] == row["label_masculine"]:
            assert "pro des" not in row["label_epicene"], row["key"]


def test_every_profession_is_in_a_known_family() -> None:
    known = {row["key"] for row in read("families.csv")}
    assert {row["family"] for row in read("professions.csv")} == known


def test_families_fit_on_one_screen_of_filters() -> None:
    families = read("families.csv")
    assert len(families) <= 11
    orders = [int(row["order"]) for row in families]
    assert orders == list(range(1, len(families) + 1))


def test_codes_are_pairs_of_a_known_system_and_digits() -> None:
    for row in read("professions.csv"):
        for pair in split(row["codes"]):
            system, _, code = pair.partition(":")
            assert system in SYSTEMS, pair
            assert re.fullmatch(r"\d{2,3}", code), pair


def test_a_pair_belongs_to_one_profession_only() -> None:
    pairs = Counter(
        pair for row in read("professions.csv") for pair in split(row["codes"])
    )
    assert {pair for pair, times in pairs.items() if times > 1} == set()


def test_the_same_digits_in_two_systems_are_two_trades() -> None:
    assert profession("midwife")["codes"] == "TRE_G15-ProfessionSante:50"
    assert (
        profession("daily_living_vision_instructor")["codes"]
        == "TRE_R356-ProfessionRessource:50"
    )


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("home_help", ["R85-RolePriseCharge:350", "R85-RolePriseCharge:372"]),
        ("support_worker", ["R94-ProfessionSocial:53", "R85-RolePriseCharge:328"]),
    ],
)
def test_a_trade_keeps_all_its_codes(key: str, codes: list[str]) -> None:
    assert split(profession(key)["codes"]) == [f"TRE_{code}" for code in codes]


def test_the_words_people_use_are_found() -> None:
    assert "AVS" in split(profession("social_care_assistant")["synonyms"])
    assert {"IDEL", "SSIAD"} <= set(split(profession("nurse")["synonyms"]))
    assert {"SAAD", "SAD"} <= set(split(profession("home_help")["synonyms"]))
    assert "kiné" in split(profession("physiotherapist")["synonyms"])
    assert "ASS" in split(profession("social_worker")["synonyms"])


def test_pathways_name_known_professions() -> None:
    known = {row["key"] for row in read("professions.csv")}
    for row in read("care_pathways.csv"):
        usual = split(row["usual_professions"])
        assert usual, row["slug"]
        assert set(usual) <= known, row["slug"]
        assert usual == sorted(set(usual))


def test_pathways_are_plainly_described() -> None:
    for row in read("care_pathways.csv"):
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", row["slug"])
        # A meetup for a whole neighbourhood has no pathway at all.
        assert row["slug"] != "territoire"
        assert row["description"].endswith(".")
        assert len(row["description"].split()) <= 12, row["description"]


def test_savoie_has_its_273_communes() -> None:
    communes = read("communes-73.csv")
    assert len(communes) == 273
    assert all(re.fullmatch(r"73\d{3}", row["code"]) for row in communes)
    assert sum(int(row["population"]) for row in communes) == 448_226


def test_a_postal_code_is_not_a_commune() -> None:
    communes = read("communes-73.csv")
    names = [c["name"] for c in communes if "73000" in split(c["postal_codes"])]
    assert ", ".join(names) == (
        "Barberaz, Bassens, Chambéry, Jacob-Bellecombette, Montagnole, Sonnaz"
    )


def test_every_commune_has_postal_codes_and_an_intercommunality() -> None:
    for row in read("communes-73.csv"):
        assert split(row["postal_codes"]), row["name"]
        assert all(re.fullmatch(r"\d{5}", c) for c in split(row["postal_codes"]))
        assert re.fullmatch(r"\d{9}", row["epci_code"]), row["name"]
    sizes = Counter(row["epci_name"] for row in read("communes-73.csv"))
    assert sizes["CA du Grand Chambéry"] == 38
    assert len(sizes) == 18


def test_coordinates_lie_in_savoie_or_are_blank_with_their_source() -> None:
    placed = 0
    for row in read("communes-73.csv"):
        cells = (row["latitude"], row["longitude"], row["coordinate_source"])
        if cells == ("", "", ""):
            continue
        placed += 1
        assert re.fullmatch(r"\d{2}\.\d{4}", row["latitude"]), row["name"]
        assert re.fullmatch(r"\d\.\d{4}", row["longitude"]), row["name"]
        assert 45.05 <= float(row["latitude"]) <= 45.95, row["name"]
        assert 5.60 <= float(row["longitude"]) <= 7.20, row["name"]
        assert re.fullmatch(r"geonames:\d+", row["coordinate_source"]), row["name"]
    assert placed == 136


def test_no_two_communes_share_a_point() -> None:
    sources = Counter(row["coordinate_source"] for row in read("communes-73.csv"))
    assert [s for s, times in sources.items() if s and times > 1] == []


@pytest.mark.parametrize("code", ["73065", "73087", "73179", "73213", "73031", "73029"])
def test_the_towns_around_chambery_are_near_it(code: str) -> None:
    town = next(row for row in read("communes-73.csv") if row["code"] == code)
    assert float(town["latitude"]) == pytest.approx(45.57, abs=0.06)
    assert float(town["longitude"]) == pytest.approx(5.92, abs=0.09)


def test_neighbourhoods_belong_to_known_communes() -> None:
    codes = {row["code"] for row in read("communes-73.csv")}
    assert {row["commune_code"] for row in read("neighbourhoods.csv")} <= codes


def test_every_file_has_its_source_and_licence_told() -> None:
    told = (DATA / "README.md").read_text(encoding="utf-8")
    for path in DATA.iterdir():
        if path.is_file():
            assert path.name in told or path.name == "README.md", path.name
    for licence in (DATA / "LICENCES").iterdir():
        assert f"LICENCES/{licence.name}" in told


# The script chooses between places that bear the same name.

BUILD = runpy.run_path(str(DATA / "build_communes.py"))
COMMUNE = {"code": "73010", "nom": "Entrelacs", "population": 6461}
SEAT = BUILD["Place"](
    geonameid=11,
    name="albens",
    other_names=frozenset({"albens en savoie"}),
    insee="73010",
    population=2854,
    latitude=45.7879,
    longitude=5.9453,
)


def test_a_merged_commune_is_placed_at_its_seat() -> None:
    elsewhere = SEAT._replace(name="entrelacs", geonameid=12)
    assert BUILD["located"](COMMUNE, "Albens", [elsewhere, SEAT]) == SEAT


def test_a_place_may_bear_the_commune_as_its_other_name() -> None:
    assert BUILD["located"](COMMUNE, "Albens-en-Savoie", [SEAT]) == SEAT


@pytest.mark.parametrize(
    "doubt",
    [
        {"name": "thoiry"},
        {"insee": "08048"},
        {"population": 64_610},
        {"latitude": 46.2},
        {"longitude": 5.2},
    ],
)
def test_a_doubtful_place_is_left_out(doubt: dict[str, Any]) -> None:
    assert BUILD["located"](COMMUNE, "Albens", [SEAT._replace(**doubt)]) is None


def test_two_places_of_one_name_are_both_left_out() -> None:
    assert BUILD["located"](COMMUNE, "Albens", [SEAT, SEAT]) is None


def test_the_insee_code_of_a_city_is_read_from_its_message(tmp_path: Path) -> None:
    city = b"\x08\xd8\x04\x1a\x02FR\x32\x0573010"
    abroad = b"\x08\xda\x04\x1a\x02CH"
    path = tmp_path / "cities.pbf"
    path.write_bytes(bytes([len(abroad)]) + abroad + bytes([len(city)]) + city)
    assert BUILD["insee_by_geonameid"](path) == {300: "73010"}


def test_only_present_communes_become_rows(tmp_path: Path) -> None:
    commune = {
        **COMMUNE,
        "type": "commune-actuelle",
        "codesPostaux": ["73410", "73100"],
    }
    old = {"code": "73010", "nom": "Albens", "chefLieu": "73010", "type": "commune-old"}
    group = {"code": "200068674", "nom": "CA Grand Lac", "membres": [commune]}
    (tmp_path / "data").mkdir()
    for name, content in (("communes", [commune, old]), ("epci", [group])):
        path = tmp_path / "data" / f"{name}.json"
        path.write_text(json.dumps(content), encoding="utf-8")
    (row,) = BUILD["rows"](tmp_path, [SEAT])
    assert tuple(row) == BUILD["COLUMNS"] == tuple(read("communes-73.csv")[0])
    assert row["postal_codes"] == "73410|73100"
    assert row["coordinate_source"] == "geonames:11"
