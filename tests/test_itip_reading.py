"""Answers of calendar programs become values; faults get a code, never a traceback."""

from dataclasses import replace
from datetime import UTC, datetime
from time import perf_counter

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from invitations import itip
from invitations.itip import UnreadableCalendar, parse_reply
from tests.post import CHLOE, REPLY_TO, UID, ics
from tests.test_itip import AMINA, LUNCH
from tests.test_itip import CHLOE as GUEST

NOON = datetime(2026, 10, 16, 10, 30, tzinfo=UTC)


def refusal(content: bytes | str) -> str:
    with pytest.raises(UnreadableCalendar) as refused:
        parse_reply(content)
    return refused.value.reason


def counter(*lines: str) -> itip.Answer:
    return parse_reply(ics(*lines, method="COUNTER"))


def test_a_reply_gives_its_values():
    read = parse_reply(ics("COMMENT:Sans gluten\\, merci"))
    assert (read.method, read.uid, read.sequence) == ("REPLY", UID, 0)
    assert read.stamp == datetime(2026, 9, 3, 7, 15, tzinfo=UTC)
    assert read.organiser == REPLY_TO
    assert read.attendee == itip.Attendee(address=CHLOE, partstat="ACCEPTED")
    assert read.comment == "Sans gluten, merci"
    assert read.problems == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.replace(b"\r\n", b"\n"),
        lambda raw: raw.replace(b"\r\n", b"\r"),
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: raw.decode().encode("utf-16"),
        lambda raw: raw.replace(b"METHOD:REPLY", b"method:Reply"),
        lambda raw: raw.replace(b"mailto:", b"MAILTO:"),
        lambda raw: raw.replace(b"reponse+", b"reponse%2B"),
        lambda raw: raw.replace(b"PARTSTAT=ACCEPTED", b'partstat="accepted"'),
        lambda raw: raw.replace(b"chloe@", b"Chloe@"),
        lambda raw: raw.replace(b"ACCEPTED:", b"ACCEPTED;CN=Dr: Chloe:"),
        lambda raw: raw.replace(b"ATTENDEE;", b'ATTENDEE;CN="M:artin; C,";'),
        lambda raw: raw.replace(b"20260903T071500Z", b"2026-09-03T07:15:00Z"),
        lambda raw: raw.replace(b"BEGIN:VEVENT", b"odd line\r\n:\r\nBEGIN:VEVENT", 1),
        lambda raw: raw + b"\r\n\r\n",
    ],
)
def test_what_programs_do_to_a_reply_changes_nothing(change):
    assert parse_reply(change(ics())) == parse_reply(ics())


def test_a_fold_in_the_middle_of_a_letter_is_undone():
    folded = ics("COMMENT:Désolée").replace("é".encode(), b"\xc3\r\n \xa9", 1)
    assert parse_reply(folded).comment == "Désolée"


def test_text_that_is_not_utf_8_is_read_as_declared_or_as_windows_does():
    raw = ics("COMMENT:À l’œuvre…").decode()
    assert parse_reply(raw.encode("windows-1252")).comment == "À l’œuvre…"
    greek = ics("COMMENT:Γεια").decode().encode("iso-8859-7")
    assert parse_reply(greek, charset="ISO-8859-7").comment == "Γεια"


def test_exchange_may_leave_out_organiser_stamp_and_sequence():
    for name in ("ORGANIZER", "DTSTAMP", "SEQUENCE"):
        parse_reply(ics(without=name))
    read = parse_reply(ics(without="ORGANIZER"))
    assert (read.organiser, read.problems) == ("", ())
    assert parse_reply(ics(without="DTSTAMP")).stamp is None
    assert parse_reply(ics(without="SEQUENCE")).sequence is None


@pytest.mark.parametrize(
    ("line", "comment"),
    [
        ("COMMENT:I&rsquo\\;ve moved", "I’ve moved"),
        ("COMMENT;LANGUAGE=fr:Un\\nDeux\\NTrois", "Un\nDeux\nTrois"),
        ("COMMENT:a\\\\nb", "a/nb"),
        ("COMMENT:\x00\x0bx\x1b", "x"),
        ("COMMENT:" + "é" * 5_000, "é" * 2_000),
    ],
)
def test_a_comment_is_plain_text(line, comment):
    assert parse_reply(ics(line)).comment == comment


def test_google_puts_the_comment_beside_the_address():
    line = f'ATTENDEE;PARTSTAT=DECLINED;X-RESPONSE-COMMENT="a^nb, c":mailto:{CHLOE}'
    assert parse_reply(ics(attendee=line)).comment == "a\nb, c"


def test_a_delegation_names_both():
    line = (
        'ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:a@x.fr","mailto:b@x.fr";'
        f'DELEGATED-FROM="MAILTO:C@x.fr";SENT-BY="mailto:s@x.fr":mailto:{CHLOE}'
    )
    person = parse_reply(ics(attendee=line)).attendee
    assert person.delegated_to == ("a@x.fr", "b@x.fr")
    assert person.delegated_from == ("c@x.fr",)
    assert person.sent_by == "s@x.fr"


