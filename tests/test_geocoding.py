"""The geocoder is a real HTTP server on this machine, honest or hostile."""

import json
import logging
import socket
import time
from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from tests.factories import CommuneFactory
from tests.geo_server import GeoServer, feature, features, running
from venues.distance import Point
from venues.geocoding import geocode
from venues.models import Commune

ADDRESS = "4 place de la Mairie"


@pytest.fixture
def server(settings: LazySettings) -> Iterator[GeoServer]:
    with running() as server:
        settings.GEOCODER_DOMAIN = server.domain
        settings.GEOCODER_SCHEME = "http"
        settings.GEOCODER_TIMEOUT = 2
        yield server


@pytest.fixture
def valmorey() -> Commune:
    return CommuneFactory.build(
        code="73999", name="Valmorey", search_name="valmorey", postal_codes=["73000"]
    )


def test_a_right_answer_is_turned_to_latitude_first(server, valmorey):
    server.answer(features(feature()))
    found = geocode(ADDRESS, valmorey)
    assert found is not None
    assert found.point == Point(45.561703, 5.919812)
    assert found.label == "4 Place de la Mairie 73000 Valmorey"
    assert (found.score, found.kind) == (0.94, "housenumber")


def test_the_question_names_the_postal_code_and_the_commune(server, valmorey, settings):
    server.answer(features(feature()))
    geocode(ADDRESS, valmorey)
    [(path, query, agent)] = server.asked
    assert path == "/search"
    assert query["q"] == "4 place de la Mairie 73000 Valmorey"
    assert settings.BASE_URL in agent


def test_a_path_in_the_domain_is_kept(server, valmorey, settings):
    settings.GEOCODER_DOMAIN = f"{server.domain}/geocodage"
    server.answer(features(feature()))
    assert geocode(ADDRESS, valmorey)
    assert server.asked[0][0] == "/geocodage/search"


def test_an_address_of_another_commune_is_refused(server, valmorey):
    server.answer(features(feature(citycode="73065", city="Chambéry")))
    assert geocode(ADDRESS, valmorey) is None


def test_a_homonym_with_another_postal_code_is_refused(server, valmorey):
    server.answer(features(feature(citycode="01999", postcode="01000")))
    assert geocode(ADDRESS, valmorey) is None


def test_the_second_answer_counts_when_the_first_lies_elsewhere(server, valmorey):
    elsewhere = feature(citycode="73065", city="Chambéry", score=0.97)
    server.answer(features(elsewhere, feature(score=0.61)))
    found = geocode(ADDRESS, valmorey)
    assert found is not None
    assert found.score == 0.61


def test_a_borough_counts_as_its_town(server):
    lyon = CommuneFactory.build(
        code="69123", name="Lyon", search_name="lyon", postal_codes=["69001", "69003"]
    )
    borough = feature(citycode="69383", city="Lyon", postcode="69003")
    server.answer(features(borough))
    assert geocode(ADDRESS, lyon)


@pytest.mark.parametrize("score", [0, 0.3, 0.5])
def test_a_guess_is_refused(server, valmorey, score):
    server.answer(features(feature(score=score)))
    assert geocode(ADDRESS, valmorey) is None


def test_the_lowest_right_score_ever_seen_is_accepted(server, valmorey):
    server.answer(features(feature(score=0.52)))
    assert geocode(ADDRESS, valmorey)


def test_nothing_found_is_none(server, valmorey):
    server.answer(features())
    assert geocode(ADDRESS, valmorey) is None


def test_too_many_questions_are_logged_with_the_wait(server, valmorey, caplog):
    server.answer({"message": "Too Many Requests"}, status=429, retry_after="5")
    with caplog.at_level(logging.WARNING, "parentheses.geocoding"):
        logging.getLogger("parentheses").propagate = True
        assert geocode(ADDRESS, valmorey) is None
    assert "wait 5 s" in caplog.text


def test_a_server_that_hangs_costs_no_more_than_the_time_out(
    server, valmorey, settings
):
    settings.GEOCODER_TIMEOUT = 0.3
    server.hangs = True
    started = time.monotonic()
    assert geocode(ADDRESS, valmorey) is None
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><title>503</title>",
        b"",
        b"\xff\xfe\x00",
        b"null",
        b"[]",
        b"42",
        b'{"features": 7}',
        b'{"features": [null]}',
        b'{"features": [{}]}',
        b'{"features": [{"geometry": null, "properties": null}]}',
        json.dumps(features(feature(point=[]))).encode(),
        json.dumps(features(feature(point=["a", "b"]))).encode(),
        json.dumps(features(feature(point=[592.0, 45.5]))).encode(),
        json.dumps(features(feature(point=[5.9, float("nan")]))).encode(),
        json.dumps(features(feature(point=[5.9, 455.0]))).encode(),
        json.dumps(features(feature(score=None))).encode(),
        json.dumps(features(feature(score="high"))).encode(),
    ],
)
# geopy warns of a latitude of 455 before it refuses it.
@pytest.mark.filterwarnings("ignore:Latitude normalization")
def test_garbage_is_none_and_never_an_error(server, valmorey, body):
    server.answer(body)
    assert geocode(ADDRESS, valmorey) is None


@pytest.mark.parametrize("status", [301, 400, 403, 404, 500, 503])
def test_every_refusal_is_none(server, valmorey, status):
    server.answer(b"no", status=status)
    assert geocode(ADDRESS, valmorey) is None


def test_a_closed_port_is_none(valmorey, settings):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        settings.GEOCODER_DOMAIN = f"127.0.0.1:{closed.getsockname()[1]}"
        settings.GEOCODER_SCHEME, settings.GEOCODER_TIMEOUT = "http", 1
        assert geocode(ADDRESS, valmorey) is None


def test_a_time_out_of_zero_asks_nothing(server, valmorey, settings):
    settings.GEOCODER_TIMEOUT = 0
    server.answer(features(feature()))
    assert geocode(ADDRESS, valmorey) is None
    assert server.asked == []
