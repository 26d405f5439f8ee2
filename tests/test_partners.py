from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from networking.models import Circle, Partner, PartnerMember, User
from networking.perms import can_manage_partner, organises
from tests.factories import (
    CircleFactory,
    CommuneFactory,
    NeighbourhoodFactory,
    PartnerFactory,
    UserFactory,
)
from venues.models import Commune

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]


@pytest.fixture
def valmorey() -> Commune:
    return CommuneFactory(code="73999", name="Valmorey", postal_codes=["73000"])


@pytest.fixture
def partner(valmorey: Commune) -> Partner:
    return PartnerFactory(name="Ville de Valmorey", communes=[valmorey])


@pytest.fixture
def client(circle: Circle, valmorey: Commune, amina: User, signed_in: SignIn) -> Client:
    circle.communes.add(valmorey)
    return signed_in(amina)


def page_of(partner: Partner) -> str:
    return reverse("partner", args=(partner.pk,))


def add(client: Client, partner: Partner, email: str, first_name: str = "Jo") -> str:
    data = {"form": "member", "member-email": email, "member-first_name": first_name}
    return client.post(page_of(partner), data, follow=True).content.decode()


def test_only_organisers_and_staff_begin_partners(circle, amina, bruno, driss, eloy):
    assert organises(amina)
    assert organises(UserFactory(is_staff=True))
    assert not organises(bruno)
    assert not organises(driss)
    assert not organises(eloy)


def test_a_partner_is_changed_by_organisers_of_its_territory_alone(
    circle, valmorey, partner, amina, bruno
):
    assert not can_manage_partner(amina, partner)
    assert can_manage_partner(UserFactory(is_staff=True), partner)
    circle.communes.add(valmorey)
    assert can_manage_partner(amina, partner)
    assert not can_manage_partner(bruno, partner)
    # An organiser elsewhere who is only a relay here.
    CircleFactory(organiser=bruno).communes.add(CommuneFactory())
    assert not can_manage_partner(bruno, partner)


def test_a_quarter_of_the_territory_is_enough(circle, valmorey, partner, amina):
    circle.neighbourhoods.add(NeighbourhoodFactory(commune=valmorey))
    assert can_manage_partner(amina, partner)


def test_an_organiser_from_elsewhere_reads_a_partner_and_changes_nothing(
    signed_in, partner, driss, eloy
):
    CircleFactory(organiser=driss).communes.add(CommuneFactory())
    client = signed_in(driss)
    member = PartnerMember.objects.create(partner=partner, user=eloy)
    remove = reverse("partner_member_remove", args=(partner.pk, member.pk))
    page = client.get(page_of(partner))
    assert "<form" not in page.content.decode()
    data = {"name": "À moi", "kind": "other", "communes": "Valmorey"}
    assert client.post(page_of(partner), data).status_code == 403
    data = {"form": "member", "member-email": driss.email, "member-first_name": "D"}
    assert client.post(page_of(partner), data).status_code == 403
    assert client.post(remove).status_code == 403
    assert partner.members.get().user == eloy


def test_whoever_begins_a_partner_elsewhere_is_told_who_will_add_readers(
    circle, amina, valmorey, signed_in
):
    data = {"name": "CPTS du Lac", "kind": "cpts", "communes": "Valmorey"}
    response = signed_in(amina).post(reverse("partner_create"), data, follow=True)
    page = response.content.decode()
    assert "ajoutera qui lira les bilans" in page
    assert "<form" not in page


def test_partners_and_strangers_see_none_of_it(signed_in, driss, eloy, partner):
    for path in (reverse("partner_list"), reverse("partner_create"), page_of(partner)):
        assert signed_in(eloy).get(path).status_code == 403
        assert signed_in(driss).get(path).status_code == 403
        assert Client().get(path).status_code == 302


def test_a_relay_reads_and_changes_nothing(signed_in, circle, bruno, eloy, partner):
    relay = signed_in(bruno)
    member = PartnerMember.objects.create(partner=partner, user=eloy)
    remove = reverse("partner_member_remove", args=(partner.pk, member.pk))
    assert relay.get(reverse("partner_list")).status_code == 200
    page = relay.get(page_of(partner)).content.decode()
    assert "Valmorey" in page
    assert "<form" not in page
    assert relay.get(reverse("partner_create")).status_code == 403
    assert relay.post(page_of(partner), {"name": "x"}).status_code == 403
    assert relay.post(remove).status_code == 403
    assert partner.members.count() == 1


