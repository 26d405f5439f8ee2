"""Reports that leave by mail: to whom, when, with what, and how it stops."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from invitations.models import Delivery
from invitations.undelivered import bounced
from networking.models import Meetup, Partner, Suppression, User
from networking.views.partners import add_member
from reports.actions.portal import add_address, choose_rhythms, tell_partner
from reports.digests import first_working_day, last_period, queue_digests
from reports.management.commands import worker
from reports.models import Frequency, Report, ReportKind, ReportLink, ReportSubscription
from tests.factories import MeetupFactory, PartnerFactory, UserFactory
from tests.portal import come, give, link_of, period, subscription_of, town_hall

pytestmark = pytest.mark.django_db
QUARTERLY, YEARLY, ISSUED = Frequency.QUARTERLY, Frequency.YEARLY, Frequency.ISSUED


@pytest.fixture
def partner(meetup: Meetup, eloy: User) -> Partner:
    return town_hall(eloy)


def mails_to(address: str) -> list[EmailMessage]:
    rows = Delivery.objects.filter(kind="report", recipient=address).order_by("pk")
    return [message_from_bytes(bytes(r.mime), policy=policy.default) for r in rows]


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part
    return unescape(str(part.get_content()))


def test_each_member_receives_a_report_when_it_is_given(
    meetup: Meetup, partner: Partner, eloy: User
) -> None:
    add_member(partner=partner, email="adjoint@mairie.example", first_name="Paul")
    report = give(meetup, partner)
    received = Delivery.objects.filter(kind="report")
    assert set(received.values_list("recipient", flat=True)) == {
        eloy.email,
        "adjoint@mairie.example",
    }
    assert {link.report for link in ReportLink.objects.all()} == {report}


def test_the_mail_tells_three_figures_and_gives_one_link(
    meetup: Meetup, partner: Partner, eloy: User
) -> None:
    come(meetup, 6)
    come(meetup, 2, "Médecine")
    report = give(meetup, partner)
    (message,) = mails_to(eloy.email)
    link = f"http://localhost:8000{link_of(report).get_absolute_url()}"
    assert message["Subject"] == report.title
    assert list(message.iter_attachments()) == []
    for kind in ("plain", "html"):
        text = body(message, kind)
        assert "Voici le bilan préparé pour la mairie de Valmorey" in text
        for number, words in report.figures["highlights"][:3]:
            assert number in text
            assert words in text
        assert text.count(link) == 1
        assert report.figures["highlights"][3][1] not in text
        assert "Ana" not in text


def test_an_answer_goes_to_who_gave_the_report(
    meetup: Meetup, partner: Partner, eloy: User, amina: User
) -> None:
    give(meetup, partner)
    (message,) = mails_to(eloy.email)
    assert amina.email in message["Reply-To"]
    assert message["From"].startswith("Amina par Parenthèses Réseau <")


def test_a_correction_is_a_mail_that_says_what_it_replaces(
    meetup: Meetup, partner: Partner, eloy: User
) -> None:
    give(meetup, partner)
    give(meetup, partner, "On se connaît.")
    first, second = mails_to(eloy.email)
    assert "remplace" not in body(first)
    assert "Il remplace la version 1." in body(second)


def test_the_same_words_twice_are_one_mail(
    meetup: Meetup, partner: Partner, eloy: User
) -> None:
    report = give(meetup, partner)
    give(meetup, partner)
    tell_partner(report)
    assert len(mails_to(eloy.email)) == ReportLink.objects.count() == 1


def test_a_report_for_nobody_outside_is_sent_to_nobody(amina: User) -> None:
    tell_partner(period(ReportKind.YEAR, None, amina))
    assert not Delivery.objects.exists()


def test_another_partners_people_receive_nothing(
    meetup: Meetup, partner: Partner
) -> None:
    neighbour = UserFactory(email="lac@cpts.example")
    PartnerFactory(communes=[meetup.venue.commune], members=[neighbour])
    give(meetup, partner)
    assert mails_to("lac@cpts.example") == []


def test_a_former_member_receives_nothing_and_their_links_close(
    meetup: Meetup, partner: Partner, eloy: User
) -> None:
    link = link_of(give(meetup, partner))
    partner.members.all().delete()
    assert Client().get(link.get_absolute_url()).status_code == 404
    give(MeetupFactory(title="Le dîner", circle=meetup.circle), partner)
    assert len(mails_to(eloy.email)) == 1


def test_a_closed_account_receives_nothing(
    meetup: Meetup, partner: Partner, eloy: User
) -> None:
    subscription_of(partner)
    User.objects.filter(pk=eloy.pk).update(is_active=False)
    give(meetup, partner)
    assert mails_to(eloy.email) == []


def test_mail_follows_the_address_of_the_account(
    meetup: Meetup, partner: Partner, eloy: User
) -> None:
    subscription_of(partner)
    User.objects.filter(pk=eloy.pk).update(email="nouvelle@mairie.example")
    give(meetup, partner)
    assert len(mails_to("nouvelle@mairie.example")) == 1


def test_nothing_leaves_for_an_address_that_said_no_or_bounced(
    meetup: Meetup, partner: Partner, eloy: User
) -> None:
    give(meetup, partner)
    bounced(reason="550 unknown", delivery=Delivery.objects.get())
    assert Suppression.objects.holds(eloy.email)
    give(MeetupFactory(title="Le dîner", circle=meetup.circle), partner)
    assert Delivery.objects.filter(kind="report").count() == 1
    assert ReportLink.objects.count() == 1


def stop_address(message: EmailMessage) -> str:
    address = message["List-Unsubscribe"].strip(" <>")
    return address.removeprefix("http://localhost:8000")


def test_a_mail_program_stops_the_reports_in_one_post(
    meetup: Meetup, partner: Partner, eloy: User
) -> None:
    link = link_of(give(meetup, partner))
    (message,) = mails_to(eloy.email)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path, program = stop_address(message), Client(enforce_csrf_checks=True)
    assert program.get(path).status_code == 200
    assert ReportSubscription.objects.get().stopped_at is None
    program.post(path, {"List-Unsubscribe": "One-Click"})
    give(MeetupFactory(title="Le dîner", circle=meetup.circle), partner)
    assert len(mails_to(eloy.email)) == 1
    assert Client().get(link.get_absolute_url()).status_code == 200


def test_a_reader_stops_and_begins_again_on_one_page(
    meetup: Meetup, partner: Partner, eloy: User
) -> None:
    give(meetup, partner)
    path, reader = stop_address(mails_to(eloy.email)[0]), Client()
    assert path in body(mails_to(eloy.email)[0])
    assert "C’est arrêté." in reader.post(path, follow=True).content.decode()
    page = reader.post(path, {"reprendre": "1"}, follow=True).content.decode()
    assert "Ne plus recevoir ces bilans" in page
    assert ReportSubscription.objects.get().stopped_at is None


def test_stopping_twice_keeps_the_first_day(partner: Partner) -> None:
    row = subscription_of(partner)
    row.stop()
    first = row.stopped_at
    row.stop()
    assert row.stopped_at == first


@pytest.mark.parametrize(
    ("frequency", "today", "begins", "ends"),
    [
        (QUARTERLY, date(2026, 1, 2), date(2025, 10, 1), date(2026, 1, 1)),
        (QUARTERLY, date(2026, 6, 30), date(2026, 1, 1), date(2026, 4, 1)),
        (QUARTERLY, date(2026, 10, 1), date(2026, 7, 1), date(2026, 10, 1)),
        (YEARLY, date(2026, 10, 1), date(2025, 1, 1), date(2026, 1, 1)),
    ],
)
def test_the_period_that_is_over(
    frequency: Frequency, today: date, begins: date, ends: date
) -> None:
    assert last_period(frequency, today) == (begins, ends)


@pytest.mark.parametrize(
    ("first", "works"),
    [
        (date(2026, 1, 1), date(2026, 1, 2)),  # a holiday, then a Friday
        (date(2027, 1, 1), date(2027, 1, 4)),  # a holiday on a Friday
        (date(2026, 10, 1), date(2026, 10, 1)),
        (date(2028, 4, 1), date(2028, 4, 3)),  # a Saturday
    ],
)
def test_the_first_working_day(first: date, works: date) -> None:
    assert first_working_day(first) == works


def paris(day: date, hour: int, minute: int = 0) -> datetime:
    moment = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001
    return timezone.make_aware(moment).astimezone(UTC)


def given_on(day: date, partner: Partner, circle) -> Report:
    report = give(MeetupFactory(title=f"Le repas {day}", circle=circle), partner)
    Report.objects.filter(pk=report.pk).update(issued_at=paris(day, 10))
    return report


SERVICE = "secretariat@mairie.example"


@pytest.fixture
def quarter(meetup: Meetup, partner: Partner) -> list[Report]:
    """Two reports of the summer, one before and one after it, to two rhythms."""
    add_address(partner=partner, email=SERVICE, frequency=QUARTERLY)
    days = (
        date(2026, 6, 30),
        date(2026, 7, 1),
        date(2026, 9, 30),
        date(2026, 10, 1),
    )
    return [given_on(day, partner, meetup.circle) for day in days]


OCTOBER = date(2026, 10, 1)


def test_a_quarter_is_one_mail_with_one_link_for_each_report(
    quarter: list[Report],
) -> None:
    assert queue_digests(paris(OCTOBER, 8)) == 1
    (message,) = mails_to(SERVICE)
    assert message["Subject"] == "Vos 2\u00a0bilans du trimestre"
    links = ReportLink.objects.filter(email=SERVICE)
    assert {link.report for link in links} == set(quarter[1:3])
    for kind in ("plain", "html"):
        text = body(message, kind)
        for link in links:
            assert text.count(link.get_absolute_url()) == 1
            assert link.report.title in text
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("when", "leaves"),
    [
        (paris(OCTOBER, 7, 59), 0),
        (paris(OCTOBER, 8), 1),
        (paris(date(2026, 10, 8), 7, 59), 1),
        (paris(date(2026, 10, 8), 8), 0),
    ],
)
def test_it_leaves_at_eight_and_not_a_week_late(
    quarter: list[Report], when: datetime, leaves: int
) -> None:
    assert queue_digests(when) == leaves


def test_a_quarter_told_is_not_told_again(quarter: list[Report]) -> None:
    for minute in range(3):
        queue_digests(paris(OCTOBER, 8, minute))
    assert len(mails_to(SERVICE)) == 1
    assert ReportLink.objects.filter(email=SERVICE).count() == 2


def test_without_a_report_nothing_is_sent(partner: Partner) -> None:
    add_address(partner=partner, email=SERVICE, frequency=QUARTERLY)
    assert queue_digests(paris(OCTOBER, 8)) == 0
    assert not Delivery.objects.exists()


def test_a_year_is_told_in_january(meetup: Meetup, partner: Partner) -> None:
    add_address(partner=partner, email=SERVICE, frequency=YEARLY)
    report = given_on(date(2026, 3, 3), partner, meetup.circle)
    assert queue_digests(paris(date(2026, 4, 1), 9)) == 0
    assert queue_digests(paris(date(2027, 1, 4), 9)) == 1
    (message,) = mails_to(SERVICE)
    assert message["Subject"] == "Votre bilan de l’année"
    assert report.title in body(message)


def test_a_digest_leaves_out_what_was_corrected(
    meetup: Meetup, partner: Partner
) -> None:
    add_address(partner=partner, email=SERVICE, frequency=QUARTERLY)
    give(meetup, partner)
    new = give(meetup, partner, "On se connaît.")
    Report.objects.update(issued_at=paris(date(2026, 8, 3), 10))
    queue_digests(paris(OCTOBER, 8))
    assert {link.report for link in ReportLink.objects.filter(email=SERVICE)} == {new}


def test_stopped_and_refused_addresses_get_no_digest(quarter: list[Report]) -> None:
    Suppression.objects.add(SERVICE)
    assert queue_digests(paris(OCTOBER, 8)) == 0
    Suppression.objects.forget(SERVICE)
    ReportSubscription.objects.get(email=SERVICE).stop()
    assert queue_digests(paris(OCTOBER, 8)) == 0
    assert not ReportLink.objects.filter(email=SERVICE).exists()


def test_the_worker_sends_digests_in_its_turn(
    quarter: list[Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    command = worker.Command()
    monkeypatch.setattr(
        command, "run_carefully", lambda chore, now: done.append(chore.__name__)
    )
    command.next_reminders = command.next_purge = timezone.now() - timedelta(1)
    command.keep_schedules()
    assert "queue_digests" in done


def test_a_member_chooses_when(meetup: Meetup, partner: Partner, eloy: User) -> None:
    choose_rhythms(partner=partner, user=eloy, chosen=[QUARTERLY, YEARLY])
    running = partner.subscriptions.running()
    assert set(running.values_list("frequency", flat=True)) == {QUARTERLY, YEARLY}
    give(meetup, partner)
    assert mails_to(eloy.email) == []
    choose_rhythms(partner=partner, user=eloy, chosen=[ISSUED])
    assert [row.frequency for row in partner.subscriptions.running()] == [ISSUED]
    assert partner.subscriptions.count() == 3


def test_a_member_who_chose_nothing_stays_in_peace(
    meetup: Meetup, partner: Partner, eloy: User
) -> None:
    choose_rhythms(partner=partner, user=eloy, chosen=[])
    give(meetup, partner)
    assert not Delivery.objects.exists()


def test_the_page_of_a_member_shows_and_changes_what_is_sent(
    partner: Partner, eloy: User, signed_in
) -> None:
    path, client = reverse("my_sendings", args=(partner.pk,)), signed_in(eloy)
    assert client.get(path).content.decode().count("checked") == 1
    client.post(path, {"rhythms": ["quarterly", "yearly"]})
    html = client.get(path).content.decode()
    assert html.count("checked") == 2
    refused = client.post(path, {"rhythms": ["daily"]}).content.decode()
    assert "Choisissez un moment de la liste." in refused
    client.post(path, {})
    assert "checked" not in client.get(path).content.decode()


def sendings(client: Client, partner: Partner) -> str:
    path = reverse("partner_sendings", args=(partner.pk,))
    return client.get(path).content.decode()


def add(client: Client, partner: Partner, email: str, frequency: str = "yearly") -> str:
    path = reverse("partner_sendings", args=(partner.pk,))
    data = {"email": email, "frequency": frequency}
    return client.post(path, data, follow=True).content.decode()


@pytest.fixture
def team(partner: Partner, meetup: Meetup, amina: User, signed_in) -> Client:
    meetup.circle.communes.add(meetup.venue.commune)
    return signed_in(amina)


def test_the_team_adds_and_takes_away_an_address(
    team: Client, partner: Partner, eloy: User
) -> None:
    assert eloy.email in sendings(team, partner)
    html = add(team, partner, "Service@Mairie.example")
    assert "service@mairie.example recevra les bilans." in html
    row = partner.subscriptions.get(email="service@mairie.example")
    assert row.frequency == YEARLY
    path = reverse("change_sending", args=(partner.pk, row.pk))
    assert "ne reçoit plus" in team.post(path, follow=True).content.decode()
    assert "service@mairie.example" not in sendings(team, partner)


@pytest.mark.parametrize(
    ("email", "frequency", "said"),
    [
        ("", "yearly", "Écrivez une adresse e-mail."),
        ("service", "yearly", "Écrivez une adresse e-mail complète"),
        ("a@b.mssante.fr", "yearly", "messagerie sécurisée"),
        ("service@mairie.example", "daily", "Choisissez un moment de la liste."),
    ],
)
def test_what_cannot_be_added_is_said(
    team: Client, partner: Partner, email: str, frequency: str, said: str
) -> None:
    assert said in add(team, partner, email, frequency)
    assert not partner.subscriptions.filter(member=None).exists()


def test_who_said_stop_is_not_added_again(team: Client, partner: Partner) -> None:
    add(team, partner, SERVICE)
    partner.subscriptions.get(email=SERVICE).stop()
    assert "a dit stop" in sendings(team, partner)
    assert "Seule la personne qui la lit peut reprendre." in add(team, partner, SERVICE)
    assert partner.subscriptions.get(email=SERVICE).stopped_at


def test_a_members_sending_goes_with_the_member_only(
    team: Client, partner: Partner
) -> None:
    row = subscription_of(partner)
    team.post(reverse("change_sending", args=(partner.pk, row.pk)))
    assert partner.subscriptions.get() == row


def test_an_address_where_nothing_arrives_is_shown_and_tried_again(
    team: Client, meetup: Meetup, partner: Partner, eloy: User
) -> None:
    give(meetup, partner)
    bounced(reason="550 unknown", delivery=Delivery.objects.get())
    assert "rien n’arrive à cette adresse" in sendings(team, partner)
    row = subscription_of(partner)
    path = reverse("change_sending", args=(partner.pk, row.pk))
    team.post(path, {"essayer": "1"})
    assert "rien n’arrive" not in sendings(team, partner)
    assert not Suppression.objects.exists()


def test_trying_again_does_not_overrule_an_objection(
    team: Client, partner: Partner, eloy: User
) -> None:
    Suppression.objects.add(eloy.email)
    row = subscription_of(partner)
    team.post(reverse("change_sending", args=(partner.pk, row.pk)), {"essayer": "1"})
    assert "ne veut plus de messages" in sendings(team, partner)


@pytest.mark.parametrize("others", [0, 2])
def test_the_list_of_addresses_costs_the_same_for_one_and_three(
    team: Client, partner: Partner, others: int, django_assert_num_queries
) -> None:
    subscription_of(partner)
    for n in range(others):
        add_address(partner=partner, email=f"a{n}@mairie.example", frequency=YEARLY)
    with django_assert_num_queries(10):
        sendings(team, partner)
