"""A local server that speaks the documented formats of the Base Adresse Nationale
(`/search`, GeoJSON) and of geo.api.gouv.fr (`/communes`, JSON)."""

import json
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.local_server import LocalServer, QuietHandler, serving

Query = dict[str, str]


class GeoServer(LocalServer):
    """Answers every request with `status`, `headers` and `body`, or hangs."""

    def __init__(self) -> None:
        super().__init__(Handler, 200)
        self.body = b""
        self.asked: list[tuple[str, Query, str]] = []

    def answer(self, content: object, status: int = 200, **headers: str) -> None:
        self.status, self.headers = status, headers
        if not isinstance(content, bytes):
            content = json.dumps(content).encode()
        self.body = content


class Handler(QuietHandler):
    server: GeoServer

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.server.asked.append((url.path, query, self.headers["User-Agent"]))
        if self.server.hangs:
            self.server.released.wait(20)
            return
        self.send_head()
        self.wfile.write(self.server.body)


def running() -> AbstractContextManager[GeoServer]:
    return serving(GeoServer())


def feature(**changes: Any) -> dict[str, Any]:
    """One answer of `/search`; `point` is [longitude, latitude]."""
    point = changes.pop("point", [5.919812, 45.561703])
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": point},
        "properties": {
            "label": "4 Place de la Mairie 73000 Valmorey",
            "score": 0.94,
            "housenumber": "4",
            "id": "73999_0120_00004",
            "name": "4 Place de la Mairie",
            "postcode": "73000",
            "citycode": "73999",
            "x": 927000.12,
            "y": 6500000.34,
            "city": "Valmorey",
            "context": "73, Savoie, Auvergne-Rhône-Alpes",
            "type": "housenumber",
            "importance": 0.61,
            "street": "Place de la Mairie",
            **changes,
        },
    }


def features(*found: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "version": "draft",
        "features": list(found),
        "attribution": "BAN",
        "licence": "ETALAB-2.0",
        "query": "4 place de la Mairie 73000 Valmorey",
        "limit": 5,
    }


def commune(**changes: Any) -> dict[str, Any]:
    """One entry of `/communes` with the fields that we ask for."""
    return {
        "nom": "Valmorey",
        "code": "73999",
        "codesPostaux": ["73000"],
        "population": 4321,
        "codeDepartement": "73",
        "codeEpci": "200069110",
        "epci": {"code": "200069110", "nom": "CA du Grand Chambéry"},
        "centre": {"type": "Point", "coordinates": [5.93, 45.58]},
        "mairie": {"type": "Point", "coordinates": [5.9171, 45.5646]},
        **changes,
    }