def test_an_organiser_adds_a_partner_with_its_territory(client, valmorey):
    brenne = CommuneFactory(code="73998", name="Brenne", postal_codes=["73900"])
    response = client.post(
        reverse("partner_create"),
        {"name": "CPTS du Lac", "kind": "cpts", "communes": "Valmorey\n73900"},
    )
    partner = Partner.objects.get()
    assert response.headers["Location"] == page_of(partner)
    assert set(partner.communes.all()) == {valmorey, brenne}


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("name", "", "Écrivez le nom du partenaire."),
        ("name", "Ville de Valmorey", "Un partenaire porte déjà ce nom."),
        ("kind", "", "Choisissez une mairie, une CPTS ou autre."),
        ("communes", "", "Écrivez une commune au moins."),
        ("communes", "Nulle-Part", "Vérifiez l’orthographe."),
    ],
)
def test_a_mistake_is_explained_and_nothing_is_lost(
    client, partner, field, typed, says
):
    data = {"name": "Ville du Lac", "kind": "other", "communes": "Valmorey"}
    data |= {field: typed}
    page = client.post(reverse("partner_create"), data).content.decode()
    assert says in page
    assert typed in page
    assert "Erreur\u202f:" in page
    assert Partner.objects.count() == 1


def test_the_territory_and_the_name_can_change(client, partner):
    brenne = CommuneFactory(code="73998", name="Brenne", postal_codes=["73900"])
    data = {"name": "Mairie de Brenne", "kind": "town_hall", "communes": "Brenne"}
    client.post(page_of(partner), data)
    partner.refresh_from_db()
    assert partner.name == "Mairie de Brenne"
    assert list(partner.communes.all()) == [brenne]


def test_a_refused_change_keeps_the_known_name_on_top(client, partner):
    data = {"name": "", "kind": "town_hall", "communes": "Valmorey"}
    page = client.post(page_of(partner), data).content.decode()
    assert "Ville de Valmorey</h1>" in page
    assert "Écrivez le nom du partenaire." in page


def test_an_unknown_address_gets_an_account_without_password(client, partner):
    page = add(client, partner, "Eloy@Mairie.example", "Mme Eloy")
    user = User.objects.get(email="eloy@mairie.example")
    assert not user.has_usable_password()
    assert not user.is_staff
    assert partner.members.get().user == user
    assert "Dites à Mme Eloy" in page


def test_a_known_address_keeps_its_own_name(client, partner, driss):
    add(client, partner, "DRISS@example.org", "Autre")
    assert partner.members.get().user == driss
    driss.refresh_from_db()
    assert driss.first_name == "Driss"


def test_the_same_person_is_added_once(client, partner):
    add(client, partner, "eloy@mairie.example")
    add(client, partner, "eloy@mairie.example")
    assert partner.members.count() == 1


@pytest.mark.parametrize(
    ("email", "first_name", "says"),
    [
        ("", "Jo", "Écrivez son adresse e-mail."),
        ("eloy", "Jo", "Écrivez une adresse e-mail complète"),
        ("jo@x.mssante.fr", "Jo", "messagerie sécurisée"),
        ("jo@example.org", "", "Écrivez son prénom."),
    ],
)
def test_a_member_typed_wrong_is_explained(client, partner, email, first_name, says):
    page = add(client, partner, email, first_name)
    assert says in page
    assert email in page
    assert "Valmorey (73000)" in page
    assert not partner.members.exists()


def test_a_member_is_removed_and_keeps_the_account(client, partner, driss):
    member = PartnerMember.objects.create(partner=partner, user=driss)
    path = reverse("partner_member_remove", args=(partner.pk, member.pk))
    assert client.get(path).status_code == 405
    client.post(path)
    assert not partner.members.exists()
    assert User.objects.filter(pk=driss.pk).exists()


def test_a_member_of_another_partner_is_not_found(client, partner, driss):
    other = PartnerFactory()
    member = PartnerMember.objects.create(partner=other, user=driss)
    path = reverse("partner_member_remove", args=(partner.pk, member.pk))
    assert client.post(path).status_code == 404
    assert other.members.exists()


def test_the_list_costs_the_same_with_one_partner_and_three(
    client, django_assert_num_queries
):
    for count in (1, 3):
        for _ in range(count):
            PartnerFactory(communes=[CommuneFactory()], members=[UserFactory()])
        with django_assert_num_queries(11):
            client.get(reverse("partner_list"))


def test_a_large_territory_is_cut_with_its_count(client):
    PartnerFactory(communes=CommuneFactory.create_batch(9))
    page = client.get(reverse("partner_list")).content.decode()
    assert "et d’autres (9 communes)" in page
