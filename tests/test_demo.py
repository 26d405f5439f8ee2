"""The demonstration is the first thing that a newcomer sees, and the rehearsal of a
whole meetup: both are made by the real code."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client, override_settings
from django.utils import timezone

from invitations.models import (
    BY_PROGRAM,
    Delivery,
    DeliveryChannel,
    DeliveryStatus,
    Invitation,
    PartStat,
    Received,
)
from networking.demo import PEOPLE
from networking.forms.meetups import clash
from networking.models import (
    Circle,
    Meetup,
    Partner,
    PartnerKind,
    Professional,
    User,
    Workplace,
)
from networking.templatetags.french import local, typo
from reports.demo import cast, days, filling, people, words
from reports.forms import QUOTE_LENGTH, STEP_LENGTH
from reports.models import (
    Attendance,
    Download,
    PartnerNotice,
    Presence,
    Report,
    ReportKind,
    ReportLink,
    ReportSubscription,
)
from reports.naming import named, names_around
from reports.purge import NAMES_KEPT
from venues.models import StepFree, Venue
from venues.text import fold

MAILS = re.compile(r"[\w.+-]+@[\w.-]+")
FICTION = re.compile(r"\+33(63998|46571)\d{4}$")


@pytest.fixture(scope="module")
def mailbox(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Path]:
    """Filled once for all the tests that only look; they see it committed."""
    folder = tmp_path_factory.mktemp("demo-mailbox")
    backend = "networking.mailbox.MailboxBackend"
    with (
        django_db_blocker.unblock(),
        override_settings(
            DEMO=True,
            MAILBOX=folder,
            EMAIL_BACKEND=backend,
            MAIL_PER_MINUTE_AND_DOMAIN=0,
        ),
    ):
        filling.fill()
    yield folder
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def demo(mailbox, db) -> Path:
    return mailbox


@pytest.fixture
def amina(demo):
    """Here she comes with the demonstration."""
    return User.objects.get(email="amina@parentheses.example")


def test_the_country_is_peopled(demo):
    assert Circle.objects.count() == 3
    assert Circle.objects.filter(neighbourhoods__isnull=False).count() == 1
    assert Circle.objects.filter(pathway__isnull=False).count() == 1
    everybody = Professional.objects.all()
    assert 115 <= everybody.count() <= 125
    assert everybody.values("profession").distinct().count() >= 25
    assert everybody.filter(email="").count() == 15
    assert everybody.in_directory().count() == round(everybody.count() * 0.6)
    assert not everybody.filter(circles=None).exists()
    home = everybody.filter(profession__family__in=("daily_help", "rights"))
    assert home.count() >= everybody.count() / 4


def test_venues_have_points_and_lenders_and_one_has_steps(demo):
    assert Venue.objects.count() == 8
    assert not Venue.objects.filter(point_confirmed_at=None).exists()
    assert not Venue.objects.filter(lender="").exists()
    assert Venue.objects.filter(step_free=StepFree.NO).count() == 1


def test_partners_have_a_territory_and_somebody_who_reads(demo):
    for kind in (PartnerKind.TOWN_HALL, PartnerKind.CPTS):
        partners = Partner.objects.filter(kind=kind)
        assert partners.count() == 2
        assert all(p.communes.exists() and p.members.exists() for p in partners)


def test_the_sentences_are_short_and_never_said_twice(demo):
    said = Professional.objects.exclude(what_i_do="").values_list(
        "what_i_do", flat=True
    )
    assert len(said) == len(set(said)) >= 60
    assert all(len(words) <= 200 and words == typo(words) for words in said)
    for sentence in said:
        parts = re.split(r"[.?!:] ?", sentence)
        assert max(len(part.split()) for part in parts) <= 13, sentence


def test_nobody_of_the_demonstration_can_be_reached(demo):
    addresses = [
        *User.objects.values_list("email", flat=True),
        *Professional.objects.exclude(email="").values_list("email", flat=True),
        *Venue.objects.values_list("lender_email", flat=True),
        *Delivery.objects.filter(channel="email").values_list("recipient", flat=True),
    ]
    assert all(address.endswith(".example") for address in addresses)
    phones = [
        *User.objects.exclude(phone="").values_list("phone", flat=True),
        *Professional.objects.values_list("phone", flat=True),
        *Venue.objects.values_list("lender_phone", flat=True),
    ]
    assert all(FICTION.match(phone.as_e164) for phone in phones)


def test_three_meals_come_on_days_when_people_can(demo):
    coming = list(Meetup.objects.upcoming())
    assert len(coming) == 3
    for meetup in Meetup.objects.all():
        assert clash(local(meetup.starts_at).date()) == "", meetup.full_title
    evenings = [m for m in Meetup.objects.all() if local(m.starts_at).hour >= 18]
    assert len(evenings) == 1
    full, announced, quiet = coming
    answers = full.invitations.tally()
    assert all(n for answer, n in answers.items() if answer != PartStat.DELEGATED)
    assert full.invitations.coming().count() == full.capacity - 1
    assert full.invitations.exclude(waiting_since=None).count() == 1
    assert full.seat_requests.count() == 2
    assert announced.invitations.count() == announced.invitations.unanswered().count()
    assert announced.invitations.count() > 20
    assert not quiet.invitations.exists()
    assert not quiet.is_public


def test_past_meals_are_closed_with_all_kinds_of_presence(demo):
    past = list(Meetup.objects.past())
    assert len(past) == 8
    assert all(meetup.is_closed for meetup in past)
    assert set(Attendance.objects.values_list("presence", flat=True)) == set(
        Presence.values
    )
    assert all(meetup.attendances.there().count() >= 10 for meetup in past)
    assert sum(meetup.reports.exists() for meetup in past) == 6
    assert not Attendance.objects.filter(recorded_at__gte=timezone.now()).exists()
    recently = timezone.now() - timedelta(days=3)
    assert not Report.objects.filter(issued_at__gt=recently).exists()


def test_reports_hold_no_name_and_fit_their_page(demo):
    for report in Report.objects.select_related("meetup"):
        meals = [report.meetup] if report.meetup else Meetup.objects.past()
        names = names_around(*meals)
        lines = [*report.quotes, *report.next_steps]
        assert [line for line in lines if named(line, *names)] == []
        assert all(line == typo(line) for line in lines)
        assert all(len(line) <= QUOTE_LENGTH for line in report.quotes)
        assert all(len(line) <= STEP_LENGTH for line in report.next_steps)


def test_reports_count_the_links_and_bill_whoever_came(demo):
    year = Report.objects.get(kind=ReportKind.YEAR)
    assert year.figures["release"]["links"][0] > 0
    priced = []
    for meetup in Meetup.objects.past().exclude(meal_cost=None):
        for report in meetup.reports.all():
            if each := report.figures["cost"]:
                people = meetup.attendances.there().count()
                assert meetup.meal_cost == Decimal(each) * people
                priced.append(report)
    assert priced


def test_the_mailbox_holds_the_invitations_that_left(demo):
    sent = Delivery.objects.filter(status=DeliveryStatus.SENT)
    left = sent.filter(channel__in=BY_PROGRAM)
    letters = list(demo.glob("*.eml"))
    assert len(letters) == left.count() >= 40
    assert left.filter(channel=DeliveryChannel.SMS).exists()
    assert not Delivery.objects.waiting().filter(channel__in=BY_PROGRAM).exists()
    invited = Invitation.objects.filter(meetup__in=Meetup.objects.upcoming())
    bounced = Delivery.objects.get(status=DeliveryStatus.FAILED)
    # A call for what bounced, a guest's words, an offered seat.
    to_guests = Delivery.objects.exclude(kind="report").exclude(
        key__startswith="notice"
    )
    assert to_guests.count() == invited.count() + 3
    assert bounced.invitation.professional.email_bounced_at


def test_partners_got_their_reports_and_left_a_word(demo):
    partners = Partner.objects.filter(reports__isnull=False).distinct()
    assert Delivery.objects.filter(kind="report", status="sent").count() == len(
        partners
    )
    links = ReportLink.objects.all()
    assert links.count() == Report.objects.exclude(partner=None).count()
    assert {link.is_open for link in links} == {True, False}
    assert set(PartnerNotice.objects.values_list("kind", flat=True)) == {"need", "room"}
    assert not Download.objects.filter(user=None, link=None).exists()
    assert Download.objects.exclude(user=None).exists()
    assert ReportSubscription.objects.get(frequency="quarterly").member is None


def test_some_messages_came_back(demo):
    lively = Meetup.objects.upcoming()[0]
    came = Received.objects.filter(invitation__meetup=lively)
    assert sorted(came.values_list("kind", "outcome")) == [
        ("counter", "held"),
        ("reply", "applied"),
        ("reply", "held"),
        ("text", "forwarded"),
    ]


def test_the_lively_meal_has_a_phone_round_and_somebody_rests(demo):
    lively = Meetup.objects.upcoming()[0]
    calls = Delivery.objects.round().filter(invitation__meetup=lively)
    assert 4 <= calls.count() <= 6
    assert all(call.text and call.invitation.answered_at is None for call in calls)
    assert {call.attempts for call in calls} == {0, 1}
    (rests,) = Professional.objects.exclude(paused_until=None)
    assert rests.is_paused
    assert not rests.invitations.filter(meetup=lively).exists()


def test_every_page_of_a_coming_meetup_opens(demo, amina, signed_in):
    client = signed_in(amina)
    for meetup in Meetup.objects.upcoming():
        for page in ("", "inviter/", "envois/", "presences/", "deplacer/", "annuler/"):
            response = client.get(f"{meetup.get_absolute_url()}{page}")
            assert response.status_code == 200, page
    for path in ("/rencontres/", "/annuaire/", "/lieux/", "/cercles/", "/partenaires/"):
        assert client.get(path).status_code == 200, path


def test_every_page_of_a_past_meetup_opens(demo, amina, signed_in):
    client = signed_in(amina)
    for meetup in Meetup.objects.past():
        for page in ("", "presences/", "bilan/"):
            response = client.get(f"{meetup.get_absolute_url()}{page}")
            assert response.status_code == 200, page


def test_guests_and_visitors_find_their_pages(demo):
    client = Client()
    announced = Meetup.objects.upcoming()[1]
    guest = announced.invitations.first()
    assert (
        guest.professional.first_name
        in client.get(guest.get_absolute_url()).content.decode()
    )
    agenda = client.get("/agenda/").content.decode()
    assert words.LUNCH_WEST in agenda
    assert words.EVENING_ELDERS not in agenda
    assert client.get(announced.get_public_url()).status_code == 200


def test_the_clerk_reads_the_reports_of_her_town(demo, signed_in):
    clerk = User.objects.get(email="eloy@mairie-chambery.example")
    page = signed_in(clerk).get("/espace-partenaire/")
    assert page.status_code == 200
    assert words.LUNCH_BIOLLAY in page.content.decode()


@pytest.mark.parametrize(("label", "email"), PEOPLE)
def test_each_person_one_may_be_exists_and_is_known_by_address(demo, label, email):
    user = User.objects.get(email=email)
    assert fold(str(user)).split()[0] in fold(label)
    assert user.emailaddress_set.get().email == email


def test_the_same_seed_gives_the_same_people(demo):
    columns = ("first_name", "last_name", "profession_id", "commune_id", "email")
    before = list(Professional.objects.order_by("pk").values_list(*columns))
    Professional.objects.all().delete()
    Workplace.objects.all().delete()
    # As in cast.make_cast: nobody before them takes from the same chance.
    again = people.make(cast.chance())
    assert [tuple(getattr(one, name) for name in columns) for one in again] == before


@pytest.mark.parametrize(
    "today", ["2026-11-22", "2027-01-02", "2027-03-28", "2027-07-01", "2027-08-31"]
)
def test_good_days_avoid_holidays_and_are_near_enough(today):
    with time_machine.travel(f"{today}T10:00:00Z"):
        coming, past = days.coming(3), days.past(8)
        now = timezone.localdate()
    assert coming == sorted(coming)
    assert past == sorted(past)
    assert all(days.is_good(day) for day in coming + past)
    assert min(coming) >= now + timedelta(days=days.FIRST_COMING)
    assert max(coming) < now + timedelta(days=120)
    assert max(past) <= now - timedelta(days=days.FIRST_PAST)
    assert min(past) > now - NAMES_KEPT


@pytest.mark.parametrize("reset", [False, True])
def test_the_command_refuses_outside_of_a_demonstration(demo, settings, reset):
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo", reset=reset)
    assert Meetup.objects.count() == 11


def test_the_command_leaves_a_database_with_people_alone(demo, settings):
    settings.DEMO = True
    with pytest.raises(CommandError, match="--reset"):
        call_command("demo")
    assert Meetup.objects.count() == 11


def test_reset_needs_the_demonstration_and_not_only_debug(demo, settings):
    settings.DEMO, settings.DEBUG = False, True
    with pytest.raises(CommandError, match="DEBUG=1 ne suffit pas"):
        call_command("demo", reset=True)
    assert Meetup.objects.count() == 11


@pytest.mark.parametrize("reset", [False, True])
def test_the_command_sends_to_make_run_where_there_are_no_tables(
    db, settings, monkeypatch, reset
):
    settings.DEMO = True
    monkeypatch.setattr(connection.introspection, "table_names", list)
    with pytest.raises(CommandError, match="make run"):
        call_command("demo", reset=reset)


def test_reset_spares_a_database_with_one_real_account(demo, settings):
    settings.DEMO = True
    User.objects.create_user("chloe@example.org", first_name="Chloé")
    with pytest.raises(CommandError, match=r"vrais comptes \(1\)"):
        call_command("demo", reset=True)
    assert Meetup.objects.count() == 11


@pytest.mark.django_db(transaction=True)
def test_reset_wipes_and_fills_again(settings):
    settings.DEMO = True
    settings.EMAIL_BACKEND = "networking.mailbox.MailboxBackend"
    settings.MAIL_PER_MINUTE_AND_DOMAIN = 0
    User.objects.create_user("chloe@lac.example", first_name="Chloé")
    old = settings.MAILBOX / "20200101T000000-0.eml"
    old.write_bytes(b"Subject: old\r\n\r\n")
    told = StringIO()
    call_command("demo", reset=True, stdout=told)
    assert not User.objects.filter(email="chloe@lac.example").exists()
    assert not old.exists()
    assert "8 rencontres passées, 3 rencontres à venir" in told.getvalue()
