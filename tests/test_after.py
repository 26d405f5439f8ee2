"""What a guest and the team do once the meal is over."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from io import BytesIO

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from invitations.models import Delivery, DeliveryKind, DeliveryStatus, Invitation
from invitations.outbox import deliver_due
from networking.models import Channel, Meetup, Professional, User
from reports import papers
from reports.actions import add_walk_in, close_meetup, forget, record_presence
from reports.actions.after import certify, next_morning, stay, thank
from reports.actions.follow_ups import remind_due
from reports.models import Attendance, Certificate, FollowUp, Presence
from reports.purge import PROOF_KEPT, purge
from tests.factories import (
    InvitationFactory,
    MeetupFactory,
    ProfessionalFactory,
    ProfessionFactory,
)

SignIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def guest(over: Meetup, chloe: Professional, amina: User) -> Invitation:
    guest = InvitationFactory(meetup=over, professional=chloe, partstat="ACCEPTED")
    record_presence(invitation=guest, presence=Presence.PRESENT, user=amina)
    return guest


def page(route: str, *args: object) -> str:
    return reverse(route, args=args)


def test_only_somebody_who_was_there_has_a_page_afterwards(
    client: Client, guest: Invitation, over: Meetup
) -> None:
    absent = InvitationFactory(meetup=over, partstat="ACCEPTED")
    for route in ("after", "my_certificate", "my_employer", "my_follow_ups"):
        assert client.get(page(route, absent.token)).status_code == 404
    assert (
        "Merci d’être venu·e" in client.get(page("after", guest.token)).content.decode()
    )


def test_a_cancelled_meal_was_attended_by_nobody(
    client: Client, guest: Invitation
) -> None:
    """Doors open three hours before, and a meal is cancelled until it begins."""
    guest.meetup.cancel("Neige")
    for route in ("after", "my_certificate", "my_links", "give_opinion"):
        assert client.get(page(route, guest.token)).status_code == 404, route
    client.post(page("my_certificate", guest.token), {"last_name": "Martin"})
    assert not Certificate.objects.exists()
    html = client.get(page("answer", guest.token)).content.decode()
    assert page("after", guest.token) not in html


def test_the_answer_page_leads_there(client: Client, guest: Invitation) -> None:
    html = client.get(page("answer", guest.token)).content.decode()
    assert page("after", guest.token) in html


# Thanks


def test_thanks_wait_until_the_next_working_morning(
    guest: Invitation, over: Meetup, amina: User
) -> None:
    InvitationFactory(meetup=over, partstat="ACCEPTED")
    close_meetup(meetup=over, user=amina)
    row = Delivery.objects.get(kind=DeliveryKind.THANKS)
    assert (row.invitation, row.status) == (guest, DeliveryStatus.QUEUED)
    assert row.due_at == next_morning(timezone.now())
    assert row.can_be_reworded
    close_meetup(meetup=over, user=amina)
    assert Delivery.objects.filter(kind=DeliveryKind.THANKS).count() == 1


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("2026-11-27T20:00Z", date(2026, 11, 30)),
        ("2026-11-30T10:00Z", date(2026, 12, 1)),
    ],
)
def test_a_friday_thanks_on_monday(said: str, expected: date) -> None:
    moment = next_morning(datetime.fromisoformat(said))
    local = timezone.localtime(moment)
    assert (local.date(), local.hour) == (expected, 9)


def test_thanks_tell_the_next_date_that_the_guest_may_know(
    guest: Invitation, over: Meetup
) -> None:
    soon = timezone.now() + timedelta(days=20)
    MeetupFactory(circle=over.circle, title="Secrète", starts_at=soon, is_public=False)
    MeetupFactory(
        circle=over.circle, title="Le goûter", starts_at=soon + timedelta(days=1)
    )
    thank(over)
    mail = message_from_bytes(bytes(Delivery.objects.get().mime), policy=policy.default)
    text = mail.get_body(("plain",)).get_content()
    assert "Le goûter" in text
    assert "Secrète" not in text
    assert page("after", guest.token) in text
    assert mail["List-Unsubscribe"]


def test_no_thanks_by_telephone_nor_after_an_objection(
    guest: Invitation, over: Meetup
) -> None:
    Professional.objects.update(channel=Channel.PHONE, phone="+33639980102", email="")
    assert thank(over) == 0
    Professional.objects.update(
        channel=Channel.EMAIL, email="a@example.org", opted_out_at=timezone.now()
    )
    assert thank(over) == 0


def test_thanks_for_a_meal_long_past_do_not_leave(
    guest: Invitation, over: Meetup
) -> None:
    with time_machine.travel(over.ends_at + timedelta(days=15)):
        assert thank(over) == 0


# Certificates


def test_a_certificate_says_what_the_invitation_said(
    client: Client, guest: Invitation, over: Meetup
) -> None:
    client.post(page("my_certificate", guest.token), {"last_name": "Martin"})
    issued = Certificate.objects.get()
    assert issued.title == over.full_title
    assert issued.minutes == 90
    pdf = client.get(page("my_certificate_pdf", guest.token))
    assert pdf["Content-Type"] == "application/pdf"
    text = pdf_text(pdf.content)
    for words in ("Chloé Martin", over.title, issued.shown_code, "1 h 30"):
        assert words in text
    assert pdf.content == papers.certificate(Certificate.objects.get())


def pdf_text(content: bytes) -> str:
    reader = PdfReader(BytesIO(content))
    assert len(reader.pages) == 1
    return " ".join(reader.pages[0].extract_text().split()).replace("\xa0", " ")


def test_a_certificate_is_made_once_and_does_not_follow_later_changes(
    guest: Invitation, over: Meetup
) -> None:
    presence = guest.attendance
    first = certify(presence=presence, last_name="Martin")
    Meetup.objects.update(title="Autre chose")
    again = certify(presence=presence, last_name="Durand")
    assert first == again
    assert papers.certificate(first) == papers.certificate(again)


@pytest.mark.parametrize("name", ["Œ" * 60, "مريم", "d’Ÿ-ł <b>", "x" * 60])
def test_any_name_fits_one_page(guest: Invitation, name: str) -> None:
    issued = certify(presence=guest.attendance, last_name=name)
    pdf_text(papers.certificate(issued))


def test_nobody_has_a_certificate_before_the_end(
    client: Client, guest: Invitation, over: Meetup, amina: User, signed_in: SignIn
) -> None:
    """It says how long they stayed, and « Je suis là » can be pressed from home."""
    Meetup.objects.filter(pk=over.pk).update(
        ends_at=timezone.now() + timedelta(hours=1)
    )
    url = page("my_certificate", guest.token)
    assert "à la fin du repas" in client.get(url).content.decode()
    client.post(url, {"last_name": "Martin"})
    team, mine = signed_in(amina), guest.attendance.pk
    team.post(page("certificate_of", over.pk, mine), {"last_name": "Martin"})
    listed = team.get(page("certificates", over.pk)).content.decode()
    assert "à la fin du repas" in listed
    assert "Préparer" not in listed
    assert not Certificate.objects.exists()


@pytest.mark.parametrize("presence", [None, Presence.ABSENT, Presence.EXCUSED])
def test_whoever_was_not_there_after_all_has_no_certificate_left(
    client: Client, guest: Invitation, amina: User, presence: Presence | None
) -> None:
    code = certify(presence=guest.attendance, last_name="Martin").code
    record_presence(invitation=guest, presence=presence, user=amina)
    assert client.get(page("check_certificate_code", code)).status_code == 404


def test_hours_that_were_noted_count(guest: Invitation, over: Meetup) -> None:
    presence = guest.attendance
    presence.arrived_at = over.starts_at + timedelta(minutes=20)
    presence.left_at = over.ends_at + timedelta(hours=1)
    assert stay(presence, over) == timedelta(minutes=70)


def test_a_last_name_is_asked_for_and_nothing_typed_is_lost(
    client: Client, guest: Invitation
) -> None:
    html = client.post(page("my_certificate", guest.token), {"last_name": " "})
    assert "Écrivez le nom de famille." in html.content.decode()
    assert not Certificate.objects.exists()


@pytest.mark.parametrize("change", [str, str.lower, lambda c: c.replace("-", " ")])
def test_anybody_checks_a_certificate(
    client: Client, guest: Invitation, change: Callable[[str], str]
) -> None:
    issued = certify(presence=guest.attendance, last_name="Martin")
    told = client.get(page("check_certificate"), {"code": change(issued.shown_code)})
    assert "Cette attestation est vraie." in told.content.decode()
    assert "Chloé M." in told.content.decode()
    assert "Martin" not in told.content.decode()
    by_square = client.get(page("check_certificate_code", issued.shown_code))
    assert by_square.status_code == 200


@pytest.mark.parametrize("code", ["\0", "a\0b", "\u202e", "٣" * 50])
def test_a_code_that_nobody_can_type_is_unknown(client: Client, code: str) -> None:
    answer = client.get(page("check_certificate"), {"code": code})
    assert answer.status_code in (200, 404)


def test_an_unknown_code_is_said_to_be_unknown(client: Client) -> None:
    told = client.get(page("check_certificate"), {"code": "<b>7K2M"})
    assert told.status_code == 404
    assert "Nous ne connaissons pas ce code" in told.content.decode()
    assert "<b>7K2M" not in told.content.decode()


def test_the_team_gives_a_walk_in_a_certificate(
    over: Meetup, bruno: User, signed_in: SignIn, django_assert_num_queries
) -> None:
    add_walk_in(
        meetup=over, first_name="Karim", profession=ProfessionFactory(), user=bruno
    )
    karim = Attendance.objects.get()
    client = signed_in(bruno)
    url = page("certificate_of", over.pk, karim.pk)
    assert "Karim" in client.get(url).content.decode()
    client.post(url, {"last_name": "Benali"})
    assert client.get(url)["Content-Type"] == "application/pdf"
    for more in range(3):
        if more:
            add_walk_in(
                meetup=over,
                first_name=f"K{more}",
                profession=karim.profession,
                user=None,
            )
        with django_assert_num_queries(7):
            client.get(page("certificates", over.pk))


def test_accents_do_not_put_a_name_last(
    over: Meetup, amina: User, signed_in: SignIn
) -> None:
    for name in ("Zoé", "Éloïse", "Anne"):
        person = ProfessionalFactory(first_name=name, last_name="")
        guest = InvitationFactory(meetup=over, professional=person)
        record_presence(invitation=guest, presence=Presence.PRESENT, user=amina)
    client = signed_in(amina)
    for route in ("certificates", "follow_ups"):
        found = client.get(page(route, over.pk)).content.decode()
        at = [found.index(name) for name in ("Anne", "Éloïse", "Zoé")]
        assert at == sorted(at)


@pytest.mark.parametrize("who", ["driss", "eloy"])
def test_strangers_and_partners_find_no_certificates(
    over: Meetup, guest: Invitation, request, signed_in: SignIn, who: str
) -> None:
    client = signed_in(request.getfixturevalue(who))
    presence = guest.attendance.pk
    for route, args in (
        ("certificates", ()),
        ("certificate_of", (presence,)),
        ("follow_ups", ()),
    ):
        assert client.get(page(route, over.pk, *args)).status_code == 404


def test_a_certificate_goes_after_three_years_or_on_request(
    guest: Invitation, chloe: Professional
) -> None:
    issued = certify(presence=guest.attendance, last_name="Martin")
    purge(issued.issued_at + PROOF_KEPT - timedelta(days=1))
    assert Certificate.objects.exists()
    forget(person=chloe)
    assert not Certificate.objects.exists()


def test_an_old_certificate_is_purged(guest: Invitation) -> None:
    issued = certify(presence=guest.attendance, last_name="Martin")
    purge(issued.issued_at + PROOF_KEPT + timedelta(days=1))
    assert not Certificate.objects.exists()


# The word to the employer


def test_an_employer_reads_only_about_who_asked(
    client: Client, guest: Invitation, over: Meetup
) -> None:
    InvitationFactory(meetup=over, professional__first_name="Samira")
    certify(presence=guest.attendance, last_name="Martin")
    url = page("my_employer", guest.token)
    client.post(url, {"name": "SAD du Lac", "email": "planning@sad.example"})
    row = Delivery.objects.get(kind=DeliveryKind.NOTE)
    mail = message_from_bytes(bytes(row.mime), policy=policy.default)
    assert row.recipient == "planning@sad.example"
    assert mail["Reply-To"].addresses[0].addr_spec == over.organiser.email
    text = mail.get_body(("plain",)).get_content()
    assert "Chloé Martin a participé" in text
    assert "Samira" not in text
    (attached,) = mail.iter_attachments()
    assert attached.get_content()[:5] == b"%PDF-"
    assert deliver_due("test") == 1


def test_two_employers_at_most_hear_of_it(client: Client, guest: Invitation) -> None:
    certify(presence=guest.attendance, last_name="Martin")
    url = page("my_employer", guest.token)
    for n in (1, 2, 1, 3):
        client.post(url, {"name": "SAD", "email": f"un{n}@sad.example"})
    sent = Delivery.objects.filter(kind=DeliveryKind.NOTE)
    assert {row.recipient for row in sent} == {"un1@sad.example", "un2@sad.example"}


# Well-formed, and longer than any mailbox's (RFC 5321).
ENDLESS = f"planning@{'a' * 60}.{'b' * 60}.{'c' * 60}.{'d' * 60}.example"


@pytest.mark.parametrize("email", ["", "x", "dr@medecin.mssante.fr", ENDLESS])
def test_a_wrong_address_has_its_sentence(
    client: Client, guest: Invitation, email: str
) -> None:
    certify(presence=guest.attendance, last_name="Martin")
    told = client.post(
        page("my_employer", guest.token), {"name": "Mon service", "email": email}
    )
    assert "Mon service" in told.content.decode()
    assert 'class="erreur"' in told.content.decode()
    assert not Delivery.objects.exists()


# What was promised


def test_a_follow_up_is_reminded_once_on_its_morning(
    guest: Invitation, over: Meetup, amina: User
) -> None:
    day = timezone.localdate() + timedelta(days=3)
    for who in ({"owner": amina}, {"guest": guest}, {}):
        FollowUp.objects.create(meetup=over, action="Appeler", due_on=day, **who)
    done = FollowUp.objects.create(
        meetup=over, action="Fait", due_on=day, owner=amina, done_on=day
    )
    morning = datetime(day.year, day.month, day.day, 8, 30, tzinfo=UTC)
    assert remind_due(morning - timedelta(hours=3)) == 0
    assert remind_due(morning) == 2
    assert remind_due(morning) == 0
    sent = {row.recipient: row for row in Delivery.objects.all()}
    assert set(sent) == {amina.email, guest.professional.email}
    text = message_from_bytes(
        bytes(sent[guest.professional.email].mime), policy=policy.default
    )
    assert page("my_follow_ups", guest.token) in text.get_body(("plain",)).get_content()
    done.refresh_from_db()
    assert done.reminded_at is None


def this_morning() -> datetime:
    day = timezone.localdate()
    return datetime(day.year, day.month, day.day, 8, 30, tzinfo=UTC)


def test_a_late_reminder_shows_no_button_that_is_dead(
    guest: Invitation, over: Meetup
) -> None:
    """Personal links die thirty days after the meal; a promise may take longer."""
    FollowUp.objects.create(
        meetup=over, action="Appeler", due_on=timezone.localdate(), guest=guest
    )
    ended = timezone.now() - timedelta(days=45)
    Meetup.objects.filter(pk=over.pk).update(
        starts_at=ended - timedelta(hours=2), ends_at=ended
    )
    assert remind_due(this_morning()) == 1
    text = message_from_bytes(bytes(Delivery.objects.get().mime), policy=policy.default)
    for kind in ("plain", "html"):
        words = text.get_body((kind,)).get_content()
        assert guest.token not in words
        assert "Dites-le en répondant" in words


@pytest.mark.parametrize("gone", ["left the team", "closed their account"])
def test_whoever_is_gone_is_not_reminded(over: Meetup, bruno: User, gone: str) -> None:
    FollowUp.objects.create(
        meetup=over, action="Appeler", due_on=timezone.localdate(), owner=bruno
    )
    if gone == "left the team":
        over.circle.team.get(user=bruno).delete()
    else:
        User.objects.filter(pk=bruno.pk).update(is_active=False)
    assert remind_due(this_morning()) == 0
    assert not Delivery.objects.exists()


def test_somebody_of_the_table_takes_a_follow_up(
    guest: Invitation, over: Meetup, amina: User, signed_in: SignIn
) -> None:
    client, url = signed_in(amina), page("follow_ups", over.pk)
    day = (timezone.localdate() + timedelta(days=5)).isoformat()
    wrong = client.post(url, {"action": "Une liste", "who": "i999999", "due_on": day})
    assert "Choisissez une personne de la liste." in wrong.content.decode()
    client.post(url, {"action": "Une liste", "who": f"i{guest.pk}", "due_on": day})
    one = FollowUp.objects.get()
    assert (one.guest, one.owner, one.action) == (guest, None, "Une liste")
    Client().post(page("my_follow_ups", guest.token), {"suite": one.pk, "fait": "1"})
    one.refresh_from_db()
    assert one.done_on == timezone.localdate()
    client.post(page("follow_up_done", over.pk, one.pk), {"encore": "1"})
    one.refresh_from_db()
    assert one.done_on is None


def test_who_gets_no_mail_is_to_be_told_by_the_team(
    guest: Invitation, over: Meetup, amina: User, signed_in: SignIn
) -> None:
    FollowUp.objects.create(
        meetup=over, action="Appeler", guest=guest, due_on=timezone.localdate()
    )
    client, said = signed_in(amina), "pas de rappel par e-mail"
    assert said not in client.get(page("follow_ups", over.pk)).content.decode()
    Professional.objects.update(email="")
    assert said in client.get(page("follow_ups", over.pk)).content.decode()


def test_a_later_day_is_reminded_again(
    over: Meetup, amina: User, signed_in: SignIn
) -> None:
    today = timezone.localdate()
    one = FollowUp.objects.create(
        meetup=over, action="x", owner=amina, due_on=today, reminded_at=timezone.now()
    )
    later = (today + timedelta(days=7)).isoformat()
    signed_in(amina).post(
        page("follow_up", over.pk, one.pk),
        {"action": "x", "who": f"u{amina.pk}", "due_on": later},
    )
    one.refresh_from_db()
    assert one.reminded_at is None


def test_a_guest_changes_only_their_own_follow_ups(
    guest: Invitation, over: Meetup, amina: User
) -> None:
    one = FollowUp.objects.create(
        meetup=over, action="x", owner=amina, due_on=timezone.localdate()
    )
    told = Client().post(
        page("my_follow_ups", guest.token), {"suite": one.pk, "fait": "1"}
    )
    assert told.status_code == 404


@pytest.mark.parametrize("key", ["", "abc", "-1", "٣", "²", "9" * 30, "\0"])
def test_a_follow_up_that_is_no_number_is_not_found(
    guest: Invitation, key: str
) -> None:
    told = Client().post(page("my_follow_ups", guest.token), {"suite": key})
    assert told.status_code == 404


def test_what_an_erased_person_said_they_would_do_goes(
    guest: Invitation, over: Meetup, amina: User
) -> None:
    today = timezone.localdate()
    for words, who in (
        ("Envoyer la liste", {"guest": guest}),
        ("Rappeler Chloé Martin", {"owner": amina}),
        ("Réserver la salle", {"owner": amina}),
    ):
        FollowUp.objects.create(meetup=over, action=words, due_on=today, **who)
    forget(person=guest.professional)
    assert [one.action for one in FollowUp.objects.all()] == ["Réserver la salle"]


def test_a_day_before_the_meal_is_a_wrong_year(
    over: Meetup, amina: User, signed_in: SignIn
) -> None:
    """It would be noted, and never reminded."""
    client, url = signed_in(amina), page("follow_ups", over.pk)
    for day in ("0001-01-01", f"{timezone.localdate().year - 1}-03-01"):
        told = client.post(url, {"action": "La liste", "who": "", "due_on": day})
        assert "Choisissez un jour après la rencontre." in told.content.decode()
    assert not FollowUp.objects.exists()


@pytest.mark.parametrize("count", [1, 3])
def test_the_follow_ups_cost_the_same(
    over: Meetup,
    guest: Invitation,
    amina: User,
    signed_in: SignIn,
    count: int,
    django_assert_num_queries,
) -> None:
    for _ in range(count):
        FollowUp.objects.create(
            meetup=over, action="x", guest=guest, due_on=timezone.localdate()
        )
    client = signed_in(amina)
    with django_assert_num_queries(8):
        client.get(page("follow_ups", over.pk))
