"""What comes back by mail: applied when it may be believed, kept whatever it is."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest
import time_machine
from django.conf import LazySettings
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from invitations import actions, outbox
from invitations.actions.replies import (
    accept,
    hand_over_to,
    keep_the_date,
    receive,
    settle,
)
from invitations.actions.replies.settling import NothingToApply
from invitations.models import (
    Answer,
    Delivery,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
    LetterKind,
    LetterOutcome,
    PartStat,
    Received,
)
from networking.models import Meetup, OtherAddress, Professional, Suppression, User
from networking.tokens import fingerprint
from tests.factories import InvitationFactory, ProfessionalFactory
from tests.post import CHLOE, CORPUS, OURS, TOKEN, UID, answer, ics, mail, stored
from tests.test_letters import ANSWERS
from tests.test_letters_hostile import DECLINED, NO_ANSWER

pytestmark = pytest.mark.django_db

PASSED = f"Authentication-Results: {OURS}; dmarc=pass header.from=example.org"
FAILED = f"Authentication-Results: {OURS}; dmarc=fail header.from=example.org"
SPOKEN = datetime(2026, 9, 3, 7, 15, tzinfo=UTC)
YES, NO = PartStat.ACCEPTED, PartStat.DECLINED


@pytest.fixture(autouse=True)
def _server(settings: LazySettings) -> None:
    settings.AUTHSERV_ID = OURS


@pytest.fixture
def guest(meetup: Meetup, chloe: Professional) -> Invitation:
    """Chloé, whom the mails of the corpus are from."""
    Meetup.objects.update(uid=UID)
    invitation = InvitationFactory(meetup=Meetup.objects.get(), professional=chloe)
    Invitation.objects.update(reply_hash=fingerprint(TOKEN))
    return fresh(invitation)


def fresh(invitation: Invitation) -> Invitation:
    return (
        Invitation.objects.with_person().select_related("meetup").get(pk=invitation.pk)
    )


def reply(
    partstat: str = "ACCEPTED",
    *,
    minutes: int = 0,
    sequence: int = 0,
    **more: str,
) -> bytes:
    stamp = SPOKEN + timedelta(minutes=minutes)
    body = ics(attendee=f"ATTENDEE;PARTSTAT={partstat}:mailto:{CHLOE}")
    body = body.replace(b"20260903T071500Z", f"{stamp:%Y%m%dT%H%M%SZ}".encode())
    body = body.replace(b"SEQUENCE:0", f"SEQUENCE:{sequence}".encode())
    number = f"{partstat}-{minutes}-{sequence}-{len(more)}"
    raw = answer(body, **{"top": PASSED, **more})
    return raw.replace(b"<m1@", f"<{number}@".encode())


@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "delegated"])
def test_each_program_is_heard(guest: Invitation, name: str) -> None:
    partstat, address = ANSWERS[name]
    Professional.objects.filter(pk=guest.professional_id).update(email=address)
    Meetup.objects.update(sequence=3)
    row = receive(stored(name))
    assert (row.outcome, row.reason) == (LetterOutcome.APPLIED, "")
    assert fresh(guest).partstat == partstat
    assert fresh(guest).answered_by == "itip"
    assert bytes(row.raw) == stored(name)


@pytest.mark.parametrize("name", sorted(path.stem for path in CORPUS.glob("*.eml")))
def test_no_message_of_the_corpus_is_lost(guest: Invitation, name: str) -> None:
    receive(stored(name))
    assert Received.objects.count() == 1


@pytest.mark.parametrize("name", sorted(NO_ANSWER))
def test_what_is_no_clear_answer_changes_nothing_and_is_shown(
    guest: Invitation, name: str
) -> None:
    row = receive(NO_ANSWER[name][0])
    assert row.is_held
    assert row.reason
    assert fresh(guest).partstat == PartStat.NEEDS_ACTION


def test_the_same_message_twice_is_one(guest: Invitation) -> None:
    assert receive(reply()).pk == receive(reply()).pk
    relayed = b"X-Relay: one more\r\n" + reply()
    assert receive(relayed).outcome == LetterOutcome.SAME
    assert Answer.objects.count() == 1


def test_the_newest_answer_counts_in_whatever_order_they_come(
    guest: Invitation,
) -> None:
    said = ["ACCEPTED", "DECLINED", "TENTATIVE", "ACCEPTED", "DECLINED"]
    mails = [reply(partstat, minutes=n) for n, partstat in enumerate(said)]
    for order in permutations(range(5)):
        Received.objects.all().delete()
        Answer.objects.all().delete()
        Invitation.objects.update(partstat="NEEDS-ACTION", answer_stamp=None)
        for number in (*order, *order[:2]):
            receive(mails[number])
        assert fresh(guest).partstat == NO, order


def test_an_older_answer_is_kept_and_counts_for_nothing(guest: Invitation) -> None:
    receive(reply("DECLINED", minutes=5))
    row = receive(reply("ACCEPTED"))
    assert row.outcome == LetterOutcome.OUTDATED
    assert list(Answer.objects.values_list("partstat", "counted")) == [
        ("DECLINED", True),
        ("ACCEPTED", False),
    ]


def test_an_answer_on_the_page_is_newer_than_an_old_mail(guest: Invitation) -> None:
    actions.answer(invitation=guest, partstat=NO)
    assert receive(reply()).outcome == LetterOutcome.OUTDATED
    assert fresh(guest).partstat == NO


def test_an_answer_to_another_hour_does_not_count(guest: Invitation) -> None:
    Meetup.objects.update(sequence=1, asked_sequence=1)
    row = receive(reply())
    assert (row.outcome, "a changé" in row.reason) == (LetterOutcome.OUTDATED, True)
    assert receive(reply(sequence=1, minutes=1)).outcome == LetterOutcome.APPLIED


def test_an_answer_to_the_former_place_counts(guest: Invitation) -> None:
    Meetup.objects.update(sequence=1)
    assert receive(reply()).outcome == LetterOutcome.APPLIED


def test_a_version_that_never_was_is_for_a_person(guest: Invitation) -> None:
    assert receive(reply(sequence=7)).is_held


def test_a_clock_ahead_does_not_shut_later_answers_out(guest: Invitation) -> None:
    ahead = (timezone.now() - SPOKEN) // timedelta(minutes=1) + 10_000
    receive(reply("DECLINED", minutes=ahead))
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        actions.answer(invitation=fresh(guest), partstat=YES)
    assert fresh(guest).partstat == YES
    row = Received.objects.get()
    assert row.stamp
    assert row.stamp <= timezone.now()


FORGED = {
    "no token": reply(to="reponse@parentheses.example"),
    "unknown token": reply(to=f"reponse+{'a' * 26}@parentheses.example"),
    "server says forged": reply(top=FAILED),
    "another meetup": answer(ics().replace(b"6f0e6d1c", b"7f0e6d1c"), top=PASSED),
    "somebody else": answer(
        ics(attendee="ATTENDEE;PARTSTAT=ACCEPTED:mailto:driss@example.org")
    ),
    "two people": answer(
        ics("ATTENDEE;PARTSTAT=ACCEPTED:mailto:driss@example.org"), top=PASSED
    ),
    "cancel sent to us": answer(ics(method="CANCEL"), method="CANCEL"),
    "token in the subject": mail(
        ics(), kind="text/calendar; method=REPLY", to="a@b.example", extra=TOKEN
    ),
}


@pytest.mark.parametrize("name", sorted(FORGED))
def test_whoever_claims_to_be_somebody_else_is_not_believed(
    guest: Invitation, name: str
) -> None:
    row = receive(FORGED[name])
    assert row.is_held
    assert fresh(guest).partstat == PartStat.NEEDS_ACTION
    assert not Answer.objects.exists()


def test_a_guest_does_not_answer_for_another(guest: Invitation, driss: User) -> None:
    """With a token of one's own, and the other's address."""
    other = InvitationFactory(meetup=guest.meetup, professional=ProfessionalFactory())
    row = receive(reply(to=other.reply_address))
    assert row.is_held
    assert row.invitation == other
    assert not Answer.objects.exists()


def test_two_tokens_in_one_message_are_nobodys(guest: Invitation) -> None:
    other = InvitationFactory(meetup=guest.meetup)
    both = f"reponse+{TOKEN}@parentheses.example, {other.reply_address}"
    assert receive(reply(to=both)).invitation is None


def test_without_a_link_the_right_team_sees_it(guest: Invitation) -> None:
    row = receive(FORGED["no token"])
    assert row.invitation == guest
    assert row.partstat == "ACCEPTED"


@pytest.mark.parametrize(
    ("own", "answers", "is_same"),
    [
        ("chloe@example.org", "CHLOE@Example.org", True),
        ("chloe@example.org", "chloe+pro@example.org", True),
        ("c.hloe@gmail.com", "chloe@googlemail.com", True),
        ("c.hloe@example.org", "chloe@example.org", False),
        ("chloe@example.org", "chloe@autre.example", False),
    ],
)
def test_a_person_has_several_ways_to_write_an_address(
    guest: Invitation, own: str, answers: str, is_same: bool
) -> None:
    Professional.objects.filter(pk=guest.professional_id).update(email=own)
    row = receive(answer(ics(attendee=f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{answers}")))
    assert (row.outcome == LetterOutcome.APPLIED) is is_same


def test_another_address_is_confirmed_once(guest: Invitation, amina: User) -> None:
    body = ics(attendee="ATTENDEE;PARTSTAT=ACCEPTED:mailto:chloe@cabinet.example")
    first = receive(answer(body, sender="Chloe <chloe@cabinet.example>"))
    assert first.is_held
    accept(received=first, by=amina, remember=True)
    assert fresh(guest).partstat == YES
    assert fresh(guest).recorded_by == amina
    assert OtherAddress.objects.get().email == "chloe@cabinet.example"
    later = body.replace(b"ACCEPTED", b"DECLINED").replace(
        b"20260903T071500Z", f"{timezone.now():%Y%m%dT%H%M%SZ}".encode()
    )
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        raw = answer(later).replace(b"<m1@", b"<m2@")
        stamp = f"{timezone.now():%Y%m%dT%H%M%SZ}".encode()
        raw = raw.replace(later[later.index(b"DTSTAMP:") + 8 :][:16], stamp)
        assert receive(raw).outcome == LetterOutcome.APPLIED


def test_a_yes_to_a_full_table_waits_and_is_told(guest: Invitation) -> None:
    Meetup.objects.update(capacity=0)
    row = receive(reply())
    assert row.outcome == LetterOutcome.APPLIED
    assert fresh(guest).waiting_since
    told = Delivery.objects.get(kind=DeliveryKind.STATE)
    assert told.invitation == guest


def test_an_answer_after_the_end_is_kept_and_told_once(guest: Invitation) -> None:
    Meetup.objects.get().cancel("La salle est prise.")
    for minutes in (0, 1):
        row = receive(reply(minutes=minutes))
        assert row.outcome == LetterOutcome.OUTDATED
    told = Delivery.objects.get(kind=DeliveryKind.STATE)
    assert b"method=" in bytes(told.mime).lower()
    assert fresh(guest).partstat == PartStat.NEEDS_ACTION
    assert Answer.objects.filter(counted=False).count() == 2


def test_words_go_to_whoever_organises(guest: Invitation) -> None:
    row = receive(mail("Je viens avec une tarte à l’oignon".encode(), top=PASSED))
    assert row.outcome == LetterOutcome.FORWARDED
    mailed = Delivery.objects.get(kind=DeliveryKind.FORWARD)
    assert mailed.recipient == guest.meetup.organiser.email
    outbox.deliver_due("test")
    assert "une tarte à l’oignon" in row.text


def test_words_of_nobody_wait_for_staff(guest: Invitation) -> None:
    row = receive(mail(to="reponse@parentheses.example"))
    assert (row.is_held, row.invitation) == (True, None)
    assert not Delivery.objects.exists()


def test_the_comment_of_an_answer_is_passed_on(guest: Invitation) -> None:
    address = ANSWERS["gmail-comment"][1]
    Professional.objects.filter(pk=guest.professional_id).update(email=address)
    row = receive(stored("gmail-comment"))
    assert row.outcome == LetterOutcome.APPLIED
    assert row.text
    assert Delivery.objects.filter(kind=DeliveryKind.FORWARD).count() == 1


@pytest.mark.parametrize("name", ["outlook-new-time", "google-counter"])
def test_a_proposal_never_moves_the_meetup(
    guest: Invitation, amina: User, name: str
) -> None:
    before = guest.meetup.starts_at
    row = receive(stored(name))
    assert row.kind == LetterKind.COUNTER
    assert row.is_held
    assert row.proposed_starts_at
    assert Meetup.objects.get().starts_at == before
    assert fresh(guest).partstat == PartStat.NEEDS_ACTION
    keep_the_date(received=row, by=amina)
    assert row.outcome == LetterOutcome.SETTLED
    assert Delivery.objects.filter(kind=DeliveryKind.STATE).count() == 1


def test_whoever_asks_for_the_invitation_gets_it_once_a_day(
    guest: Invitation,
) -> None:
    raw = stored("outlook-refresh")
    assert receive(raw).outcome == LetterOutcome.ANSWERED
    receive(raw.replace(b"Message-ID: <", b"Message-ID: <again"))
    sent = Delivery.objects.get(kind=DeliveryKind.INVITATION)
    assert b"method=" in bytes(sent.mime).lower()


def test_somebody_else_comes_when_the_team_says_so(
    guest: Invitation, amina: User
) -> None:
    address = ANSWERS["delegated"][1]
    Professional.objects.filter(pk=guest.professional_id).update(email=address)
    row = receive(stored("delegated"))
    assert row.is_held
    assert row.delegated_to
    profession = guest.professional.profession
    hand_over_to(received=row, first_name="Fatou", profession=profession, by=amina)
    assert fresh(guest).partstat == PartStat.DELEGATED
    assert guest.extra_seats.get().first_name == "Fatou"


@pytest.mark.parametrize("name", ["auto-gmail", "auto-exchange", "read-receipt"])
def test_programs_that_answer_alone_are_left_alone(
    guest: Invitation, name: str
) -> None:
    assert receive(stored(name)).outcome == LetterOutcome.IGNORED
    assert not Delivery.objects.exists()


def sent_to(guest: Invitation, message_id: str = "") -> Delivery:
    actions.queue_invitation(guest)
    outbox.deliver_due("test")
    delivery = Delivery.objects.get(kind=DeliveryKind.INVITATION)
    assert delivery.status == DeliveryStatus.SENT
    if message_id:
        delivery.message_id = message_id
        delivery.save()
    return delivery


def bounce_of(delivery: Delivery, recipient: str) -> bytes:
    report = (
        "From: MAILER-DAEMON@mx.example\r\nTo: {to}\r\nSubject: Undelivered\r\n"
        "Message-ID: <dsn@mx.example>\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n"
        "\r\n--b\r\nContent-Type: text/plain\r\n\r\nNot delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {who}\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n"
        "Diagnostic-Code: smtp; 550 5.1.1 User unknown\r\n"
        "--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {id}\r\n"
        "--b--\r\n"
    )
    words = {"to": delivery.sender, "who": recipient, "id": delivery.message_id}
    return report.format(**words).encode()


def test_a_message_that_comes_back_becomes_a_call(guest: Invitation) -> None:
    Professional.objects.filter(pk=guest.professional_id).update(phone="+33639980102")
    delivery = sent_to(fresh(guest))
    row = receive(bounce_of(delivery, CHLOE))
    assert row.outcome == LetterOutcome.APPLIED
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.FAILED
    assert Suppression.objects.holds(CHLOE)
    assert Delivery.objects.calls().get().invitation == guest


@pytest.mark.parametrize("what", ["other message", "other address"])
def test_a_forged_bounce_silences_nobody(guest: Invitation, what: str) -> None:
    delivery = sent_to(guest)
    raw = bounce_of(delivery, CHLOE)
    if what == "other message":
        raw = raw.replace(delivery.message_id.encode(), b"<other@example.org>")
    else:
        raw = raw.replace(CHLOE.encode(), b"driss@example.org")
    assert receive(raw).is_held
    assert not Suppression.objects.exists()


def test_a_message_that_breaks_us_is_kept(
    guest: Invitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("invitations.actions.replies.receiving.apply_answer", broken)
    row = receive(reply())
    assert (row.is_held, "erreur" in row.reason) == (True, True)
    assert bytes(Received.objects.get().raw) == reply()


def test_a_cut_message_is_for_a_person(guest: Invitation) -> None:
    assert receive(reply(), cut=True).is_held
    assert fresh(guest).partstat == PartStat.NEEDS_ACTION


def test_what_cannot_be_applied_is_said(guest: Invitation, amina: User) -> None:
    row = receive(mail(to="reponse@parentheses.example"))
    with pytest.raises(NothingToApply):
        accept(received=row, by=amina)
    with pytest.raises(NothingToApply):
        hand_over_to(received=row, first_name="Ida", profession=None, by=amina)
    settle(received=row, by=amina)
    assert (row.outcome, row.handled_by) == (LetterOutcome.SETTLED, amina)


events = st.lists(
    st.one_of(
        st.tuples(
            st.just("mail"),
            st.sampled_from(["ACCEPTED", "DECLINED", "TENTATIVE"]),
            st.integers(0, 30),
        ),
        st.tuples(st.just("forged"), st.sampled_from(sorted(FORGED)), st.just(0)),
        st.tuples(st.just("garbage"), st.binary(max_size=60), st.just(0)),
    ),
    max_size=8,
)


@given(events)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_whatever_comes_the_newest_genuine_answer_stands(
    guest: Invitation, events: list[tuple[str, str | bytes, int]]
) -> None:
    Received.objects.all().delete()
    Answer.objects.all().delete()
    Invitation.objects.all().update(partstat="NEEDS-ACTION", answer_stamp=None)
    other = Invitation.objects.exclude(pk=guest.pk).first() or InvitationFactory(
        meetup=guest.meetup
    )
    genuine: dict[int, str] = {}
    raws = set()
    for what, value, minutes in events:
        if what == "mail":
            genuine.setdefault(minutes, str(value))
            raw = reply(str(value), minutes=minutes)
        else:
            raw = FORGED[str(value)] if what == "forged" else bytes(value)  # type: ignore[arg-type]
        raws.add(raw)
        receive(raw)
    expected = genuine[max(genuine)] if genuine else "NEEDS-ACTION"
    assert fresh(guest).partstat == expected
    assert fresh(other).partstat == PartStat.NEEDS_ACTION
    assert {bytes(row.raw) for row in Received.objects.all()} == raws


def test_a_forged_declined_of_the_hostile_set_changes_nothing(
    guest: Invitation,
) -> None:
    assert receive(answer(DECLINED, to="reponse@parentheses.example")).is_held
    assert fresh(guest).partstat == PartStat.NEEDS_ACTION