@pytest.mark.parametrize(
    "start",
    [
        "DTSTART:20261016T103000Z",
        "DTSTART;TZID=Europe/Paris:20261016T123000",
        'DTSTART;TZID="Europe/Paris":20261016T123000',
        "DTSTART;TZID=Romance Standard Time:20261016T123000",
        "DTSTART;TZID=W. Europe Standard Time:20261016T123000",
        "DTSTART;TZID=central europe standard time:20261016T123000",
        "DTSTART;TZID=GMT Standard Time:20261016T113000",
        "DTSTART;TZID=GTB Standard Time:20261016T133000",
        "DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Paris:20261016T123000",
        'DTSTART;TZID="tzone://Microsoft/Utc":20261016T103000',
        "DTSTART;TZID=America/Cayenne:20261016T073000",
        "DTSTART:20261016T123000",
    ],
)
def test_a_proposed_time_is_an_instant_in_any_zone(start):
    read = counter(start, "DURATION:PT1H30M")
    assert read.proposed_start == NOON
    assert read.proposed_end == datetime(2026, 10, 16, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "start",
    [
        "DTSTART;VALUE=DATE:20261016",
        "DTSTART;TZID=Ici:20261016T123000",
        "DTSTART;TZID=../../etc/passwd:20261016T123000",
        "DTSTART;TZID=Europe:20261016T123000",
        "DTSTART:20261399T999999Z",
        "DTSTART:00010101T000000",
        "DTSTART;TZID=America/Cayenne:99991231T235959",
        "DTSTART:٢٠٢٦١٠١٦T103000Z",
        "X-NOTHING:1",
    ],
)
def test_a_time_that_says_no_instant_is_told(start):
    read = counter(start)
    assert read.proposed_start is None
    assert "no-proposal" in read.problems


def test_an_end_before_its_start_is_no_proposal():
    read = counter("DTSTART:20261016T103000Z", "DTEND:20261016T093000Z")
    assert (read.proposed_start, read.proposed_end) == (None, None)


def test_the_dates_of_a_reply_are_not_read():
    read = parse_reply(ics("DTSTART:20261016T103000Z"))
    assert read.proposed_start is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no-calendar"),
        (b"Bonjour", "no-calendar"),
        (b"BEGIN:VEVENT\nEND:VEVENT\n", "no-calendar"),
        (ics() + ics(), "several-calendars"),
        (ics(method=""), "no-method"),
        (ics(method="RE PLY"), "bad-method"),
        (ics("METHOD:CANCEL").replace(b"BEGIN:VEVENT", b"METHOD:ADD\r\nBEGIN:VEVENT"),
         "repeated-method"),
        (ics()[:-20], "unbalanced"),
        (ics("BEGIN:VALARM"), "unbalanced"),
        (b"END:\r\nEND:\r\n" + ics(), "unbalanced"),
        (ics("END:VEVENT", "BEGIN:VEVENT", f"UID:{UID}"), "several-events"),
        (ics("END:VEVENT", *["BEGIN:VEVENT", "END:VEVENT"] * 99, "BEGIN:VEVENT"),
         "several-events"),
        (ics().replace(b"VEVENT", b"VTODO"), "no-event"),
        (ics(*["BEGIN:X"] * 50_000), "too-big"),
        (ics(*["BEGIN:X"] * 1_000), "nested-too-deep"),
        (ics(*["a:"] * 21_000), "too-many-lines"),
        (ics("COMMENT:" + "x" * 100_000), "too-big"),
        (ics(without="UID"), "no-uid"),
        (ics(f"UID:{UID}"), "repeated-uid"),
        (ics("UID:" + "u" * 256, without="UID"), "bad-uid"),
        (ics("UID:a\x00b", without="UID"), "bad-uid"),
        (ics("SEQUENCE:1"), "repeated-sequence"),
        (ics("SEQUENCE:-1", without="SEQUENCE"), "bad-sequence"),
        (ics("SEQUENCE:1.5", without="SEQUENCE"), "bad-sequence"),
        (ics("SEQUENCE:٣", without="SEQUENCE"), "bad-sequence"),
        (ics("SEQUENCE:", without="SEQUENCE"), "bad-sequence"),
        (ics("SEQUENCE:2147483648", without="SEQUENCE"), "bad-sequence"),
        (ics("SEQUENCE:" + "9" * 50_000, without="SEQUENCE"), "bad-sequence"),
        (ics("DTSTAMP:20260904T000000Z"), "repeated-dtstamp"),
        (ics("ORGANIZER:mailto:x@y.fr"), "repeated-organizer"),
        (ics(attendee=""), "no-attendee"),
        (ics(attendee='ATTENDEE;CN="x:mailto:chloe@example.org'), "no-attendee"),
        (ics(*["ATTENDEE:mailto:a@b.fr"] * 600), "too-many-attendees"),
    ],
)  # fmt: skip
def test_what_says_two_things_or_nothing_is_refused_with_a_code(content, reason):
    assert refusal(content) == reason


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (ics("ATTENDEE;PARTSTAT=DECLINED:mailto:d@x.fr"), "several-attendees"),
        (ics("DTSTAMP:hier", without="DTSTAMP"), "bad-stamp"),
        (ics(attendee="ATTENDEE;PARTSTAT=ACCEPTED:urn:x"), "bad-attendee"),
        (ics(attendee="ATTENDEE;PARTSTAT=DECLINED:mailto:a b@c.fr"), "bad-attendee"),
    ],
)
def test_lesser_faults_are_told_beside_the_values(content, problem):
    read = parse_reply(content)
    assert read.problems == (problem,)
    assert problem != "several-attendees" or read.attendee is None


