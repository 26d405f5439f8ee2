"""What a stranger, a stale page or a broken program could make of received mails."""

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.conf import LazySettings
from django.core.management import call_command
from django.db import IntegrityError, OperationalError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from invitations import actions, mails, outbox
from invitations.actions.replies import (
    accept,
    hand_over_to,
    keep_the_date,
    receive,
    receive_all,
    settle,
)
from invitations.actions.replies.others import WORDS_A_DAY
from invitations.actions.replies.settling import AlreadySettled, NothingToApply
from invitations.inbox.sources import Incoming
from invitations.models import (
    Answer,
    Delivery,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
    LetterOutcome,
    PartStat,
    Received,
)
from networking.models import Meetup, OtherAddress, Professional, Suppression, User
from networking.tokens import fingerprint
from reports.management.commands.worker import MAILS_AT_ONCE, read_mailbox
from reports.purge import MAILS_KEPT, purge
from tests.factories import InvitationFactory, ProfessionalFactory
from tests.imap_server import ImapServer
from tests.post import CHLOE, OURS, TOKEN, UID, answer, ics, mail, stored
from tests.test_inbox_sources import address as address  # fixtures
from tests.test_inbox_sources import server as server
from tests.test_letters import ANSWERS
from tests.test_letters_hostile import NO_ANSWER
from tests.test_replies import FAILED, FORGED, bounce_of, fresh, reply, sent_to

pytestmark = pytest.mark.django_db

