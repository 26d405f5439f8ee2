"""The reference files of data/: trades, needs, pathways, communes, quarters.

Loading again repairs the words of the files and touches nothing else.
"""

import csv
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from networking.models import CarePathway, Family, Profession, ProfessionCode
from venues.communes import read, read_file, store
from venues.models import Neighbourhood

DATA = settings.ROOT / "data"
WORDS = ("label_feminine", "label_masculine", "label_epicene", "activity")


def load_all() -> dict[str, int]:
    """How many rows of each kind the files hold; all are loaded, or none."""
    with transaction.atomic():
        return {
            "besoins": load_families(),
            "métiers": load_professions(),
            "codes de métiers": load_codes(),
            "parcours de soin": load_pathways(),
            "communes": load_communes(),
            "quartiers": load_neighbourhoods(),
        }


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _listed(cell: str) -> list[str]:
    return [one for one in cell.split("|") if one]


def _upsert(objects: Sequence[Model], key: str, fields: Sequence[str]) -> int:
    """One query, whatever is there already."""
    manager: Any = type(objects[0])._default_manager
    manager.bulk_create(
        objects, update_conflicts=True, unique_fields=[key], update_fields=fields
    )
    return len(objects)


def load_families() -> int:
    families = [
        Family(key=row["key"], label=row["label"], order=int(row["order"]))
        for row in _rows("families.csv")
    ]
    return _upsert(families, "key", ("label", "order"))


def load_professions() -> int:
    families = Family.objects.in_bulk()
    professions = [
        Profession(
            key=row["key"],
            family=families[row["family"]],
            synonyms=_listed(row["synonyms"]),
            **{word: row[word] for word in WORDS},
        )
        for row in _rows("professions.csv")
    ]
    for profession in professions:
        profession.index_words()
    return _upsert(professions, "key", (*WORDS, "family", "synonyms", "search_text"))


def load_codes() -> int:
    """A code that the file no longer gives to a trade is removed from it."""
    wanted = {
        (row["key"], *pair.rsplit(":", 1))
        for row in _rows("professions.csv")
        for pair in _listed(row["codes"])
    }
    known = {
        (code.profession_id, code.system, code.code): code.pk
        for code in ProfessionCode.objects.filter(
            profession__in=[row["key"] for row in _rows("professions.csv")]
        )
    }
    gone = [pk for triple, pk in known.items() if triple not in wanted]
    ProfessionCode.objects.filter(pk__in=gone).delete()
    ProfessionCode.objects.bulk_create(
        ProfessionCode(profession_id=key, system=system, code=code)
        for key, system, code in sorted(wanted - known.keys())
    )
    return len(wanted)


def load_pathways() -> int:
    pathways = [
        CarePathway(
            slug=row["slug"], label=row["label"], description=row["description"]
        )
        for row in _rows("care_pathways.csv")
    ]
    return _upsert(pathways, "slug", ("label", "description"))


def load_communes() -> int:
    return sum(store(read(read_file(DATA / "communes-73.csv"))))


def load_neighbourhoods() -> int:
    quarters = [
        Neighbourhood(commune_id=row["commune_code"], name=row["name"])
        for row in _rows("neighbourhoods.csv")
    ]
    Neighbourhood.objects.bulk_create(quarters, ignore_conflicts=True)
    return len(quarters)
