"""« Avez-vous recontacté… ? »: once per person and term, and nobody is named."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from invitations.actions import pause, stop_writing
from invitations.models import Delivery, DeliveryKind, DeliveryStatus, Invitation
from invitations.outbox import deliver_due
from networking.models import Channel, Circle, Meetup, Professional, User
from reports.actions import record_presence
from reports.actions.links import say
from reports.actions.nudges import nudge_due
from reports.links import cards_for, links_of
from reports.models import Connection, Consent, Nudge, Presence
from reports.news import coffee_words, news_path, news_token
from tests.factories import InvitationFactory, MeetupFactory, ProfessionalFactory

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
MEAL = datetime.fromisoformat("2026-03-03T11:15Z")


def after(days: float) -> datetime:
    return MEAL + timedelta(days=days, hours=2)


def eaten(circle: Circle, amina: User, *, days: int = 0) -> Meetup:
    meetup = MeetupFactory(circle=circle, organiser=amina)
    starts_at = MEAL + timedelta(days=days)
    Meetup.objects.filter(pk=meetup.pk).update(
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=90)
    )
    meetup.refresh_from_db()
    return meetup


@pytest.fixture
def over(circle: Circle, amina: User) -> Meetup:
    return eaten(circle, amina)


def come(meetup: Meetup, person: Professional) -> Invitation:
    guest = InvitationFactory(meetup=meetup, professional=person, partstat="ACCEPTED")
    record_presence(invitation=guest, presence=Presence.PRESENT, user=meetup.organiser)
    return guest


def meet(one: Invitation, two: Invitation, **shows: bool) -> None:
    for a, b in ((one, two), (two, one)):
        Connection.objects.create(
            professional=a.professional,
            other=b.professional,
            meetup=a.meetup,
            created_at=a.meetup.ends_at + timedelta(hours=3),
            **{"shows_email": True, **shows},
        )


@pytest.fixture
def pair(over: Meetup, chloe: Professional) -> tuple[Invitation, Invitation]:
    samira = ProfessionalFactory(
        first_name="Samira", email="samira@example.org", phone="+33639980107"
    )
    one, two = come(over, chloe), come(over, samira)
    meet(one, two)
    return one, two


def rows() -> Iterator[Delivery]:
    yield from Delivery.objects.filter(kind=DeliveryKind.NUDGE).order_by("pk")


def test_each_is_asked_once_per_term_however_often_the_worker_starts(
    pair: tuple[Invitation, Invitation], caplog: pytest.LogCaptureFixture
) -> None:
    told = []
    for day in (*range(57, 90), *range(180, 210)):
        for hours in (0, 0.1):
            with time_machine.travel(after(day + hours), tick=False):
                count = nudge_due(timezone.now())
            if count:
                told.append((day, count))
    assert told == [(61, 2), (183, 2)]
    assert "no nudge" not in caplog.text
    assert sorted(row.recipient for row in rows()) == [
        "chloe@example.org",
        "chloe@example.org",
        "samira@example.org",
        "samira@example.org",
    ]


def test_a_name_is_asked_after_as_it_is_said(over: Meetup, chloe: Professional) -> None:
    meet(come(over, chloe), come(over, ProfessionalFactory(first_name="Olga")))
    nudge_due(after(61))
    subjects = [row.subject for row in rows() if row.recipient == chloe.email]
    assert subjects == ["Chloé, des nouvelles d’Olga ?"]


def test_an_old_site_that_wakes_up_sends_no_burst(
    pair: tuple[Invitation, Invitation],
) -> None:
    assert nudge_due(after(400)) == 0
    assert nudge_due(after(100)) == 0
    assert not Nudge.objects.exists()


def test_nobody_is_asked_before_eight(pair: tuple[Invitation, Invitation]) -> None:
    early = after(61).replace(hour=4)
    assert nudge_due(early) == 0


def test_one_mail_names_all_the_links_of_the_term(
    pair: tuple[Invitation, Invitation], over: Meetup, circle: Circle, amina: User
) -> None:
    ida = come(over, ProfessionalFactory(first_name="Ida"))
    meet(pair[0], ida)
    later = eaten(circle, amina, days=14)
    here, zoe = (
        come(later, pair[0].professional),
        come(later, ProfessionalFactory(first_name="Zoé")),
    )
    meet(here, zoe)
    nudge_due(after(61))
    nudge_due(after(76))
    mails = [row for row in rows() if row.recipient == "chloe@example.org"]
    assert len(mails) == 1
    mail = message_from_bytes(bytes(mails[0].mime), policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    for name in ("Samira", "Ida", "Zoé"):
        assert f"Avez-vous recontacté {name}" in text
    assert text.count("Oui : ") == 3
    assert mail["List-Unsubscribe"]


def test_what_only_one_said_is_not_asked_about(
    pair: tuple[Invitation, Invitation],
) -> None:
    Connection.objects.filter(professional=pair[1].professional).delete()
    assert nudge_due(after(61)) == 0


def test_whoever_rests_objects_or_has_no_mail_is_left_in_peace(
    pair: tuple[Invitation, Invitation],
) -> None:
    with time_machine.travel(after(61), tick=False):
        people = Professional.objects
        people.filter(pk=pair[0].professional_id).update(
            paused_until=timezone.localdate() + timedelta(days=5)
        )
        people.filter(pk=pair[1].professional_id).update(email="")
        assert nudge_due(timezone.now()) == 0
        people.filter(pk=pair[1].professional_id).update(
            email="samira@example.org", opted_out_at=timezone.now()
        )
        assert nudge_due(timezone.now()) == 0
    with time_machine.travel(after(67), tick=False):
        assert nudge_due(timezone.now()) == 1


@pytest.mark.parametrize("objects", [False, True])
def test_a_pause_or_objection_meanwhile_holds_the_mail_back(
    pair: tuple[Invitation, Invitation], objects: bool
) -> None:
    with time_machine.travel(after(61), tick=False):
        assert nudge_due(timezone.now()) == 2
        for guest in pair:
            if objects:
                stop_writing(person=guest.professional)
            else:
                until = timezone.localdate() + timedelta(days=5)
                pause(person=guest.professional, until=until)
        nudge_due(timezone.now())
        deliver_due("test")
    assert {row.status for row in rows()} == {DeliveryStatus.DROPPED}


def test_a_mail_that_may_leave_leaves(pair: tuple[Invitation, Invitation]) -> None:
    with time_machine.travel(after(61), tick=False):
        nudge_due(timezone.now())
        nudge_due(timezone.now())
        deliver_due("test")
    assert {row.status for row in rows()} == {DeliveryStatus.SENT}


def test_no_page_of_the_team_tells_who_keeps_in_touch(
    pair: tuple[Invitation, Invitation], over: Meetup, amina: User, signed_in: SignIn
) -> None:
    say(
        invitation=pair[0],
        met_people=[pair[1].professional],
        shows_email=True,
        shows_phone=True,
    )
    with time_machine.travel(after(61), tick=False):
        assert nudge_due(timezone.now()) == 2
    client = signed_in(amina)
    pages = [
        reverse("deliveries", args=(over.pk,)),
        reverse("outbox"),
        *(reverse("record_answer", args=(over.pk, one.pk)) for one in pair),
    ]
    for path in pages:
        html = client.get(path).content.decode()
        assert "gardez contact" not in html
        assert "des nouvelles de" not in html
        assert "Nouvelles d’un lien" not in html
    for row in rows():
        for route in ("read_delivery", "delivery"):
            path = reverse(route, args=(over.pk, row.pk))
            assert client.get(path).status_code == 404


# The page


@pytest.fixture
def asked(pair: tuple[Invitation, Invitation]) -> Iterator[Professional]:
    """Chloé, two months later, with a mail in her hand."""
    with time_machine.travel(after(61.9), tick=False):
        nudge_due(timezone.now())
        yield pair[0].professional


def mine(person: Professional) -> Nudge:
    return Nudge.objects.get(connection__professional=person)


def test_opening_the_mail_s_links_writes_nothing(
    client: Client, asked: Professional
) -> None:
    for verb in ("oui", "pas-encore"):
        response = client.get(news_path(asked), {verb: mine(asked).pk})
        assert "Avez-vous recontacté <bdi>Samira</bdi>" in response.content.decode()
    assert mine(asked).has_met_again is None
    assert "no-store" in response["Cache-Control"]


def test_an_answer_is_kept_and_can_be_changed(
    client: Client, asked: Professional
) -> None:
    for verb, expected in (("pas-encore", False), ("oui", True)):
        client.post(news_path(asked), {verb: mine(asked).pk})
        assert mine(asked).has_met_again is expected
    assert mine(asked).answered_on == timezone.localdate()
    counts = links_of(Meetup.objects.all())
    assert (counts["answered_2"], counts["met_again_2"]) == (1, 1)


def test_nobody_answers_for_somebody_else(
    client: Client, asked: Professional, pair: tuple[Invitation, Invitation]
) -> None:
    client.post(news_path(asked), {"oui": mine(pair[1].professional).pk})
    assert not Nudge.objects.exclude(has_met_again=None).exists()


def test_a_coffee_is_already_written(client: Client, asked: Professional) -> None:
    Connection.objects.update(shows_phone=True)
    Professional.objects.update(channel=Channel.SMS)
    html = client.get(news_path(asked)).content.decode()
    assert 'href="sms:+33639980107?body=Bonjour%20Samira' in html
    assert "mailto:samira@example.org?subject=" in html
    assert html.index("sms:") < html.index("mailto:")
    card = cards_for(asked)[0]
    words = coffee_words(asked, card)
    assert "c’est Chloé" in words
    assert "Un café mardi" in words
    assert words in unquote(html)


def test_the_address_is_of_one_person_and_dies(
    client: Client, asked: Professional, pair: tuple[Invitation, Invitation]
) -> None:
    other = pair[1].professional
    wrong = reverse("my_news", args=(other.pk, news_token(asked)))
    assert client.get(wrong).status_code == 404
    missing = reverse("my_news", args=(999_999, "a" * 26))
    assert client.get(missing).status_code == 404
    path = news_path(asked)
    assert client.get(path).status_code == 200
    with time_machine.travel(after(61.9 + 61), tick=False):
        assert client.get(path).status_code == 404
        client.post(path, {"oui": mine(asked).pk})
    assert mine(asked).has_met_again is None


def test_a_wrong_mailbox_opens_nothing_once_it_is_corrected(
    client: Client, asked: Professional
) -> None:
    """Somebody else reads there: the page shows other people's telephones."""
    path = news_path(asked)
    assert client.get(path).status_code == 200
    asked.email = asked.email.upper()
    asked.save()
    assert client.get(path).status_code == 200
    asked.email = "chloe.martin@example.org"
    asked.save()
    assert client.get(path).status_code == 404
    assert client.get(news_path(asked)).status_code == 200


def test_the_link_and_the_first_name_can_be_taken_back_there(
    client: Client, asked: Professional
) -> None:
    Consent.objects.create(professional=asked, kind="web")
    client.post(news_path(asked), {"prenom": "0"})
    assert not Consent.objects.exists()
    other = Connection.objects.get(professional=asked).other_id
    response = client.post(news_path(asked), {"reprendre": other}, follow=True)
    assert not Connection.objects.filter(professional=asked).exists()
    assert response.status_code == 200
    assert "Samira" not in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number_of_links(
    client: Client,
    over: Meetup,
    chloe: Professional,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    guest = come(over, chloe)
    for _ in range(count):
        meet(guest, come(over, ProfessionalFactory(first_name="Samira")))
    with time_machine.travel(after(61.9), tick=False):
        nudge_due(timezone.now())
        with django_assert_num_queries(4):
            html = client.get(news_path(chloe)).content.decode()
    assert html.count("Avez-vous recontacté") == count
