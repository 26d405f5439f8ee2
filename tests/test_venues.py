from collections.abc import Callable, Iterator

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from networking.models import Circle, User
from tests.factories import (
    CircleFactory,
    CommuneFactory,
    ProfessionalFactory,
    UserFactory,
    VenueFactory,
)
from tests.geo_server import GeoServer, feature, features, running
from venues.models import Commune, PointSource, Venue

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


@pytest.fixture(autouse=True)
def offline(settings: LazySettings) -> None:
    settings.GEOCODER_TIMEOUT = 0


@pytest.fixture
def server(settings: LazySettings) -> Iterator[GeoServer]:
    with running() as server:
        settings.GEOCODER_DOMAIN = server.domain
        settings.GEOCODER_SCHEME = "http"
        settings.GEOCODER_TIMEOUT = 2
        server.answer(features(feature()))
        yield server


@pytest.fixture
def valmorey(circle: Circle) -> Commune:
    commune = CommuneFactory(code="73999", name="Valmorey", postal_codes=["73000"])
    circle.communes.add(commune)
    return commune


@pytest.fixture
def client(circle: Circle, amina: User, signed_in: SignIn) -> Client:
    return signed_in(amina)


def answers(**changes: object) -> dict[str, object]:
    return {
        "name": "Salle des Tilleuls",
        "address": "4 place de la Mairie",
        "commune": "Valmorey",
        "seats": "30",
        "step_free": "yes",
        "is_active": "on",
        **changes,
    }


def create(client: Client, **changes: object) -> str:
    """The page after the form, with whatever it says."""
    path = reverse("venue_create")
    return client.post(path, answers(**changes), follow=True).content.decode()


def decide(client: Client, venue: Venue, choice: str) -> str:
    data = {"choice": choice, "seen": venue.point_label}
    path = reverse("venue_point", args=(venue.pk,))
    return client.post(path, data, follow=True).content.decode()


@pytest.mark.parametrize("name", ["venue_list", "venue_create", "venue", "venue_edit"])
def test_venues_are_for_teams_alone(name, signed_in, driss, eloy, client):
    venue = VenueFactory()
    args = (venue.pk,) if name in ("venue", "venue_edit") else ()
    path = reverse(name, args=args)
    assert client.get(path).status_code == 200
    assert signed_in(driss).get(path).status_code == 403
    assert signed_in(eloy).get(path).status_code == 403
    assert Client().get(path).status_code == 302


def test_an_unknown_venue_is_not_found(client):
    assert client.get(reverse("venue", args=(10**6,))).status_code == 404


def test_a_relay_may_add_a_venue(signed_in, circle, bruno, valmorey):
    create(signed_in(bruno))
    assert Venue.objects.filter(name="Salle des Tilleuls").exists()


def test_a_new_venue_shows_the_address_found_and_asks(client, valmorey, server):
    page = create(client)
    venue = Venue.objects.get()
    assert "Est-ce bien ici" in page
    assert "4 Place de la Mairie 73000 Valmorey" in page
    assert venue.point == (45.561703, 5.919812)
    assert (venue.point_source, venue.point_score) == (PointSource.ADDRESS, 0.94)
    assert venue.point_confirmed_at is None


def test_a_person_confirms_the_point(client, valmorey, server):
    create(client)
    page = decide(client, Venue.objects.get(), "confirm")
    venue = Venue.objects.get()
    assert venue.point_confirmed_at is not None
    assert "Adresse vérifiée" in page
    assert "Est-ce bien ici" not in page


def test_a_person_prefers_the_centre_of_the_commune(client, valmorey, server):
    create(client)
    decide(client, Venue.objects.get(), "commune")
    venue = Venue.objects.get()
    assert venue.point == valmorey.point
    assert venue.point_source == PointSource.COMMUNE
    assert venue.point_confirmed_at is not None


def test_a_point_that_changed_meanwhile_is_not_confirmed(client, valmorey, server):
    create(client)
    seen = Venue.objects.get()
    Venue.objects.update(point_label="Ailleurs")
    assert "Regardez à nouveau" in decide(client, seen, "confirm")
    assert Venue.objects.get().point_confirmed_at is None


def test_the_point_is_never_written_by_a_get(client, valmorey):
    venue = VenueFactory(commune=valmorey)
    path = reverse("venue_point", args=(venue.pk,))
    assert client.get(path, {"choice": "commune"}).status_code == 405


def test_offline_the_commune_stands_for_the_address_and_the_page_says_so(
    client, valmorey
):
    page = create(client)
    venue = Venue.objects.get()
    assert "n’a pas été trouvée" in page
    assert venue.point == valmorey.point
    assert venue.point_source == PointSource.COMMUNE


def test_the_search_can_be_asked_again_later(client, valmorey, settings):
    create(client)
    with running() as server:
        settings.GEOCODER_DOMAIN, settings.GEOCODER_SCHEME = server.domain, "http"
        settings.GEOCODER_TIMEOUT = 2
        server.answer(features(feature()))
        assert "Est-ce bien ici" in decide(client, Venue.objects.get(), "again")


def test_a_whole_commune_is_no_address(client, valmorey, server):
    server.answer(features(feature(type="municipality", label="Valmorey")))
    create(client)
    venue = Venue.objects.get()
    assert venue.point_source == PointSource.COMMUNE
    assert venue.point == (45.561703, 5.919812)


