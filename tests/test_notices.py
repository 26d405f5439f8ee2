"""A room, a gap: what a partner writes, who reads it, and what becomes of it."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from invitations.models import Delivery, DeliveryKind
from networking.models import Circle, Meetup, Partner, TeamMember, User
from reports.actions.portal import NOTICES_A_DAY
from reports.models import NoticeKind, PartnerNotice
from reports.purge import purge
from tests.factories import (
    CircleFactory,
    CommuneFactory,
    NeighbourhoodFactory,
    PartnerFactory,
    UserFactory,
)
from tests.portal import town_hall
from venues.models import Commune, Venue

pytestmark = pytest.mark.django_db
WARNING = "Jamais le nom d’une personne, jamais un mot sur un patient."


@pytest.fixture
def partner(meetup: Meetup, eloy: User) -> Partner:
    meetup.circle.communes.add(meetup.venue.commune)
    return town_hall(eloy)


@pytest.fixture
def commune(meetup: Meetup) -> Commune:
    return meetup.venue.commune


@pytest.fixture
def clerk(partner: Partner, eloy: User, signed_in) -> Client:
    return signed_in(eloy)


def write(clerk: Client, partner: Partner, route: str = "tell_need", **data) -> str:
    path = reverse(route, args=(partner.pk,))
    given = {"commune": partner.communes.all()[0].pk, "text": "Plus de kiné."} | data
    return clerk.post(path, given, follow=True).content.decode()


@pytest.mark.parametrize("route", ["offer_room", "tell_need"])
def test_both_forms_warn_before_a_name_is_written(
    clerk: Client, partner: Partner, route: str
) -> None:
    html = clerk.get(reverse(route, args=(partner.pk,))).content.decode()
    assert WARNING in html
    assert ("seats" in html) == (route == "offer_room")


def test_a_need_is_kept_and_told_to_who_organises_there(
    clerk: Client, partner: Partner, commune: Commune, eloy: User, amina: User
) -> None:
    assert "Votre mot est parti" in write(clerk, partner)
    notice = PartnerNotice.objects.get()
    assert (notice.kind, notice.commune) == (NoticeKind.NEED, commune)
    assert notice.written_by == eloy
    sent = Delivery.objects.get(kind=DeliveryKind.FORWARD)
    message = message_from_bytes(bytes(sent.mime), policy=policy.default)
    assert sent.recipient == amina.email
    assert eloy.email in message["Reply-To"]
    assert message["Subject"] == f"Mairie de Valmorey signale un manque ({commune})"
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        assert part
        text = part.get_content()
        assert "Plus de kiné." in text
        assert reverse("partner_notices") in text


def test_a_room_says_its_seats(clerk: Client, partner: Partner) -> None:
    write(clerk, partner, "offer_room", text="La salle des fêtes", seats="40")
    notice = PartnerNotice.objects.get()
    assert (notice.kind, notice.seats) == (NoticeKind.ROOM, 40)
    assert "propose une salle" in Delivery.objects.get().subject


def test_every_organiser_of_the_commune_is_told_once_and_nobody_else(
    clerk: Client, partner: Partner, commune: Commune, amina: User, bruno: User
) -> None:
    """Two circles of Amina's, one by its neighbourhood with Iris, one elsewhere."""
    CircleFactory(organiser=amina).communes.add(commune)
    iris = UserFactory(email="iris@example.org")
    quarter = CircleFactory(organiser=iris)
    quarter.neighbourhoods.add(NeighbourhoodFactory(commune=commune))
    elsewhere = CircleFactory(organiser=UserFactory(email="loin@example.org"))
    elsewhere.communes.add(CommuneFactory())
    write(clerk, partner)
    told = Delivery.objects.values_list("recipient", flat=True)
    assert sorted(told) == [amina.email, iris.email]


def test_without_an_organiser_the_association_is_told(
    clerk: Client, partner: Partner
) -> None:
    TeamMember.objects.all().delete()
    write(clerk, partner)
    assert Delivery.objects.get().recipient == settings.ORGANISATION_CONTACT


