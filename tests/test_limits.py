"""Invitations stay gentle: pauses, a cap per quarter, an hour when people read."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from invitations import actions, outbox
from invitations.departures import departure, departures
from invitations.forms.answers import in_months
from invitations.limits import resting
from invitations.models import Delivery, DeliveryStatus, Invitation
from networking.models import Channel, Meetup, Professional, User
from tests.factories import InvitationFactory, MeetupFactory, ProfessionalFactory

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
Queries = Callable[[int], CaptureQueriesContext]


def paused(**fields: object) -> Professional:
    until = timezone.localdate() + timedelta(days=40)
    return ProfessionalFactory(paused_until=until, **fields)


def often(person: Professional, times: int, *, days_ago: int = 1) -> Professional:
    """Invited so many times, in circles of all kinds."""
    for _ in range(times):
        InvitationFactory(professional=person)
    asked = timezone.now() - timedelta(days=days_ago)
    Invitation.objects.filter(professional=person).update(created_at=asked)
    return person


def test_enough_is_counted_over_all_circles_in_ninety_days(
    settings: LazySettings,
) -> None:
    settings.INVITATIONS_PER_QUARTER = 2
    people = [
        often(ProfessionalFactory(), 1),
        often(ProfessionalFactory(), 2),
        often(ProfessionalFactory(), 2, days_ago=91),
    ]
    reasons = resting(people, timezone.now())
    assert reasons == {people[1].pk: "déjà 2\u00a0invitations en trois mois"}
    settings.INVITATIONS_PER_QUARTER = 0
    assert resting(people, timezone.now()) == {}


def test_who_rests_is_not_invited_even_when_asked_for(meetup: Meetup) -> None:
    people = [paused(), often(ProfessionalFactory(), 6), ProfessionalFactory()]
    assert actions.send_invitations(meetup=meetup, people=people) == 1
    assert meetup.invitations.get().professional == people[2]


def test_the_reasons_cost_one_query_for_a_thousand(
    django_assert_num_queries: Queries,
) -> None:
    people = [ProfessionalFactory() for _ in range(3)]
    with django_assert_num_queries(1):
        resting(people, timezone.now())


@pytest.fixture
def organiser(amina: User, meetup: Meetup, signed_in: SignIn) -> Client:
    return signed_in(amina)


def member(meetup: Meetup, person: Professional) -> Professional:
    meetup.circle.memberships.create(professional=person)
    return person


def box(page: str, person: Professional) -> str:
    start = page.index(f'value="{person.pk}"')
    return page[start : page.index("</label>", start)]


def test_the_list_says_why_somebody_is_not_ticked(
    organiser: Client, meetup: Meetup, chloe: Professional
) -> None:
    tired, away = (
        member(meetup, often(ProfessionalFactory(), 6)),
        member(meetup, paused()),
    )
    member(meetup, ProfessionalFactory(opted_out_at=timezone.now(), first_name="Zoé"))
    page = organiser.get(f"/rencontres/{meetup.pk}/inviter/").content.decode()
    assert " checked" in box(page, chloe)
    for person, reason in ((tired, "déjà 6"), (away, "en pause jusqu’au")):
        assert " disabled" in box(page, person)
        assert " checked" not in box(page, person)
        assert reason in box(page, person)
    assert "Zoé" not in page


def test_the_message_says_how_many_were_left_out_and_why(
    organiser: Client, meetup: Meetup, chloe: Professional
) -> None:
    away = member(meetup, paused())
    data = {"people": [chloe.pk, away.pk], "envoyer": "1"}
    address = f"/rencontres/{meetup.pk}/apercu/"
    page = organiser.post(address, data, follow=True).content.decode()
    assert "1\u00a0personne invitée" in page
    assert "1\u00a0personne n’est pas invitée\u202f: en pause jusqu’au" in page
    page = organiser.post(address, {"people": away.pk}, follow=True).content.decode()
    assert "Qui inviter" in page
    assert "1\u00a0personne n’est pas invitée" in page


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


@pytest.mark.parametrize(
    ("now", "offered"),
    [
        ("2026-11-03T18:00", ["maintenant", "demain", "lundi"]),
        ("2026-11-07T09:00", ["maintenant", "demain", "lundi"]),
        ("2026-11-08T09:00", ["maintenant", "demain"]),
        ("2026-11-09T06:00", ["maintenant", "demain", "lundi"]),
        ("2026-11-18T18:00", ["maintenant", "demain"]),
        ("2026-11-19T18:00", ["maintenant"]),
    ],
)
def test_invitations_may_wait_for_a_morning(now: str, offered: list[str]) -> None:
    lunch = at("2026-11-19T12:15")
    meetup = MeetupFactory(starts_at=lunch, ends_at=lunch + timedelta(hours=1))
    found = departures(meetup, at(now))
    assert [one.key for one in found] == offered
    mornings = [timezone.localtime(one.due_at) for one in found if one.due_at]
    assert {moment.hour for moment in mornings} <= {8}
    if "lundi" in offered:
        assert mornings[-1].weekday() == 0
    assert departure("jamais", meetup, at(now)).due_at is None


def test_a_list_sent_for_the_morning_leaves_in_the_morning(
    organiser: Client, meetup: Meetup, chloe: Professional
) -> None:
    caller = ProfessionalFactory(phone="+33639980102", channel=Channel.PHONE)
    member(meetup, caller)
    address = f"/rencontres/{meetup.pk}/apercu/"
    people = {"people": [chloe.pk, caller.pk]}
    assert 'value="demain"' in organiser.post(address, people).content.decode()
    data = {**people, "envoyer": "1", "partir": "demain"}
    page = organiser.post(address, data, follow=True).content.decode()
    assert "Départ demain" in page
    assert "à appeler" not in page
    assert outbox.deliver_due("test") == 0
    morning = Delivery.objects.first().due_at
    with time_machine.travel(morning):
        assert outbox.deliver_due("test") == 1
    assert set(Delivery.objects.values_list("due_at", flat=True)) == {morning}


def stop_page(guest: Invitation, **data: str) -> str:
    client, address = Client(), f"/i/{guest.token}/arreter/"
    if data:
        return client.post(address, data, follow=True).content.decode()
    return client.get(address).content.decode()


@pytest.mark.parametrize(("choice", "months"), [("3", 3), ("6", 6)])
def test_a_guest_takes_a_break(
    meetup: Meetup, chloe: Professional, choice: str, months: int
) -> None:
    actions.send_invitations(meetup=meetup, people=[chloe])
    guest = Invitation.objects.get()
    assert "Pas d’invitation avant le" in stop_page(guest, pause=choice)
    chloe.refresh_from_db()
    assert chloe.paused_until == in_months(timezone.localdate(), months)
    row = Delivery.objects.get()
    assert (row.status, row.last_error) == (
        DeliveryStatus.DROPPED,
        "La personne fait une pause.",
    )


def test_a_break_ends_on_a_day_or_at_once(meetup: Meetup, chloe: Professional) -> None:
    guest = InvitationFactory(meetup=meetup, professional=chloe)
    day = timezone.localdate() + timedelta(days=20)
    assert "Finir la pause" in stop_page(guest, pause="date", until=day.isoformat())
    chloe.refresh_from_db()
    assert chloe.paused_until == day
    assert "Ou faire une pause" in stop_page(guest, finir="1")
    chloe.refresh_from_db()
    assert chloe.paused_until is None
    assert chloe.opted_out_at is None


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("", "Choisissez un jour."),
        ("hier", "Écrivez le jour ainsi"),
        ("2020-01-01", "Choisissez un jour à venir."),
        ("9999-12-31", "Deux ans au plus."),
    ],
)
def test_a_day_that_cannot_be_taken_gets_its_sentence(
    meetup: Meetup, chloe: Professional, until: str, words: str
) -> None:
    guest = InvitationFactory(meetup=meetup, professional=chloe)
    assert words in stop_page(guest, pause="date", until=until)
    chloe.refresh_from_db()
    assert (chloe.paused_until, chloe.opted_out_at) == (None, None)


def test_the_team_reads_that_somebody_rests(
    organiser: Client, meetup: Meetup, circle: object
) -> None:
    away = member(meetup, paused())
    assert (
        "en pause jusqu’au" in organiser.get(away.get_absolute_url()).content.decode()
    )
    guest = InvitationFactory(meetup=meetup, professional=away)
    page = organiser.get(f"/rencontres/{meetup.pk}/reponse/{guest.pk}/")
    assert "fait une pause jusqu’au" in page.content.decode()


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 1, 1), 24, date(2028, 1, 1)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
    ],
)
def test_months_are_counted_as_people_do(day: date, months: int, then: date) -> None:
    assert in_months(day, months) == then
