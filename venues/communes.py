"""Communes as the State publishes them: geo.api.gouv.fr's JSON, or our own CSV."""

import csv
import io
import json
import re
from collections.abc import Collection
from http.client import HTTPException
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from django.conf import settings
from django.db import transaction

from venues.distance import Point
from venues.models import Commune
from venues.text import fold

# All of France with the fields below is about 12 MB.
LARGEST_BYTES = 60_000_000
TIMEOUT = 20
OFFICIAL_URL = settings.COMMUNES_URL
FIELDS = "code,nom,codesPostaux,population,codeEpci,centre,mairie,epci,codeDepartement"
DEPARTMENTS = (
    *(f"{number:02}" for number in range(1, 20)),
    *("2A", "2B"),
    *(str(number) for number in range(21, 96)),
    *("971", "972", "973", "974", "976"),
)
CODE = re.compile(r"\d{5}|2[AB]\d{3}", re.ASCII)
POSTAL_CODE = re.compile(r"\d{5}", re.ASCII)
EPCI_CODE = re.compile(r"\d{9}|", re.ASCII)
OVERSEAS = ("97", "98")
STORED = (
    *("name", "search_name", "postal_codes", "department", "population"),
    *("epci_code", "epci_name", "latitude", "longitude"),
)
# What a source may leave out without erasing what is known.
OPTIONAL = ("postal_codes", "population", "epci_code", "epci_name")


class CommunesError(Exception):
    """One French sentence for whoever typed the command."""


class Misfit(Exception):
    """What is wrong with one entry, as the end of a sentence."""


class Outcome(NamedTuple):
    created: int
    updated: int
    unchanged: int


def department_of(code: str) -> str:
    return code[:3] if code.startswith(OVERSEAS) else code[:2]


def fetch(department: str, url: str) -> bytes:
    """The answer of `/communes` for one département."""
    query = urlencode({"codeDepartement": department, "fields": FIELDS})
    if not url.startswith(("http://", "https://")):
        raise CommunesError(f"L’adresse {url} doit commencer par https://.")
    request = Request(  # noqa: S310 - the scheme was checked above
        f"{url.rstrip('/')}/communes?{query}&format=json",
        headers={"User-Agent": f"parentheses-reseau (+{settings.BASE_URL})"},
    )
    try:
        with urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310 - same
            return _capped(answer.read(LARGEST_BYTES + 1))
    except HTTPError as error:
        error.close()
        raise CommunesError(
            f"{url} refuse de répondre (code {error.code}). Réessayez plus tard."
        ) from error
    except (OSError, HTTPException, ValueError) as error:
        raise CommunesError(
            f"{url} ne répond pas. Vérifiez la connexion, ou donnez un fichier\u202f:"
            " --file communes.json"
        ) from error