SignIn = Callable[[User], Client]
Queries = Callable[[int], CaptureQueriesContext]
YES, NO, SILENT = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.NEEDS_ACTION
WORK = "chloe@cabinet.example"
MESSAGE_ID = re.compile(rb"(^Message-ID: <)", re.IGNORECASE | re.MULTILINE)
FROM_WORK = ics(attendee=f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{WORK}")


@pytest.fixture(autouse=True)
def _server(settings: LazySettings) -> None:
    settings.AUTHSERV_ID = OURS


@pytest.fixture
def guest(meetup: Meetup, chloe: Professional) -> Invitation:
    Meetup.objects.update(uid=UID)
    invitation = InvitationFactory(meetup=Meetup.objects.get(), professional=chloe)
    Invitation.objects.update(reply_hash=fingerprint(TOKEN))
    return fresh(invitation)


def known_as(guest: Invitation, address: str) -> None:
    Professional.objects.filter(pk=guest.professional_id).update(email=address)


def named(raw: bytes, name: object) -> bytes:
    """With another Message-ID, where it has one."""
    mark = str(name).replace(" ", "-").encode()
    return MESSAGE_ID.sub(lambda found: found[0] + mark + b".", raw, count=1)


def twist(name: str, raw: bytes, other: Invitation) -> bytes:
    """The same answer, sent to somewhere it must not count."""
    mine = f"reponse+{TOKEN}@".encode()
    theirs = {
        "no token": b"reponse@",
        "unknown token": f"reponse+{'b' * 26}@".encode(),
        "other guest": other.reply_address.partition("@")[0].encode() + b"@",
    }
    if name == "other meetup":
        return raw
    if name == "forged":
        return f"Authentication-Results: {OURS}; dmarc=fail\r\n".encode() + raw
    return raw.replace(mine, theirs[name])


TWISTS = ("no token", "unknown token", "other guest", "other meetup", "forged")
GENUINE = [name for name in ANSWERS if name != "delegated"]


def test_more_than_sixty_forged_mails_change_nothing(guest: Invitation) -> None:
    other = InvitationFactory(meetup=guest.meetup, professional=ProfessionalFactory())
    tried = [raw for raw, _ in NO_ANSWER.values()] + list(FORGED.values())
    for number, raw in enumerate(tried):
        receive(named(raw, f"n{number}"))
    for kind in TWISTS:
        Meetup.objects.update(uid="another" if kind == "other meetup" else UID)
        for name in GENUINE:
            known_as(guest, ANSWERS[name][1])
            raw = named(
                twist(kind, stored(name), other), f"{name}-{kind}".replace(" ", "-")
            )
            assert receive(raw).is_held, (kind, name)
            tried.append(raw)
    assert Received.objects.count() == len(tried) > 120
    assert not Answer.objects.exists()
    assert set(Invitation.objects.values_list("partstat", flat=True)) == {SILENT}


def test_more_than_twenty_genuine_mails_all_count(guest: Invitation) -> None:
    Meetup.objects.update(sequence=3)
    applied = 0
    for name in GENUINE:
        Received.objects.all().delete()
        Invitation.objects.update(partstat=SILENT, answer_stamp=None)
        known_as(guest, ANSWERS[name][1])
        applied += receive(stored(name)).outcome == LetterOutcome.APPLIED
        assert fresh(guest).partstat == ANSWERS[name][0], name
    known_as(guest, CHLOE)
    Invitation.objects.update(partstat=SILENT, answer_stamp=None)
    for minutes in range(6):
        said = "DECLINED" if minutes % 2 else "ACCEPTED"
        applied += receive(reply(said, minutes=minutes)).outcome == "applied"
    assert applied == len(GENUINE) + 6 >= 22


def test_a_forged_mail_that_comes_first_does_not_shut_the_real_one_out(
    guest: Invitation,
) -> None:
    real = reply()
    forged = reply(top=FAILED).replace(b"<ACCEPTED-0-0-1@", b"<ACCEPTED-0-0-0@")
    assert receive(forged).is_held
    assert receive(real).outcome == LetterOutcome.APPLIED
    assert receive(b"X-Relay: 1\r\n" + real).outcome == LetterOutcome.SAME


def test_what_waits_for_a_person_waits_once(guest: Invitation) -> None:
    raw = answer(FROM_WORK)
    assert receive(raw).is_held
    assert receive(b"X-Relay: 1\r\n" + raw).outcome == LetterOutcome.SAME
    assert Received.objects.to_check().count() == 1


def test_nobody_without_an_address_is_an_attendee_without_one(
    guest: Invitation,
) -> None:
    known_as(guest, "")
    body = ics(attendee="ATTENDEE;PARTSTAT=ACCEPTED:urn:uuid:6f0e6d1c")
    assert receive(answer(body)).is_held
    assert fresh(guest).partstat == SILENT


def test_many_addresses_cost_no_more_than_one(
    guest: Invitation, django_assert_num_queries: Queries
) -> None:
    tokens = [f"{'ab'[n % 2] * (n // 2)}{'c' * 26}"[:26] for n in range(52)]
    for number, some in enumerate((tokens[:1], tokens)):
        to = ", ".join(f"reponse+{one}@parentheses.example" for one in some)
        with django_assert_num_queries(7):
            assert receive(named(mail(to=to), number)).is_held


def test_an_error_of_the_database_about_one_mail_stops_no_other(
    guest: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = list[int]()

    def refuse(*_: object) -> None:
        raise IntegrityError

    where = "invitations.actions.replies.receiving.forward"
    monkeypatch.setattr(where, refuse)
    raws = [mail(), reply()]
    given = [Incoming(raw, lambda n=n: done.append(n)) for n, raw in enumerate(raws)]
    rows = list(receive_all(given))
    assert [row.outcome for row in rows] == ["held", "applied"]
    assert done == [0, 1]


def test_a_database_that_is_away_leaves_the_mail_where_it_was(
    guest: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = list[bytes]()

    def refuse(*_: object) -> None:
        raise OperationalError

    monkeypatch.setattr("invitations.actions.replies.receiving.apply_answer", refuse)
    incoming = Incoming(reply(), lambda: done.append(b""))
    with pytest.raises(OperationalError):
        list(receive_all([incoming]))
    assert not done
    assert not Received.objects.exists()
    monkeypatch.undo()
    assert [row.outcome for row in receive_all([incoming])] == ["applied"]


def test_the_last_mail_is_acknowledged_though_nobody_listens_any_more(
    guest: Invitation,
) -> None:
    done = list[bytes]()
    for _ in receive_all([Incoming(reply(), lambda: done.append(b""))]):
        break
    assert len(done) == 1


@pytest.mark.parametrize("when", ["99991231T235900Z", "00010101T000000Z"])
def test_a_proposal_at_the_end_of_time_can_be_read(
    guest: Invitation, amina: User, signed_in: SignIn, when: str
) -> None:
    body = ics(f"DTSTART:{when}", method="COUNTER")
    row = receive(answer(body, method="COUNTER"))
    assert row.proposed_starts_at is None
    assert signed_in(amina).get(f"/messages-recus/{row.pk}/").status_code == 200


def test_a_clock_that_is_hours_ahead_is_said(guest: Invitation) -> None:
    soon = timezone.now() + timedelta(minutes=90)
    stamp = f"DTSTAMP:{soon:%Y%m%dT%H%M%SZ}"
    row = receive(answer(ics(stamp, without="DTSTAMP")))
    assert row.outcome == LetterOutcome.APPLIED
    assert "avance" in row.reason


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("gmail-accepted", ""),
        ("nextcloud-accepted", ""),
        ("thunderbird-accepted", ""),
        ("gmail-comment", "Je  garde ma fille ce jour-là"),
        ("outlook-comment", "Désolée, je suis en formation.\nBon appétit"),
        ("file-only", "Oui, avec plaisir."),
    ],
)
def test_only_words_of_a_person_are_passed_on(
    guest: Invitation, name: str, words: str
) -> None:
    known_as(guest, ANSWERS[name][1])
    Meetup.objects.update(sequence=3)
    assert receive(stored(name)).text == words
    forwarded = Delivery.objects.filter(kind=DeliveryKind.FORWARD)
    assert forwarded.count() == bool(words)


def test_a_mailbox_is_not_filled_through_one_address(guest: Invitation) -> None:
    outcomes = [
        receive(named(mail(f"Bonjour {n}".encode()), n)).outcome
        for n in range(WORDS_A_DAY + 2)
    ]
    assert outcomes == ["forwarded"] * WORDS_A_DAY + ["held"] * 2
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        assert receive(named(mail(), "later")).outcome == LetterOutcome.FORWARDED


def test_the_organiser_answers_at_the_address_that_the_team_knows(
    guest: Invitation,
) -> None:
    built = mails.forwarded(guest, text="Bonjour", sender="autre@example.org")
    assert built.reply_to == [CHLOE]
    assert "autre@example.org, que nous ne connaissons pas" in built.body
    assert "se dit" not in mails.forwarded(guest, text="Oui", sender=CHLOE).body


@pytest.mark.parametrize("field", ["Auto-Submitted: auto-replied", "X-Autoreply: yes"])
def test_a_program_that_answers_by_itself_gets_no_answer(
    guest: Invitation, field: str
) -> None:
    Meetup.objects.get().cancel("La salle est prise.")
    assert receive(reply(extra=field)).outcome == LetterOutcome.OUTDATED
    assert not Delivery.objects.exists()
    # Google says so of an answer that a person gave.
    pressed = reply(minutes=1, extra="Auto-Submitted: auto-generated")
    assert receive(pressed).outcome == LetterOutcome.OUTDATED
    assert Delivery.objects.filter(kind=DeliveryKind.STATE).count() == 1


def test_whoever_asks_for_a_cancelled_invitation_is_told_so(guest: Invitation) -> None:
    Meetup.objects.get().cancel("La salle est prise.")
    assert receive(stored("outlook-refresh")).outcome == LetterOutcome.ANSWERED
    told = Delivery.objects.get()
    assert told.kind == DeliveryKind.STATE
    assert b'method="cancel"' in bytes(told.mime).lower()


def test_a_person_is_not_kept_from_answering_by_a_program(
    guest: Invitation, amina: User
) -> None:
    Meetup.objects.update(capacity=0)
    receive(reply())
    row = receive(stored("outlook-new-time"))
    keep_the_date(received=row, by=amina)
    assert Delivery.objects.filter(kind=DeliveryKind.STATE).count() == 2


def test_an_answer_taken_over_counts_as_of_when_it_was_given(
    guest: Invitation, amina: User
) -> None:
    row = receive(answer(FROM_WORK))
    actions.answer(invitation=guest, partstat=NO)
    assert accept(received=row, by=amina) is None
    assert fresh(guest).partstat == NO
    assert row.outcome == LetterOutcome.OUTDATED
    kept = Answer.objects.get(counted=False)
    assert (kept.partstat, kept.recorded_by) == (YES, amina)


def test_a_message_is_decided_once(guest: Invitation, amina: User, bruno: User) -> None:
    row = receive(answer(FROM_WORK))
    stale = Received.objects.get(pk=row.pk)
    accept(received=row, by=amina)
    for act in (accept, settle):
        with pytest.raises(AlreadySettled):
            act(received=stale, by=bruno)
    assert Received.objects.get().handled_by == amina


def test_the_page_says_that_somebody_was_quicker(
    guest: Invitation, amina: User, signed_in: SignIn
) -> None:
    row = receive(answer(FROM_WORK))
    settle(received=row, by=amina)
    page = f"/messages-recus/{row.pk}/"
    html = signed_in(amina).post(page, {"noter": "1"}, follow=True).content.decode()
    assert "vient de s’en occuper" in html
    assert fresh(guest).partstat == SILENT


def test_the_calendars_address_is_kept_and_not_the_senders(
    guest: Invitation, amina: User
) -> None:
    raw = answer(FROM_WORK, sender="Secretariat <secretariat@cabinet.example>")
    accept(received=receive(raw), by=amina, remember=True)
    assert OtherAddress.objects.get().email == WORK
    later = FROM_WORK.replace(b"ACCEPTED", b"DECLINED").replace(b"0715", b"0716")
    assert receive(named(answer(later), 2)).outcome == LetterOutcome.APPLIED
    assert fresh(guest).partstat == NO


def test_an_answer_to_another_meetup_cannot_be_taken_over(
    guest: Invitation, amina: User
) -> None:
    row = receive(FORGED["another meetup"])
    with pytest.raises(NothingToApply):
        accept(received=row, by=amina)


def test_a_yes_beside_another_date_is_no_answer(guest: Invitation, amina: User) -> None:
    row = receive(stored("outlook-new-time"))
    with pytest.raises(NothingToApply):
        accept(received=row, by=amina)
    assert row.is_held


def delegate(partstat: str) -> bytes:
    line = (
        f'ATTENDEE;PARTSTAT={partstat};DELEGATED-FROM="mailto:{CHLOE}":'
        "mailto:fatou@example.org"
    )
    return named(answer(ics(attendee=line)), partstat)


def test_whoever_was_sent_counts_once_the_team_said_so(
    guest: Invitation, amina: User
) -> None:
    row = receive(delegate("ACCEPTED"))
    assert (row.is_held, row.partstat) == (True, PartStat.DELEGATED)
    assert row.delegated_to == "fatou@example.org"
    assert fresh(guest).partstat == SILENT
    trade = guest.professional.profession
    hand_over_to(received=row, first_name="Fatou", profession=trade, by=amina)
    assert fresh(guest).partstat == PartStat.DELEGATED
    again = named(delegate("ACCEPTED"), "again")
    assert receive(again).outcome == LetterOutcome.SAME


def test_whoever_was_sent_and_stays_away_is_for_a_person(
    guest: Invitation, amina: User
) -> None:
    row = receive(delegate("DECLINED"))
    assert (row.is_held, row.partstat) == (True, "")
    with pytest.raises(NothingToApply):
        hand_over_to(received=row, first_name="Fatou", profession=None, by=amina)


@pytest.mark.parametrize("without", ["name", "recipient"])
def test_a_bounce_without_our_name_or_the_address_silences_nobody(
    guest: Invitation, without: str
) -> None:
    delivery = sent_to(guest)
    raw = bounce_of(delivery, CHLOE)
    named_there = f"Message-ID: {delivery.message_id}\r\n".encode()
    lost = {"name": named_there, "recipient": f"rfc822; {CHLOE}".encode()}
    assert lost[without] in raw
    assert receive(raw.replace(lost[without], b"")).is_held
    assert not Suppression.objects.exists()


def test_a_server_that_never_answered_is_for_a_person(guest: Invitation) -> None:
    delivery = sent_to(guest)
    raw = bounce_of(delivery, CHLOE).replace(b"5.1.1", b"4.4.7").replace(b"550", b"450")
    row = receive(raw)
    assert (row.is_held, row.delivery) == (True, delivery)
    assert "pas arrivé" in row.reason
    assert not Suppression.objects.exists()
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.SENT


def test_words_leave_with_the_worker(guest: Invitation) -> None:
    receive(mail(b"Je viens avec une tarte."))
    assert outbox.deliver_due("test") == 1


def test_a_full_mailbox_does_not_hold_the_worker(
    guest: Invitation, server: ImapServer, address: str, settings: LazySettings
) -> None:
    settings.IMAP_URL = address
    server.messages.update({n: named(mail(), n) for n in range(1, MAILS_AT_ONCE + 4)})
    read_mailbox(timezone.now())
    assert Received.objects.count() == MAILS_AT_ONCE == len(server.seen)
    read_mailbox(timezone.now())
    assert Received.objects.count() == MAILS_AT_ONCE + 3 == len(server.seen)


def test_a_mailbox_that_is_away_is_asked_again(
    guest: Invitation, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IMAP_URL = "imaps://a:b@127.0.0.1:9/INBOX"
    pauses = list[float]()

    def rest(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", rest)
    told = StringIO()
    with pytest.raises(KeyboardInterrupt):
        call_command("read_replies", imap=True, watch=7, stderr=told)
    assert pauses == [7, 7]
    assert told.getvalue().count("La boîte ne s’ouvre pas") == 2


def test_the_address_of_whoever_is_sent_goes_with_the_words(guest: Invitation) -> None:
    row = receive(delegate("ACCEPTED"))
    purge(timezone.now() + MAILS_KEPT * 1.1)
    row.refresh_from_db()
    assert (row.delegated_to, row.text, bytes(row.raw)) == ("", "", b"")