@pytest.mark.parametrize(
    ("route", "data", "said"),
    [
        ("tell_need", {"text": ""}, "Dites en quelques mots ce qui manque."),
        ("offer_room", {"text": ""}, "Dites en quelques mots quelle salle"),
        ("tell_need", {"text": "x" * 601}, "600 signes au plus"),
        ("tell_need", {"commune": ""}, "Choisissez une de vos communes."),
        ("offer_room", {"seats": "1"}, "de 2 à 1000"),
        ("offer_room", {"seats": "beaucoup"}, "de 2 à 1000"),
        ("offer_room", {"seats": "99999999"}, "de 2 à 1000"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    clerk: Client, partner: Partner, route: str, data: dict[str, str], said: str
) -> None:
    html = write(clerk, partner, route, **data)
    assert said in html
    assert "Plus de kiné." in html or "text" in data
    assert not PartnerNotice.objects.exists()


def test_a_commune_of_somebody_else_is_refused(clerk: Client, partner: Partner) -> None:
    other = CommuneFactory()
    assert "Choisissez une de vos communes." in write(clerk, partner, commune=other.pk)
    assert not PartnerNotice.objects.exists()


def test_who_speaks_for_two_writes_for_the_one_in_the_address(
    clerk: Client, partner: Partner, commune: Commune, eloy: User
) -> None:
    cpts = PartnerFactory(name="CPTS du Lac", communes=[commune], members=[eloy])
    write(clerk, cpts)
    assert PartnerNotice.objects.get().partner == cpts
    space = clerk.get(reverse("partner_reports")).content.decode()
    for one in (partner, cpts):
        assert reverse("offer_room", args=(one.pk,)) in space


def test_a_partner_writes_five_times_a_day(clerk: Client, partner: Partner) -> None:
    for n in range(NOTICES_A_DAY):
        write(clerk, partner, text=f"Mot {n}")
    html = write(clerk, partner, text="Encore un")
    assert "Vous avez déjà écrit cinq mots aujourd’hui." in html
    assert settings.ORGANISATION_CONTACT in html
    assert "Encore un" in html
    assert PartnerNotice.objects.count() == NOTICES_A_DAY
    PartnerNotice.objects.update(created_at=timezone.now() - timedelta(hours=25))
    write(clerk, partner, text="Encore un")
    assert PartnerNotice.objects.count() == NOTICES_A_DAY + 1


@pytest.fixture
def room(partner: Partner, commune: Commune, eloy: User) -> PartnerNotice:
    return partner.notices.create(
        kind=NoticeKind.ROOM,
        commune=commune,
        text="La salle des fêtes, le mardi.",
        seats=40,
        written_by=eloy,
    )


def notices(client: Client, query: str = "") -> str:
    return client.get(reverse("partner_notices") + query).content.decode()


@pytest.mark.parametrize("who", ["amina", "bruno"])
def test_the_team_of_the_commune_reads_and_handles_in_one_tap(
    room: PartnerNotice, request, signed_in, who: str
) -> None:
    user = request.getfixturevalue(who)
    team = signed_in(user)
    assert "La salle des fêtes" in notices(team)
    team.post(reverse("handle_notice", args=(room.pk,)))
    room.refresh_from_db()
    assert room.handled_by == user
    assert "La salle des fêtes" not in notices(team)
    assert f"par {user.first_name}" in notices(team, "?tout=1")
    team.post(reverse("handle_notice", args=(room.pk,)), {"reprendre": "1"})
    assert "La salle des fêtes" in notices(team)


def test_another_team_reads_nothing_of_it(room: PartnerNotice, signed_in) -> None:
    elsewhere = UserFactory(email="loin@example.org")
    circle = CircleFactory(organiser=elsewhere)
    circle.communes.add(CommuneFactory())
    assert "La salle des fêtes" not in notices(signed_in(elsewhere))
    quarter = NeighbourhoodFactory(commune=room.commune)
    circle.neighbourhoods.add(quarter)
    assert notices(signed_in(elsewhere)).count("La salle des fêtes") == 1


def test_staff_reads_them_all(room: PartnerNotice, signed_in) -> None:
    Circle.objects.get().communes.clear()
    assert "La salle des fêtes" in notices(signed_in(UserFactory(is_staff=True)))


def test_a_room_becomes_a_venue_with_what_is_known(
    room: PartnerNotice, amina: User, signed_in
) -> None:
    team = signed_in(amina)
    query = f"?commune={room.commune_id}&amp;preteur=Mairie+de+Valmorey&amp;places=40"
    path = reverse("venue_create") + query
    assert path in notices(team)
    html = team.get(path.replace("&amp;", "&")).content.decode()
    assert 'value="40"' in html
    assert 'value="Mairie de Valmorey"' in html
    assert room.commune.name in html
    assert not Venue.objects.filter(seats=40).exists()


def test_a_need_is_no_venue(room: PartnerNotice, amina: User, signed_in) -> None:
    PartnerNotice.objects.update(kind=NoticeKind.NEED)
    assert "En faire un lieu" not in notices(signed_in(amina))


@pytest.mark.parametrize(
    "query",
    [
        "?commune=%00&places=%00&preteur=%00",
        "?commune=99999&places=-1&preteur=" + "x" * 300,
        "?places=99999999999999999999",
        "?commune=%F0%9F%8D%BD&places=%D9%A3",
    ],
)
def test_the_form_of_a_venue_minds_no_strange_address(
    room: PartnerNotice, amina: User, signed_in, query: str
) -> None:
    response = signed_in(amina).get(reverse("venue_create") + query)
    assert response.status_code == 200
    assert "x" * 121 not in response.content.decode()


def test_words_of_partners_go_after_a_year(room: PartnerNotice) -> None:
    now = timezone.now()
    assert purge(now)["notices"] == 0
    PartnerNotice.objects.update(created_at=now - timedelta(days=366))
    assert purge(now)["notices"] == 1


def test_markup_in_a_word_stays_text(
    clerk: Client, partner: Partner, amina: User, signed_in
) -> None:
    write(clerk, partner, text="<b>gras</b>")
    assert "&lt;b&gt;gras&lt;/b&gt;" in notices(signed_in(amina))
    assert b"<b>gras" not in bytes(Delivery.objects.get().mime)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(
    partner: Partner,
    commune: Commune,
    bruno: User,
    signed_in,
    count: int,
    django_assert_num_queries,
) -> None:
    for n in range(count):
        partner.notices.create(kind=NoticeKind.ROOM, commune=commune, text=f"Mot {n}")
    client = signed_in(bruno)
    with django_assert_num_queries(7):
        notices(client)