def test_a_commune_without_point_gives_a_venue_without_distance(client, circle):
    CommuneFactory(code="73998", name="Brenne", latitude=None, longitude=None)
    page = create(client, commune="Brenne")
    assert Venue.objects.get().point is None
    assert "pas encore de distance" in page


def test_a_new_address_is_looked_for_again_and_another_seat_is_not(
    client, valmorey, server
):
    create(client)
    decide(client, Venue.objects.get(), "confirm")
    path = reverse("venue_edit", args=(Venue.objects.get().pk,))
    client.post(path, answers(seats="40"))
    assert len(server.asked) == 1
    assert Venue.objects.get().point_confirmed_at is not None
    client.post(path, answers(address="8 place de la Mairie"))
    assert len(server.asked) == 2
    assert Venue.objects.get().point_confirmed_at is None


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("name", "", "Écrivez le nom du lieu."),
        ("name", "x" * 121, "120 signes au plus"),
        ("address", "", "Écrivez le numéro et la rue."),
        ("commune", "", "Écrivez la commune."),
        ("commune", "Nulle-Part", "Vérifiez l’orthographe."),
        ("commune", "Valmory", "Peut-être Valmorey (73000)"),
        ("seats", "", "Écrivez un nombre de places, de 2 à 1000."),
        ("seats", "trente", "Écrivez un nombre de places, de 2 à 1000."),
        ("seats", "1", "Écrivez un nombre de places, de 2 à 1000."),
        ("seats", "100000", "Écrivez un nombre de places, de 2 à 1000."),
        ("step_free", "", "Choisissez une réponse."),
        ("lender_email", "mairie", "Écrivez une adresse complète"),
        ("lender_phone", "12", "Écrivez un téléphone complet"),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_lost(
    client, valmorey, field, typed, says
):
    page = create(client, **{"lender": "Les Amis du lac", field: typed})
    assert says in page
    assert "Les Amis du lac" in page
    assert typed in page
    assert not Venue.objects.exists()


def test_the_same_name_twice_in_a_commune_is_explained(client, valmorey):
    create(client)
    assert "Un lieu porte déjà ce nom" in create(client)
    assert Venue.objects.count() == 1


def test_markup_in_a_name_stays_text(client, valmorey):
    page = create(client, name="<script>alert(1)</script>")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_the_list_costs_the_same_with_one_venue_and_three(
    client, django_assert_num_queries
):
    path = reverse("venue_list")
    for count in (1, 3):
        VenueFactory.create_batch(count)
        with django_assert_num_queries(7):
            assert client.get(path).status_code == 200


def test_the_ranking_costs_the_same_for_one_person_and_three(
    client, circle, django_assert_num_queries
):
    VenueFactory()
    for count in (1, 3):
        circle.people.add(*ProfessionalFactory.create_batch(count))
        VenueFactory.create_batch(count)
        with django_assert_num_queries(9):
            client.get(reverse("venue_list"), {"cercle": circle.pk})


def test_the_list_says_in_words_what_is_known(client):
    VenueFactory(seats=42, step_free="no")
    page = client.get(reverse("venue_list")).content.decode()
    assert "Non, il y a des marches" in page
    assert ">42<" in page
    assert "Centre de la commune" in page


def test_for_a_circle_the_nearest_venue_comes_first_with_its_words(client, circle):
    VenueFactory(name="Loin", commune=CommuneFactory(latitude=45.9))
    VenueFactory(name="Près")
    lost = CommuneFactory(latitude=None, longitude=None)
    VenueFactory(name="Ici ou là", commune=lost)
    circle.people.add(ProfessionalFactory(commune=lost))
    response = client.get(reverse("venue_list"), {"cercle": circle.pk})
    names = [row.venue.name for row in response.context["page"]]
    assert names == ["Près", "Loin", "Ici ou là"]
    page = response.content.decode()
    assert "1\u00a0personne sur 1 à moins de 5\u00a0km" in page
    assert "Distance inconnue" in page
    assert "1\u00a0personne n’est pas comptée" in page


def test_the_circle_of_others_is_not_found(signed_in, circle):
    ines = UserFactory(first_name="Inès", email="ines@example.org")
    CircleFactory(name="Ailleurs", organiser=ines)
    path = reverse("venue_list")
    assert signed_in(ines).get(path).status_code == 200
    assert signed_in(ines).get(path, {"cercle": circle.pk}).status_code == 404


@pytest.mark.parametrize("name", ["venue_list", "meetup_list", "meetup_create"])
@pytest.mark.parametrize(
    "chosen", ["", "x", "-1", "1;drop", "９", "9" * 40, "9" * 5000]
)
def test_a_strange_circle_is_no_error(client, name, chosen):
    response = client.get(reverse(name), {"cercle": chosen})
    assert response.status_code == (404 if chosen.isdecimal() else 200)


def test_fifty_venues_fill_a_page(client):
    VenueFactory.create_batch(51)
    response = client.get(reverse("venue_list"), {"page": 2})
    assert len(response.context["page"]) == 1


def test_only_the_communes_of_my_circles_travel_with_the_form(client, valmorey):
    CommuneFactory.create_batch(5)
    page = client.get(reverse("venue_create")).content.decode()
    assert '<option value="Valmorey (73000)">' in page
    assert page.count("<option value=") == 2
    assert len(page) < 60_000


def test_a_known_venue_offers_its_commune_as_it_can_be_typed_again(client, valmorey):
    venue = VenueFactory(commune=valmorey)
    path = reverse("venue_edit", args=(venue.pk,))
    assert 'value="Valmorey (73000)"' in client.get(path).content.decode()