@pytest.mark.parametrize("partstat", ["", "ACC\x00EPTED", "É", "A" * 99, "X Y"])
def test_an_answer_that_is_none_stays_empty(partstat):
    line = f"ATTENDEE;PARTSTAT={partstat}:mailto:{CHLOE}"
    read = parse_reply(ics(attendee=line))
    assert (read.attendee.partstat, read.problems) == ("", ("no-partstat",))


@pytest.mark.parametrize(
    "line",
    [
        "RRULE:FREQ=SECONDLY;COUNT=999999999",
        "ATTACH;ENCODING=BASE64;VALUE=BINARY:" + "A" * 90_000,
        "X-A" + ";A=" * 30_000 + ":",
        "X-A" + ';A="' * 20_000,
        "COMMENT:" + "&" * 90_000,
        "DESCRIPTION:" + "\\" * 90_000,
        "ATTENDEE;CN=" + '"a",' * 20_000,
    ],
    ids=lambda line: line[:20],
)
def test_a_flood_costs_nothing(line):
    content = ics(*[line] * (90_000 // len(line)))
    start = perf_counter()
    assert parse_reply(content).uid == UID
    assert perf_counter() - start < 0.5


def test_icalendar_reads_the_same():
    content = ics("COMMENT:Sans gluten\\, merci", "DTSTART:20261016T103000Z")
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    read = parse_reply(content)
    assert event["UID"] == read.uid
    assert event["COMMENT"] == read.comment
    assert event["DTSTAMP"].dt == read.stamp
    assert event["ATTENDEE"].params["PARTSTAT"] == read.attendee.partstat


@settings(deadline=None)
@given(
    sequence=st.integers(0, 2**31 - 1),
    stamp=st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1)),  # noqa: DTZ001
    name=st.text(max_size=80),
    partstat=st.sampled_from(["ACCEPTED", "DECLINED", "TENTATIVE"]),
)
def test_what_we_send_comes_back_as_it_left(sequence, stamp, name, partstat):
    """A program answers by turning our REQUEST into a REPLY."""
    event = replace(LUNCH, sequence=sequence, stamp=stamp.replace(tzinfo=UTC))
    guest = replace(GUEST, name=name)
    sent = itip.request(event, organiser=AMINA, attendee=guest).replace(b"\r\n ", b"")
    answered = sent.replace(b"METHOD:REQUEST", b"METHOD:REPLY").replace(
        b"PARTSTAT=NEEDS-ACTION", f"PARTSTAT={partstat}".encode()
    )
    read = parse_reply(answered)
    assert (read.method, read.uid, read.sequence) == ("REPLY", event.uid, sequence)
    assert read.stamp == event.stamp.replace(microsecond=0)
    assert (read.attendee.address, read.attendee.partstat) == (GUEST.email, partstat)
    assert read.organiser == AMINA.email


LINES = [b"BEGIN:VCALENDAR", b"END:VCALENDAR", b"BEGIN:VEVENT", b"END:VEVENT"]
LINES += [*ics().split(b"\r\n"), b"METHOD:COUNTER", b"DTSTART:x", b"SEQUENCE:1", b" "]
LINES += [b'ATTENDEE;CN="', b"DURATION:P", b"TZID=\x00", b"COMMENT:&#xD800;", b"\xff"]


@settings(deadline=None, max_examples=300)
@given(st.one_of(st.binary(), st.lists(st.sampled_from(LINES)).map(b"\r\n".join)))
@example(ics("COMMENT:&#1114112;&#0;"))
@example(ics("DTSTART:20261016T103000Z", "DURATION:P999W", method="COUNTER"))
def test_any_bytes_give_an_answer_or_a_code(content):
    for charset in ("", "utf-16", "punycode", "x\x00"):
        try:
            assert parse_reply(content, charset=charset).uid
        except UnreadableCalendar as refused:
            assert refused.reason  # noqa: PT017 - either outcome is right
