"""Circles, their team and their page."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from networking.models import Circle, Role, TeamMember, User
from tests.factories import (
    CircleFactory,
    CommuneFactory,
    FamilyFactory,
    MeetupFactory,
    NeighbourhoodFactory,
    PathwayFactory,
    ProfessionalFactory,
    ProfessionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def commune(name, code, postal="73000", department="73"):
    return CommuneFactory(
        name=name, code=code, postal_codes=[postal], department=department
    )


def text_of(response):
    return response.content.decode()


def test_whoever_creates_a_circle_organises_it(amina, signed_in):
    commune("Cognin", "73087", "73160")
    client = signed_in(amina)
    CircleFactory(name="Un autre", organiser=amina)
    response = client.post(
        reverse("circle_create"), {"name": "Le Biollay", "communes": "cognin"}
    )
    circle = Circle.objects.get(name="Le Biollay")
    assert response.url == circle.get_absolute_url()
    assert [one.name for one in circle.communes.all()] == ["Cognin"]
    assert circle.team.get().user == amina
    assert circle.team.get().role == Role.ORGANISER


def test_many_communes_are_typed_in_one_field(circle, amina, signed_in):
    for number in range(40):
        commune(f"Village {number}", f"05{number:03}", f"05{number:03}")
    typed = ", ".join(f"village {number}" for number in range(40))
    url = reverse("circle_edit", args=(circle.pk,))
    signed_in(amina).post(url, {"name": "Le Biollay", "communes": typed})
    assert circle.communes.count() == 40


def test_homonyms_are_explained_and_nothing_typed_is_lost(amina, signed_in):
    CircleFactory(organiser=amina)
    commune("Saint-Jore", "73900", "73900")
    commune("Saint-Jore", "38900", "38900", "38")
    data = {"name": "Mon cercle", "communes": "Cognin, Saint Jore"}
    commune("Cognin", "73087", "73160")
    page = text_of(signed_in(amina).post(reverse("circle_create"), data))
    assert "plusieurs communes" in page
    assert "Saint-Jore (38900)" in page
    assert "Cognin, Saint Jore" in page
    assert 'value="Mon cercle"' in page
    assert "<title>Erreur\u202f: Nouveau cercle" in page
    assert not Circle.objects.filter(name="Mon cercle").exists()


def test_a_circle_needs_a_place_or_a_pathway(amina, signed_in):
    CircleFactory(organiser=amina)
    client = signed_in(amina)
    page = text_of(client.post(reverse("circle_create"), {"name": "Vide"}))
    assert "Choisissez au moins une commune" in page
    pathway = PathwayFactory()
    client.post(reverse("circle_create"), {"name": "Vide", "pathway": pathway.pk})
    assert Circle.objects.get(name="Vide").pathway == pathway


def test_a_neighbourhood_alone_makes_a_perimeter(amina, signed_in):
    CircleFactory(organiser=amina)
    quarter = NeighbourhoodFactory(name="Bissy")
    data = {"name": "Bissy", "neighbourhoods": [quarter.pk]}
    signed_in(amina).post(reverse("circle_create"), data)
    assert Circle.objects.get(name="Bissy").perimeter == "Bissy"


def test_two_circles_cannot_bear_one_name_in_two_cases(circle, amina, signed_in):
    pathway = PathwayFactory()
    data = {"name": "LE BIOLLAY", "pathway": pathway.pk}
    page = text_of(signed_in(amina).post(reverse("circle_create"), data))
    assert "Un cercle porte déjà ce nom" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number_of_circles(
    count, amina, signed_in, django_assert_num_queries
):
    for _ in range(count):
        circle = CircleFactory(organiser=amina, people=[ProfessionalFactory()])
        circle.communes.add(CommuneFactory())
        circle.neighbourhoods.add(NeighbourhoodFactory())
    client = signed_in(amina)
    with django_assert_num_queries(11):
        page = text_of(client.get(reverse("circle_list")))
    assert page.count("1\u00a0personne") == count


def test_the_list_says_how_many_people_and_the_next_date(circle, amina, signed_in):
    Circle.objects.get(pk=circle.pk).people.add(ProfessionalFactory())
    MeetupFactory(circle=circle, starts_at=timezone.now() + timedelta(days=40))
    soon = MeetupFactory(circle=circle, starts_at=timezone.now() + timedelta(days=4))
    MeetupFactory(circle=circle, starts_at=timezone.now() - timedelta(days=4))
    called_off = MeetupFactory(
        circle=circle, starts_at=timezone.now() + timedelta(days=2), status="cancelled"
    )
    assert called_off.is_cancelled
    response = signed_in(amina).get(reverse("circle_list"))
    (shown,) = response.context["page"]
    assert shown.people_count == 2
    assert shown.next_meetup_at == soon.starts_at


def test_a_relay_begins_no_circle(circle, bruno, signed_in):
    client = signed_in(bruno)
    data = {"name": "À moi", "pathway": PathwayFactory().pk}
    assert client.get(reverse("circle_create")).status_code == 403
    assert client.post(reverse("circle_create"), data).status_code == 403
    assert not Circle.objects.filter(name="À moi").exists()
    assert client.get(reverse("circle_list")).context["can_create"] is False


def test_the_association_begins_the_first_circle(signed_in):
    client = signed_in(UserFactory(is_staff=True))
    assert client.get(reverse("circle_list")).context["can_create"] is True
    data = {"name": "Le premier", "pathway": PathwayFactory().pk}
    client.post(reverse("circle_create"), data)
    assert Circle.objects.get().name == "Le premier"


def test_strangers_do_not_find_the_circle(circle, driss, eloy, signed_in):
    CircleFactory(organiser=driss)
    pages = ("circle", "circle_edit", "team", "person_create", "people_import")
    for user in (driss, eloy):
        for name in pages:
            url = reverse(name, args=(circle.pk,))
            assert signed_in(user).get(url).status_code == 404, name
            assert signed_in(user).post(url).status_code == 404, name
    assert signed_in(eloy).get(reverse("circle_list")).status_code == 403


def test_a_relay_reads_the_circle_but_does_not_change_it(circle, bruno, signed_in):
    client = signed_in(bruno)
    assert client.get(circle.get_absolute_url()).status_code == 200
    assert client.get(reverse("circle_edit", args=(circle.pk,))).status_code == 403
    assert client.get(reverse("team", args=(circle.pk,))).status_code == 200
    assert client.post(reverse("team", args=(circle.pk,))).status_code == 403
    member = circle.team.get(user=bruno)
    url = reverse("team_remove", args=(circle.pk, member.pk))
    assert client.post(url).status_code == 403
    assert "Changer l’équipe" not in text_of(client.get(circle.get_absolute_url()))


def test_people_are_alphabetical_and_found_by_any_part_of_the_name(
    circle, amina, signed_in
):
    ana = ProfessionalFactory(first_name="Ana", last_name="Zwart")
    elodie = ProfessionalFactory(first_name="Élodie", last_name="Bérard")
    circle.people.add(ana, elodie)
    client = signed_in(amina)
    response = client.get(circle.get_absolute_url())
    names = [row.record.first_name for row in response.context["table"].rows]
    assert names == ["Ana", "Chloé", "Élodie"]
    response = client.get(circle.get_absolute_url(), {"nom": "berard ELO"})
    assert [row.record for row in response.context["table"].rows] == [elodie]
    page = text_of(client.get(circle.get_absolute_url(), {"nom": "xyz"}))
    assert "Personne avec ces mots" in page


def test_people_are_filtered_by_need(circle, amina, signed_in):
    moving = ProfessionFactory(
        key="physiotherapist",
        label_epicene="kiné",
        family=FamilyFactory(key="mobility", label="Bouger"),
    )
    kine = ProfessionalFactory(profession=moving, gender="e")
    circle.people.add(kine)
    response = signed_in(amina).get(circle.get_absolute_url(), {"besoin": "mobility"})
    assert [row.record for row in response.context["table"].rows] == [kine]
    assert "Bouger" in text_of(response)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_circle_costs_the_same_for_any_number_of_people(
    count, amina, signed_in, django_assert_num_queries
):
    people = [ProfessionalFactory() for _ in range(count)]
    circle = CircleFactory(organiser=amina, people=people)
    for _ in range(count):
        MeetupFactory(circle=circle, organiser=amina)
    client = signed_in(amina)
    with django_assert_num_queries(22):
        page = text_of(client.get(circle.get_absolute_url()))
    assert page.count("personnes/") == count


def test_fifty_people_a_page(amina, signed_in):
    people = [ProfessionalFactory() for _ in range(51)]
    circle = CircleFactory(organiser=amina, people=people)
    client = signed_in(amina)
    page = text_of(client.get(circle.get_absolute_url()))
    assert page.count("personnes/") == 50
    assert "Page 1 sur 2" in page
    page = text_of(client.get(circle.get_absolute_url(), {"page": "2"}))
    assert page.count("personnes/") == 1
    assert client.get(circle.get_absolute_url(), {"page": "abc"}).status_code == 200


def test_an_unknown_address_becomes_an_account_of_the_team(circle, amina, signed_in):
    url = reverse("team", args=(circle.pk,))
    data = {"first_name": "Nadia", "email": "Nadia@Example.ORG", "role": Role.RELAY}
    page = text_of(signed_in(amina).post(url, data, follow=True))
    user = User.objects.get(email="nadia@example.org")
    assert not user.has_usable_password()
    assert circle.team.get(user=user).role == Role.RELAY
    assert "Dites à Nadia de se connecter avec cette adresse" in page


def test_a_known_account_keeps_its_name_and_changes_role(
    circle, amina, bruno, signed_in
):
    url = reverse("team", args=(circle.pk,))
    data = {"first_name": "B.", "email": "BRUNO@example.org", "role": Role.ORGANISER}
    signed_in(amina).post(url, data)
    assert circle.team.get(user=bruno).role == Role.ORGANISER
    assert User.objects.get(pk=bruno.pk).first_name == "Bruno"
    assert circle.team.count() == 2


def test_the_last_organiser_stays(circle, amina, signed_in):
    client = signed_in(amina)
    member = circle.team.get(user=amina)
    url = reverse("team_remove", args=(circle.pk, member.pk))
    page = text_of(client.post(url, follow=True))
    assert "Un cercle garde toujours une personne qui organise" in page
    data = {"first_name": "Amina", "email": amina.email, "role": Role.RELAY}
    page = text_of(client.post(reverse("team", args=(circle.pk,)), data))
    assert "Un cercle garde toujours une personne qui organise" in page
    assert circle.team.get(user=amina).role == Role.ORGANISER


def test_an_organiser_may_leave_when_another_one_stays(circle, amina, driss, signed_in):
    TeamMember.objects.create(circle=circle, user=driss, role=Role.ORGANISER)
    member = circle.team.get(user=amina)
    url = reverse("team_remove", args=(circle.pk, member.pk))
    assert signed_in(amina).post(url).url == reverse("circle_list")
    assert not circle.team.filter(user=amina).exists()


def test_a_member_of_another_team_cannot_be_removed_from_here(
    circle, amina, driss, signed_in
):
    other = CircleFactory(organiser=driss)
    member = other.team.get()
    url = reverse("team_remove", args=(circle.pk, member.pk))
    assert signed_in(amina).post(url).status_code == 404
    assert other.team.filter(pk=member.pk).exists()


def test_removing_is_never_a_link(circle, amina, bruno, signed_in):
    url = reverse("team_remove", args=(circle.pk, circle.team.get(user=bruno).pk))
    assert signed_in(amina).get(url).status_code == 405
    assert circle.team.filter(user=bruno).exists()


def test_a_secure_mailbox_cannot_sign_in(circle, amina, signed_in):
    url = reverse("team", args=(circle.pk,))
    data = {"first_name": "N", "email": "n@medecin.mssante.fr", "role": Role.RELAY}
    page = text_of(signed_in(amina).post(url, data))
    assert "messagerie sécurisée" in page
    assert not User.objects.filter(email__contains="mssante").exists()
