"""« Nous nous sommes rencontré·es »: seen by both or by nobody."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from invitations.models import Delivery, DeliveryKind, DeliveryStatus, Invitation, Seat
from networking.models import Channel, Meetup, Professional, User
from reports.actions import add_walk_in, forget, record_presence
from reports.actions.links import say, take_back
from reports.doors import table_code
from reports.links import card_for, cards_for, links_of
from reports.models import Connection, Consent, Nudge, Presence
from reports.purge import purge
from tests.factories import (
    InvitationFactory,
    MeetupFactory,
    ProfessionalFactory,
    ProfessionFactory,
)

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


def come(meetup: Meetup, person: Professional) -> Invitation:
    guest = InvitationFactory(meetup=meetup, professional=person, partstat="ACCEPTED")
    record_presence(invitation=guest, presence=Presence.PRESENT, user=meetup.organiser)
    return guest


@pytest.fixture
def chloes(over: Meetup, chloe: Professional) -> Invitation:
    return come(over, chloe)


@pytest.fixture
def samiras(over: Meetup) -> Invitation:
    samira = ProfessionalFactory(
        first_name="Samira",
        last_name="Benali",
        email="samira@example.org",
        phone="+33639980107",
        channel=Channel.SMS,
    )
    return come(over, samira)


def page(guest: Invitation) -> str:
    return reverse("my_links", args=(guest.token,))


def tick(guest: Invitation, *others: Invitation, **shows: bool) -> None:
    say(
        invitation=guest,
        met_people=[one.professional for one in others],
        shows_email=shows.get("email", True),
        shows_phone=shows.get("phone", False),
    )


def letters() -> Iterator[EmailMessage]:
    for row in Delivery.objects.filter(kind=DeliveryKind.NUDGE).order_by("pk"):
        yield message_from_bytes(bytes(row.mime), policy=policy.default)


# Who may


def test_only_somebody_who_was_there_has_the_page(
    client: Client, chloes: Invitation, over: Meetup
) -> None:
    absent = InvitationFactory(meetup=over, partstat="ACCEPTED")
    assert client.get(page(absent)).status_code == 404
    assert client.get(page(chloes)).status_code == 200
    assert client.get(reverse("my_links", args=("a" * 26,))).status_code == 404
    after = client.get(reverse("after", args=(chloes.token,))).content.decode()
    assert page(chloes) in after


def test_only_those_who_were_there_are_offered(
    client: Client, chloes: Invitation, samiras: Invitation, over: Meetup
) -> None:
    InvitationFactory(
        meetup=over, professional=ProfessionalFactory(first_name="Absente")
    )
    add_walk_in(
        meetup=over,
        first_name="Sanslien",
        profession=ProfessionFactory(),
        user=over.organiser,
    )
    html = client.get(page(chloes)).content.decode()
    assert "Samira" in html
    assert "Benali" not in html
    assert "Absente" not in html
    assert "Sanslien" not in html
    assert html.count('name="met"') == 1


def test_reading_the_page_writes_nothing(
    client: Client, chloes: Invitation, samiras: Invitation
) -> None:
    client.get(page(chloes), {"met": samiras.pk, "reprendre": 1, "prenom": "1"})
    assert not Connection.objects.exists()
    assert not Consent.objects.exists()


def test_somebody_from_another_meal_cannot_be_ticked(
    client: Client, chloes: Invitation, samiras: Invitation
) -> None:
    elsewhere = InvitationFactory(meetup=MeetupFactory(circle=chloes.meetup.circle))
    response = client.post(page(chloes), {"met": elsewhere.pk})
    assert "Choisissez des personnes de la liste." in response.content.decode()
    assert not Connection.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_people(
    client: Client,
    chloes: Invitation,
    over: Meetup,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for _ in range(count):
        friend = come(over, ProfessionalFactory(first_name="Amie"))
        tick(friend, chloes)
        tick(chloes, friend)
        come(over, ProfessionalFactory(first_name="Inconnue"))
    with django_assert_num_queries(7):
        html = client.get(page(chloes)).content.decode()
    assert html.count("carte.vcf") == 0
    assert html.count("Ajouter à mes contacts") == count
    assert html.count('name="met"') == count


# Saying it


def test_nobody_learns_that_somebody_ticked_them(
    client: Client, chloes: Invitation, samiras: Invitation
) -> None:
    before = client.get(page(chloes)).content
    tick(samiras, chloes, phone=True)
    after = client.get(page(chloes)).content
    assert strip(before) == strip(after)
    assert not Delivery.objects.filter(kind=DeliveryKind.NUDGE).exists()


def strip(html: bytes) -> list[bytes]:
    """CSRF signs change with each answer."""
    return [one for one in html.split(b"\n") if b"csrfmiddlewaretoken" not in one]


def test_when_both_say_it_each_sees_what_the_other_shows(
    client: Client, chloes: Invitation, samiras: Invitation
) -> None:
    tick(samiras, chloes, email=False, phone=True)
    response = client.post(
        page(chloes), {"met": samiras.pk, "shows_email": "on"}, follow=True
    )
    html = response.content.decode()
    assert "1\u00a0nouvelle carte" in html
    assert 'href="sms:+33639980107"' in html
    assert html.index("sms:") < html.index("tel:")
    assert "samira@example.org" not in html
    html = client.get(page(samiras)).content.decode()
    assert "mailto:chloe@example.org" in html


def test_each_is_told_once_after_ten_minutes(
    chloes: Invitation, samiras: Invitation
) -> None:
    tick(samiras, chloes, phone=True)
    tick(chloes, samiras)
    tick(chloes, samiras)
    rows = Delivery.objects.filter(kind=DeliveryKind.NUDGE)
    assert {row.recipient for row in rows} == {
        "chloe@example.org",
        "samira@example.org",
    }
    assert rows.count() == 2
    assert all(row.due_at > timezone.now() + timedelta(minutes=8) for row in rows)
    to_chloe = next(one for one in letters() if "chloe@" in one["To"])
    text = to_chloe.get_body(("plain",)).get_content()
    assert "06\u00a039\u00a098\u00a001\u00a007" in text
    assert to_chloe["List-Unsubscribe"]
    (card,) = to_chloe.iter_attachments()
    assert card.get_content_type() == "text/vcard"
    assert "FN:Samira Benali" in card.get_content()


def test_nobody_who_objected_or_rests_is_told(
    chloes: Invitation, samiras: Invitation
) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    Professional.objects.filter(pk=samiras.professional_id).update(
        paused_until=tomorrow
    )
    Professional.objects.filter(pk=chloes.professional_id).update(
        opted_out_at=timezone.now()
    )
    tick(samiras, chloes)
    tick(chloes, samiras)
    assert not Delivery.objects.filter(kind=DeliveryKind.NUDGE).exists()


def test_taking_it_back_takes_both_cards_and_the_mails_that_wait(
    client: Client, chloes: Invitation, samiras: Invitation
) -> None:
    tick(samiras, chloes)
    tick(chloes, samiras)
    client.post(page(chloes), {"reprendre": samiras.professional_id})
    for guest in (chloes, samiras):
        html = client.get(page(guest)).content.decode()
        assert "Ajouter à mes contacts" not in html
    rows = Delivery.objects.filter(kind=DeliveryKind.NUDGE)
    assert {row.status for row in rows} == {DeliveryStatus.DROPPED}


def test_unticking_takes_back_what_was_not_returned_and_keeps_what_was(
    client: Client, chloes: Invitation, samiras: Invitation, over: Meetup
) -> None:
    other = come(over, ProfessionalFactory(first_name="Ida"))
    tick(samiras, chloes)
    tick(chloes, samiras, other)
    client.post(page(chloes), {"shows_email": "on"})
    said = Connection.objects.filter(professional=chloes.professional)
    assert [one.other for one in said] == [samiras.professional]


def test_what_is_shown_is_remembered_and_counts_for_all(
    client: Client, chloes: Invitation, samiras: Invitation, over: Meetup
) -> None:
    Professional.objects.filter(pk=chloes.professional_id).update(
        phone="+33639980102", shows_phone=True
    )
    html = client.get(page(chloes)).content.decode()
    assert 'name="shows_phone" checked' in html
    tick(samiras, chloes)
    other = come(over, ProfessionalFactory())
    client.post(page(chloes), {"met": samiras.pk, "shows_phone": "on"})
    client.post(page(chloes), {"met": other.pk, "shows_email": "on"})
    html = client.get(page(chloes)).content.decode()
    assert 'name="shows_email" checked' in html
    assert 'name="shows_phone" checked' not in html
    card = card_for(samiras.professional, chloes.professional_id)
    assert card
    assert (card.email, card.phone) == ("chloe@example.org", "")


# The code of a table


@pytest.fixture
def seated(over: Meetup, chloes: Invitation, samiras: Invitation) -> Invitation:
    """Samira eats at table 2 with Ida, Chloé alone at table 1."""
    ida = come(over, ProfessionalFactory(first_name="Ida"))
    for table, guest in ((1, chloes), (2, samiras), (2, ida)):
        Seat.objects.create(meetup=over, round=1, table=table, invitation=guest)
    return ida


@pytest.mark.parametrize(
    "twist", [str, str.lower, lambda code: f" {code[:2]}-{code[2:]}"]
)
def test_a_code_brings_everybody_of_its_table_first(
    client: Client,
    chloes: Invitation,
    seated: Invitation,
    over: Meetup,
    twist: Callable[[str], str],
) -> None:
    code = twist(table_code(over, 2))
    html = client.get(page(chloes), {"code": code}).content.decode()
    assert "À la table 2" in html
    first = html[html.index("À la table 2") :]
    assert "Ida" in first
    assert "Samira" in first
    assert "Ailleurs dans la salle" not in html


def test_without_a_code_the_own_table_comes_first(
    client: Client, samiras: Invitation, seated: Invitation
) -> None:
    html = client.get(page(samiras)).content.decode()
    own, _, rest = html.partition("Ailleurs dans la salle")
    assert "Ida" in own
    assert "Chloé" in rest


def test_a_wrong_code_says_so_and_keeps_what_was_typed(
    client: Client, chloes: Invitation, seated: Invitation
) -> None:
    html = client.get(page(chloes), {"code": "ZZZZ<"}).content.decode()
    assert "Ce code n’est pas celui d’une table" in html
    assert 'value="ZZZZ&lt;"' in html
    assert html.count('name="met"') == 2


# The card


def test_the_card_is_a_file_for_those_who_said_it_both(
    client: Client, chloes: Invitation, samiras: Invitation
) -> None:
    path = reverse("my_card", args=(chloes.token, samiras.professional_id))
    tick(chloes, samiras)
    assert client.get(path).status_code == 404
    tick(samiras, chloes)
    response = client.get(path)
    assert response["Content-Type"] == "text/vcard; charset=utf-8"
    assert response.content.startswith(b"BEGIN:VCARD\r\n")
    take_back(person=samiras.professional, other=chloes.professional_id)
    assert client.get(path).status_code == 404


# Any sequence


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(
        st.tuples(
            st.booleans(),
            st.integers(min_value=0, max_value=3),
            st.integers(min_value=0, max_value=3),
        ).filter(lambda step: step[1] != step[2]),
        max_size=20,
    )
)
def test_a_card_is_seen_exactly_when_both_say_it(
    over: Meetup, four: list[Invitation], steps: list[tuple[bool, int, int]]
) -> None:
    Connection.objects.all().delete()
    said: set[tuple[int, int]] = set()
    for says, one, two in steps:
        if says:
            tick(four[one], four[two])
            said.add((one, two))
        else:
            take_back(person=four[one].professional, other=four[two].professional_id)
            said.discard((one, two))
    keys = [guest.professional_id for guest in four]
    for one, guest in enumerate(four):
        seen = {card.person.pk for card in cards_for(guest.professional)}
        both = {keys[two] for two in range(4) if {(one, two), (two, one)} <= said}
        assert seen == both
    mutual = {frozenset(pair) for pair in said if pair[::-1] in said}
    assert links_of([over])["links"] == len(mutual)


@pytest.fixture
def four(over: Meetup) -> list[Invitation]:
    return [come(over, ProfessionalFactory()) for _ in range(4)]


# Counts and what goes


def trade(key: str) -> object:
    return ProfessionFactory(key=key, activity=key.title())


def test_counts_know_trades_terms_and_no_name(over: Meetup) -> None:
    nurses = [come(over, ProfessionalFactory()) for _ in range(2)]
    pharmacist = come(over, ProfessionalFactory(profession=trade("pharmacist")))
    for one, two in ((nurses[0], nurses[1]), *((n, pharmacist) for n in nurses)):
        tick(one, two)
        tick(two, one)
    link = Connection.objects.get(
        professional=nurses[0].professional, other=nurses[1].professional
    )
    back = Connection.objects.get(
        professional=nurses[1].professional, other=nurses[0].professional
    )
    Nudge.objects.create(connection=link, months=2, has_met_again=True)
    Nudge.objects.create(connection=back, months=2, has_met_again=False)
    Nudge.objects.create(connection=back, months=6, has_met_again=False)
    assert links_of([over]) == {
        "links": 3,
        "people": 3,
        "across_trades": 2,
        "first_between_trades": 1,
        "answered_2": 1,
        "met_again_2": 1,
        "answered_6": 1,
        "met_again_6": 0,
    }
    tomorrow = timezone.now() + timedelta(days=1)
    assert links_of([over], since=tomorrow)["links"] == 0
    assert links_of([over], until=tomorrow)["links"] == 3
    assert links_of([MeetupFactory()])["links"] == 0


def test_what_nobody_said_back_goes_after_a_year(
    chloes: Invitation, samiras: Invitation, over: Meetup
) -> None:
    ida = come(over, ProfessionalFactory())
    tick(samiras, chloes)
    tick(chloes, samiras, ida)
    now = timezone.now()
    Connection.objects.update(created_at=now - timedelta(days=364))
    assert purge(now)["links said by one"] == 0
    assert purge(now + timedelta(days=2))["links said by one"] == 1
    assert Connection.objects.mutual().count() == Connection.objects.count() == 2


def test_news_go_after_two_years(chloes: Invitation, samiras: Invitation) -> None:
    tick(chloes, samiras)
    tick(samiras, chloes)
    Nudge.objects.create(connection=Connection.objects.all()[0], months=2)
    now = timezone.now()
    assert purge(now + timedelta(days=729))["news of links"] == 0
    assert purge(now + timedelta(days=731))["news of links"] == 1


def test_whoever_is_erased_leaves_no_link_and_no_name_in_others_mails(
    chloes: Invitation, samiras: Invitation
) -> None:
    tick(samiras, chloes)
    tick(chloes, samiras)
    assert Delivery.objects.filter(kind=DeliveryKind.NUDGE).count() == 2
    forget(person=samiras.professional)
    assert not Connection.objects.exists()
    row = Delivery.objects.get(kind=DeliveryKind.NUDGE)
    assert row.recipient == "chloe@example.org"
    assert row.status == DeliveryStatus.DROPPED
    assert (bytes(row.mime), row.subject) == (b"", "")


def test_the_mail_leads_to_a_page_that_lives(
    over: Meetup, chloe: Professional, samiras: Invitation, chloes: Invitation
) -> None:
    """One said it after a meal two months ago, the other one only today."""
    circle, days = over.circle, timedelta(days=60)
    before = MeetupFactory(circle=circle, organiser=over.organiser)
    then = [
        InvitationFactory(meetup=before, professional=one.professional)
        for one in (chloes, samiras)
    ]
    Meetup.objects.filter(pk=before.pk).update(
        starts_at=over.starts_at - days, ends_at=over.ends_at - days
    )
    Connection.objects.create(
        professional=chloe, other=samiras.professional, meetup=before
    )
    tick(samiras, chloes)
    for row in Delivery.objects.filter(kind=DeliveryKind.NUDGE):
        message = message_from_bytes(bytes(row.mime), policy=policy.default)
        assert isinstance(message, EmailMessage)
        part = message.get_body(("plain",))
        assert part
        assert not any(one.token in part.get_content() for one in then)
    assert Delivery.objects.filter(kind=DeliveryKind.NUDGE).count() == 2