def read_file(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _capped(file.read(LARGEST_BYTES + 1))
    except OSError as error:
        raise CommunesError(
            f"Le fichier {path} est introuvable ou illisible."
        ) from error


def _capped(content: bytes) -> bytes:
    if len(content) > LARGEST_BYTES:
        raise CommunesError(
            "Ce fichier dépasse 60\u00a0Mo\u202f: ce n’est pas une liste utile."
        )
    return content


def read(content: bytes) -> list[Commune]:
    """Unsaved communes, each checked; JSON or CSV is told by the first sign."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommunesError("Ce fichier n’est pas un texte en UTF-8.") from error
    is_json = text.lstrip()[:1] in ("[", "{")
    entries = _json_entries(text) if is_json else _csv_entries(text)
    communes: dict[str, Commune] = {}
    for place, entry in enumerate(entries, 1):
        commune = _checked(entry, place)
        if communes.setdefault(commune.code, commune) is not commune:
            raise CommunesError(
                f"Ce fichier donne deux fois la commune {commune.code}."
            )
    if not communes:
        raise CommunesError("Ce fichier ne contient aucune commune.")
    return list(communes.values())


def _checked(entry: Any, place: int) -> Commune:
    try:
        return _commune(entry if "nom" in entry else _as_json(entry))
    except Misfit as misfit:
        why = str(misfit)
    except KeyError as error:
        why = f"il manque «\u202f{error.args[0]}\u202f»"
    except (AttributeError, TypeError, ValueError):
        why = "son format est inattendu"
    raise CommunesError(
        f"La commune n°\u00a0{place} de cette source est refusée\u202f: {why}."
    )


def _json_entries(text: str) -> list[dict[str, Any]]:
    try:
        entries = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise CommunesError("Ce fichier JSON est abîmé ou incomplet.") from error
    if not isinstance(entries, list):
        raise CommunesError("Ce fichier JSON n’est pas une liste de communes.")
    return entries


def _csv_entries(text: str) -> list[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    try:
        if not {"code", "name"} <= set(reader.fieldnames or ()):
            raise CommunesError(
                "Ce fichier n’est ni du JSON ni un CSV avec les colonnes code et name."
            )
        rows = list(reader)
    except csv.Error as error:
        raise CommunesError("Ce fichier CSV est abîmé ou incomplet.") from error
    return rows


def _as_json(row: dict[str, str]) -> dict[str, Any]:
    """The shape of geo.api.gouv.fr from the columns of data/communes-73.csv."""
    longitude, latitude = row.get("longitude"), row.get("latitude")
    return {
        "code": row["code"],
        "nom": row["name"],
        "codesPostaux": [one for one in row.get("postal_codes", "").split("|") if one],
        "population": int(row.get("population") or 0) or None,
        "epci": {"code": row.get("epci_code"), "nom": row.get("epci_name")},
        "centre": {"coordinates": [longitude, latitude]} if longitude else None,
    }


def _commune(entry: dict[str, Any]) -> Commune:
    code, name = entry["code"], _clean(entry["nom"])
    if not CODE.fullmatch(code):
        raise Misfit(f"«\u202f{str(code)[:20]}\u202f» n’est pas un code INSEE")
    if not 0 < len(name) <= 80:
        raise Misfit(f"le nom de {code} doit avoir de 1 à 80 signes")
    postal_codes = entry.get("codesPostaux") or []
    if not all(POSTAL_CODE.fullmatch(one) for one in postal_codes):
        raise Misfit(f"un code postal de {name} n’a pas cinq chiffres")
    epci = entry.get("epci") or {}
    epci_code = epci.get("code") or entry.get("codeEpci") or ""
    if not EPCI_CODE.fullmatch(epci_code):
        raise Misfit(f"le code EPCI de {name} n’a pas neuf chiffres")
    latitude, longitude = _point(entry, code) or (None, None)
    return Commune(
        code=code,
        name=name,
        search_name=fold(name),
        postal_codes=list(postal_codes),
        department=department_of(code),
        population=_population(entry.get("population"), name),
        epci_code=epci_code,
        epci_name=_clean(epci.get("nom") or "")[:120],
        latitude=latitude,
        longitude=longitude,
    )


def _clean(name: str) -> str:
    """Without the signs that PostgreSQL refuses, or that nobody sees."""
    return "".join(sign for sign in name if sign.isprintable()).strip()


def _population(value: Any, name: str) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or not 0 <= value < 10_000_000:
        raise Misfit(f"la population de {name} n’est pas un nombre d’habitants")
    return value


def _point(entry: dict[str, Any], code: str) -> Point | None:
    """Where people meet rather than the middle of the fields, so the town hall
    first. GeoJSON has longitude first."""
    shape = entry.get("mairie") or entry.get("centre")
    if not shape:
        return None
    longitude, latitude = map(float, shape["coordinates"])
    low, high = (-30, 22) if code.startswith(OVERSEAS) else (41, 52)
    west, east = (-180, 180) if code.startswith(OVERSEAS) else (-6, 10)
    inside = low <= latitude <= high and west <= longitude <= east
    if not (isfinite(longitude) and isfinite(latitude) and inside):
        raise Misfit(f"le point de {code} est hors de France")
    return Point(latitude, longitude)


def store(communes: Collection[Commune]) -> Outcome:
    """Create or update all of them, or none. What a source leaves out is kept."""
    with transaction.atomic():
        departments = {commune.department for commune in communes}
        known = Commune.objects.filter(department__in=departments).in_bulk()
        changed: list[Commune] = []
        created = unchanged = 0
        for commune in communes:
            old = known.get(commune.code)
            if old is None:
                created += 1
            elif not _differs(_completed(commune, old), old):
                unchanged += 1
                continue
            changed.append(commune)
        Commune.objects.bulk_create(
            changed,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=STORED,
        )
    return Outcome(created, len(changed) - created, unchanged)


def _completed(commune: Commune, old: Commune) -> Commune:
    for name in OPTIONAL:
        if getattr(commune, name) in (None, "", []):
            setattr(commune, name, getattr(old, name))
    if commune.point is None:
        commune.latitude, commune.longitude = old.latitude, old.longitude
    return commune


def _differs(commune: Commune, old: Commune) -> bool:
    return any(getattr(commune, name) != getattr(old, name) for name in STORED)
