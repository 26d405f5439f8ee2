"""The page of the directory, its cards and its map."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from networking.forms.directory import DirectoryForm
from networking.mapping import Pin, draw
from networking.views.directory import buttons_of, context
from tests.factories import (
    CommuneFactory,
    FamilyFactory,
    ProfessionalFactory,
)

pytestmark = pytest.mark.django_db

URL = "/annuaire/"


def shown(**values):
    return ProfessionalFactory(directory_consent_at=timezone.now(), **values)


@pytest.fixture
def here():
    return CommuneFactory(
        code="73065", name="Valmorey", latitude=45.57, longitude=5.92,
        postal_codes=["73000"],
    )  # fmt: skip


@pytest.fixture
def client(circle, amina, signed_in):
    return signed_in(amina)


def text_of(response):
    return response.content.decode()


def test_partners_and_visitors_have_no_directory(circle, eloy, signed_in, db):
    assert signed_in(eloy).get(URL).status_code == 403


def test_the_place_is_remembered_and_may_be_emptied(client, here):
    shown(first_name="Inès", commune=here)
    client.get(URL, {"autour": "valmorey", "q": ""})
    response = client.get(URL)
    assert response.context["commune"] == here
    assert "1\u00a0personne à moins de 5\u00a0km" in text_of(response)
    client.get(URL, {"autour": ""})
    assert client.get(URL).context["commune"] is None


def test_nobody_here_offers_to_look_further(client, here):
    page = text_of(client.get(URL, {"autour": "Valmorey", "q": "sage-femme"}))
    assert "Personne à moins de 5\u00a0km. Chercher à 10\u00a0km" in page
    assert "rayon=10" in page
    page = text_of(client.get(URL, {"autour": "Valmorey", "rayon": "20", "q": "x"}))
    assert "Essayez d’autres mots." in page


@pytest.mark.parametrize(
    "wrong",
    [{"rayon": "999"}, {"autour": "Nullepart"}, {"q": "a" * 101}],
)
def test_a_wrong_field_is_explained_and_kept(client, wrong):
    response = client.get(URL, {"q": "Inès", **wrong})
    page = text_of(response)
    assert response.status_code == 200
    assert "<title>Erreur\u202f: Qui travaille" in page
    if "autour" in wrong:
        assert "Aucune commune ne porte ce nom" in page
        assert 'value="Nullepart"' in page


def test_an_old_link_with_an_unknown_need_still_works(client, here):
    shown(first_name="Inès", commune=here)
    assert "Inès" in text_of(client.get(URL, {"besoin": "bouger-avant"}))


def test_needs_are_links_that_keep_the_search(client, here):
    FamilyFactory(key="mobility", label="Bouger")
    page = text_of(client.get(URL, {"q": "Inès", "page": "2"}))
    link = re.search(r'href="([^"]*besoin=mobility[^"]*)"', page)[1]
    assert "q=In" in link
    assert "page=" not in link


def test_a_card_gives_only_what_the_person_shows(client, here):
    shown(
        first_name="Samira",
        last_name="Benali",
        commune=here,
        email="samira@example.org",
        phone="+33639980102",
        channel="sms",
        channel_hours="le midi",
        shows_phone=True,
        what_i_do="J’aide aux repas.",
    )
    page = text_of(client.get(URL, {"autour": "Valmorey"}))
    assert 'href="sms:+33639980102">Envoyer un SMS à Samira' in page
    assert 'href="tel:+33639980102">Appeler Samira' in page
    assert page.index("sms:") < page.index("tel:")
    assert "samira@example.org" not in page
    assert "SMS, <bdi>le midi</bdi>" in page


def test_nothing_shown_means_no_button(here):
    person = ProfessionalFactory(phone="+33639980102", email="x@example.org")
    assert buttons_of(person) == []


def test_the_preferred_way_comes_first_and_addresses_are_quoted():
    person = ProfessionalFactory(
        first_name="Anne",
        email="anne?cc=x@example.org",
        phone="+33639980102",
        channel="email",
        shows_email=True,
        shows_phone=True,
    )
    assert [button.url for button in buttons_of(person)] == [
        "mailto:anne%3Fcc%3Dx@example.org",
        "tel:+33639980102",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_people(
    count, client, here, django_assert_num_queries
):
    for _ in range(count):
        shown(first_name="Inès", commune=here)
    with django_assert_num_queries(17):
        page = text_of(client.get(URL, {"autour": "Valmorey", "q": "inès"}))
    assert page.count("<h3>") == count


def test_thirty_people_a_page_numbered_on(client, here):
    for _ in range(31):
        shown(commune=here)
    page = text_of(client.get(URL, {"autour": "Valmorey", "page": "2"}))
    assert page.count("<h3>") == 1
    assert 'id="p31"' in page
    assert "Page 2 sur 2" in page


def test_a_personal_link_uses_the_same_page(rf, chloe, here):
    request = rf.get("/i/x/annuaire/")
    form = DirectoryForm({"autour": "Valmorey", "rayon": "10"})
    form.full_clean()
    shown(commune=here)
    built = context(request, form, viewer=chloe, layout="base.html")
    assert built["layout"] == "base.html"
    assert built["viewer"] == chloe
    assert len(built["cards"]) == 1


def communes_around(count):
    return [
        CommuneFactory(
            code=f"38{n:03}",
            name=f"Saint-Étienne-de-la-Montagne-{n}",
            latitude=45.57 + (n % 6 - 3) * 0.01,
            longitude=5.92 + (n // 6 - 3) * 0.012,
        )
        for n in range(count)
    ]


def test_the_map_stays_small_with_thirty_communes(here):
    pins = [
        Pin(n, "Marie-Antoinette Desmoulins, auxiliaire de vie sociale", commune)
        for n, commune in enumerate(communes_around(30), start=1)
    ]
    svg = draw(here, pins, 5)
    assert len(svg.encode()) <= 6 * 1024 + 2048
    assert svg.count("<a ") == 30


def test_people_of_one_commune_share_a_pin(here):
    pins = [Pin(n, "Inès, infirmière", here) for n in (1, 2, 3)]
    svg = draw(here, pins, 5)
    assert svg.count("<a ") == 1
    assert ">1–3</text>" in svg
    assert 'aria-label="1–3, Valmorey\u202f: 3\u00a0personnes"' in svg
    assert "La liste donne les mêmes informations." in svg


def test_the_ring_has_the_radius_and_north_is_up(here):
    north = CommuneFactory(code="73008", name="Brenne", latitude=45.6, longitude=5.92)
    svg = draw(here, [Pin(1, "Inès", north)], 10)
    assert ">10\u00a0km</text>" in svg
    y = int(re.search(r'href="#ep" x="270" y="(\d+)"', svg)[1])
    assert y < 250


def test_the_map_has_no_style_and_escapes_names(here):
    svg = draw(here, [Pin(1, '<b>"x"</b>', here)], 5)
    assert "style=" not in svg
    assert "<b>" not in svg


def test_without_point_there_is_no_map(client):
    lost = CommuneFactory(
        code="73999", name="Perdue", latitude=None, longitude=None, postal_codes=[]
    )
    shown(commune=lost, first_name="Inès")
    page = text_of(client.get(URL, {"autour": "Perdue"}))
    assert "Inès" in page
    assert "<svg viewBox" not in page
    assert "Le point de Perdue n’est pas connu." in page


def test_the_directory_has_its_address():
    assert reverse("directory") == URL
