"""The organiser keeps seats; an employer puts names to them; the gauge tells."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from invitations import actions, outbox
from invitations.gauge import gap
from invitations.models import (
    Delivery,
    ExtraSeat,
    Outcome,
    PartStat,
    SeatBlock,
    SeatRule,
    composition_of,
)
from invitations.table import table_of
from networking.models import (
    Meetup,
    Membership,
    Profession,
    Suppression,
    User,
    Workplace,
)
from tests.factories import (
    CommuneFactory,
    InvitationFactory,
    ProfessionalFactory,
    ProfessionFactory,
)

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
SAD = "SAD Les Alizés"


@pytest.fixture
def helper(db: None) -> Profession:
    return ProfessionFactory(key="home_help", activity="Aide à domicile")


@pytest.fixture
def address(meetup: Meetup) -> str:
    return reverse("composition", args=(meetup.pk,))


@pytest.fixture
def block(meetup: Meetup) -> SeatBlock:
    workplace = Workplace.objects.create(name=SAD)
    made = SeatBlock(
        meetup=meetup,
        workplace=workplace,
        seats=2,
        contact_name="Nora",
        contact_email="nora@example.org",
    )
    return actions.keep_seats(block=made)


def test_only_organisers_of_the_circle_keep_seats(
    signed_in: SignIn, amina: User, bruno: User, driss: User, address: str
) -> None:
    assert signed_in(amina).get(address).status_code == 200
    assert signed_in(bruno).get(address).status_code == 403
    assert signed_in(driss).get(address).status_code == 404


def test_a_rule_is_added_replaced_and_taken_away(
    signed_in: SignIn, amina: User, meetup: Meetup, address: str, helper: Profession
) -> None:
    client = signed_in(amina)
    form = {"rule": "1", "who": f"metier:{helper.pk}", "floor": "2", "ceiling": ""}
    assert client.post(address, form).status_code == 302
    assert client.post(address, {**form, "ceiling": "4"}).status_code == 302
    rule = SeatRule.objects.get()
    assert (rule.profession, rule.floor, rule.ceiling) == (helper, 2, 4)
    shown = client.get(address).content.decode()
    assert "au moins 2, au plus 4" in shown
    assert "Aide à domicile (2)" in shown
    client.post(reverse("drop_rule", args=(meetup.pk, rule.pk)))
    assert not SeatRule.objects.exists()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"who": ""}, "Choisissez un métier ou un besoin."),
        ({"who": "metier:astronaute"}, "Choisissez dans la liste."),
        ({"floor": ""}, "Écrivez au moins un des deux nombres."),
        ({"floor": "x"}, "Écrivez un nombre, par exemple 2."),
        ({"floor": "-1"}, "Écrivez 0 ou plus."),
        ({"floor": "99"}, "C’est plus que le nombre de places."),
        ({"floor": "3", "ceiling": "1"}, "Ce nombre doit être plus grand"),
        ({"ceiling": "9" * 30}, "500 au plus."),
    ],
)
def test_a_wrong_rule_is_said_beside_the_field(
    signed_in: SignIn,
    amina: User,
    address: str,
    helper: Profession,
    values: dict[str, str],
    sentence: str,
) -> None:
    form = {"rule": "1", "who": f"metier:{helper.pk}", "floor": "2", "ceiling": ""}
    response = signed_in(amina).post(address, {**form, **values})
    assert sentence in response.content.decode()
    assert not SeatRule.objects.exists()


def test_a_new_rule_lets_nobody_in_who_should_wait(
    signed_in: SignIn, amina: User, meetup: Meetup, address: str, helper: Profession
) -> None:
    Meetup.objects.update(capacity=1)
    form = {"rule": "1", "who": f"metier:{helper.pk}", "floor": "1", "ceiling": ""}
    signed_in(amina).post(address, form)
    nurse = InvitationFactory(meetup=meetup)
    assert actions.answer(invitation=nurse, partstat=PartStat.ACCEPTED) == (
        Outcome.WAITING
    )
    page = Client().get(nurse.get_absolute_url()).content.decode()
    assert "gardées pour des métiers qui manquent" in page


def test_the_release_date_and_the_companions_are_kept(
    signed_in: SignIn, amina: User, meetup: Meetup, address: str
) -> None:
    day = timezone.localtime(meetup.starts_at).date() - timedelta(days=5)
    form = {"held": "1", "held_until": day.isoformat(), "companions": "0"}
    assert signed_in(amina).post(address, form).status_code == 302
    meetup.refresh_from_db()
    assert meetup.held_until
    assert timezone.localtime(meetup.held_until).date() == day
    assert meetup.companions == 0
    late = {**form, "held_until": (day + timedelta(days=30)).isoformat()}
    refused = signed_in(amina).post(address, late).content.decode()
    assert "Choisissez un jour avant la rencontre." in refused


BLOCK = {
    "block": "1",
    "workplace_name": SAD,
    "seats": "2",
    "profession": "",
    "contact_name": "Nora",
    "contact_email": "Nora@example.org",
}


def test_an_employer_gets_seats_and_a_link(
    signed_in: SignIn, amina: User, meetup: Meetup, address: str
) -> None:
    assert signed_in(amina).post(address, BLOCK).status_code == 302
    block = SeatBlock.objects.get()
    assert composition_of(meetup).seated == 2
    outbox.deliver_due("test")
    sent = mail.outbox[0]
    assert sent.to == ["nora@example.org"]
    assert block.get_absolute_url() in sent.body
    assert "2\u00a0places" in sent.subject


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"workplace_name": ""}, "Écrivez le nom de la structure."),
        ({"seats": "0"}, "Écrivez 1 ou plus."),
        ({"seats": "99"}, "La table n’a que"),
        ({"contact_name": ""}, "Écrivez un prénom."),
        ({"contact_email": "nora@"}, "adresse"),
        ({"contact_email": "nora@medecin.mssante.fr"}, "messagerie sécurisée"),
    ],
)
def test_wrong_seats_for_an_employer_are_said_beside_the_field(
    signed_in: SignIn, amina: User, address: str, values: dict[str, str], sentence: str
) -> None:
    response = signed_in(amina).post(address, {**BLOCK, **values})
    assert sentence in response.content.decode()
    assert not SeatBlock.objects.exists()


def test_an_employer_has_seats_once(
    signed_in: SignIn, amina: User, address: str, block: SeatBlock
) -> None:
    shown = signed_in(amina).post(address, {**BLOCK, "workplace_name": SAD.upper()})
    assert "Cette structure a déjà ses places." in shown.content.decode()


def test_the_organiser_writes_again_and_takes_seats_back(
    signed_in: SignIn, amina: User, meetup: Meetup, block: SeatBlock
) -> None:
    client = signed_in(amina)
    address = reverse("change_block", args=(meetup.pk, block.pk))
    client.post(address, {"renvoyer": "1"})
    assert Delivery.objects.filter(kind="employer").count() == 2
    client.post(address, {"retirer": "1"})
    assert composition_of(meetup).seated == 0
    assert client.post(address, {"retirer": "1"}).status_code == 404


def test_an_employer_puts_a_name_to_a_seat_and_gives_one_back(
    client: Client, meetup: Meetup, block: SeatBlock, helper: Profession
) -> None:
    address = block.get_absolute_url()
    assert "2 places sans prénom" in plain(client.get(address))
    name = {"nommer": "1", "first_name": "Fatou", "profession": helper.pk}
    for _ in range(2):
        assert client.post(address, name).status_code == 302
    assert "1 place sans prénom" in plain(client.get(address))
    client.post(address, {"rendre": ""})
    assert "Toutes vos places ont un prénom" in plain(client.get(address))
    refused = client.post(address, {**name, "first_name": "Ida"})
    assert "Toutes vos places ont un prénom" in plain(refused)
    assert ExtraSeat.objects.count() == 1
    gone = client.post(address, {"rendre": ExtraSeat.objects.get().pk})
    assert "Vos places sont rendues" in plain(gone)
    assert composition_of(meetup).seated == 0
    assert client.get(address).status_code == 404


def plain(response: Any) -> str:
    text: str = response.content.decode()
    return text.replace("\u00a0", " ").replace("&#8239;", " ")


def test_seats_without_a_name_are_released_on_their_day(
    meetup: Meetup, block: SeatBlock, helper: Profession
) -> None:
    actions.name_seat(block=block, first_name="Fatou", profession=helper)
    Meetup.objects.update(capacity=2, held_until=timezone.now())
    released = Meetup.objects.get()
    assert composition_of(released).seated == 1
    guest = InvitationFactory(meetup=released)
    assert actions.answer(invitation=guest, partstat=PartStat.ACCEPTED) == Outcome.NOTED
    with pytest.raises(actions.NoSeat):
        actions.name_seat(block=block, first_name="Ida", profession=helper)


def test_an_employers_link_lives_as_long_as_a_guests(
    client: Client, block: SeatBlock
) -> None:
    address = block.get_absolute_url()
    response = client.get(address)
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["Referrer-Policy"] == "same-origin"
    past = timezone.now() - timedelta(days=31)
    Meetup.objects.update(starts_at=past - timedelta(hours=2), ends_at=past)
    assert client.get(address).status_code == 404
    assert client.get(reverse("seat_block", args=("a" * 26,))).status_code == 404


def test_a_wrong_name_at_an_employers_is_said_and_kept(
    client: Client, block: SeatBlock
) -> None:
    form = {"nommer": "1", "first_name": "x" * 61, "profession": ""}
    shown = plain(client.post(block.get_absolute_url(), form))
    assert "Choisissez son métier." in shown
    assert "x" * 61 in shown
    assert client.post(block.get_absolute_url(), {"rendre": "abc"}).status_code == 404


def test_the_gauge_names_what_is_wanted_and_who_is_near(
    meetup: Meetup, helper: Profession
) -> None:
    SeatRule.objects.create(meetup=meetup, profession=helper, floor=2)
    near = ProfessionalFactory(profession=helper, commune=meetup.venue.commune)
    far = ProfessionalFactory(
        profession=helper, commune=CommuneFactory(latitude=46.2, longitude=6.6)
    )
    invited = ProfessionalFactory(profession=helper, commune=meetup.venue.commune)
    for person in (far, near, invited):
        Membership.objects.create(circle=meetup.circle, professional=person)
    InvitationFactory(meetup=meetup, professional=invited)
    found = gap(meetup, table_of(meetup))
    assert [(one.label, one.people) for one in found.wanted] == [("Aide à domicile", 2)]
    assert [one.person for one in found.nearby if one.person.profession == helper] == [
        near,
        far,
    ]


def test_nobody_who_pauses_is_proposed(meetup: Meetup, helper: Profession) -> None:
    later = timezone.localdate() + timedelta(days=30)
    person = ProfessionalFactory(profession=helper, paused_until=later)
    Membership.objects.create(circle=meetup.circle, professional=person)
    assert person not in [one.person for one in gap(meetup, table_of(meetup)).nearby]


def test_the_composition_page_costs_the_same_with_one_row_and_with_three(
    signed_in: SignIn,
    amina: User,
    meetup: Meetup,
    address: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = signed_in(amina)
    for number in range(3):
        trade = ProfessionFactory(key=f"trade-{number}")
        SeatRule.objects.create(meetup=meetup, profession=trade, floor=1)
        workplace = Workplace.objects.create(name=f"Structure {number}")
        made = SeatBlock(
            meetup=meetup, workplace=workplace, seats=1, contact_name="Nora"
        )
        actions.keep_seats(block=made)
        if number in (0, 2):
            with django_assert_num_queries(18):
                client.get(address)


def test_the_organiser_may_give_a_kept_seat_all_the_same(
    signed_in: SignIn, amina: User, bruno: User, meetup: Meetup, helper: Profession
) -> None:
    Meetup.objects.update(capacity=1)
    SeatRule.objects.create(meetup=meetup, profession=helper, floor=1)
    guest = InvitationFactory(meetup=meetup)
    actions.answer(invitation=guest, partstat=PartStat.ACCEPTED)
    address = reverse("record_answer", args=(meetup.pk, guest.pk))
    assert "Donner la place" not in signed_in(bruno).get(address).content.decode()
    given = {"reponse": "oui", "donner": "1"}
    signed_in(bruno).post(address, given)
    guest.refresh_from_db()
    assert guest.waiting_since
    assert "Donner la place" in signed_in(amina).get(address).content.decode()
    signed_in(amina).post(address, given)
    guest.refresh_from_db()
    assert guest.is_coming


def test_an_employers_contact_stops_our_mails_in_one_click(
    meetup: Meetup, block: SeatBlock
) -> None:
    outbox.deliver_due("test")
    headers = mail.outbox[0].message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = headers["List-Unsubscribe"].strip("<>").partition("8000")[2]
    client = Client(enforce_csrf_checks=True)
    assert client.get(path).status_code == 405
    assert client.post(path[:-2] + "x/").status_code == 404
    assert client.post(path).status_code == 200
    block.refresh_from_db()
    assert (block.contact_email, block.seats) == ("", 2)
    assert Suppression.objects.holds("nora@example.org")
