"""What people type, and what others may send through it, into calendar objects."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from invitations import itip
from invitations.itip import CalendarEvent, Person
from invitations.mime import one_line, plain_text

AMINA = Person(name="Amina", email="reponse+k4x7m2@rdv.example.fr")
CHLOE = Person(name="Chloé Martin", email="chloe@example.org")
LUNCH = CalendarEvent(
    uid="6f0e6d1c-3d0c-4a7e-9b51-2d7f8c0a9e11@rdv.example.fr",
    sequence=0,
    stamp=datetime(2026, 9, 1, 8, tzinfo=UTC),
    starts_at=datetime(2026, 10, 15, 10, 15, tzinfo=UTC),
    ends_at=datetime(2026, 10, 15, 12, 0, tzinfo=UTC),
    summary="Déjeuner",
    description="À bientôt.",
    location="Salle des Acacias, Crest",
    latitude=44.728411,
    longitude=5.022178,
)

NASTY = ["\r\n", "\n", "\x00", "\x0b", "\x85", "\u2028", "\\n", "\\N", ";", ",", '"']
NASTY += ["👩‍⚕️", "שלום", "\u202eexe", "^n", "%2C", "\ud800", "\nATTENDEE:x", "’", ":"]
hostile = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=40))).map("".join)


def request(event=LUNCH, *, organiser=AMINA, attendee=CHLOE) -> bytes:
    return itip.request(event, organiser=organiser, attendee=attendee)


def lines(data: bytes) -> list[str]:
    """Unfolded, after a check of the bytes themselves (RFC 5545 section 3.1)."""
    assert data.endswith(b"\r\n")
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    raw = data.split(b"\r\n")[:-1]
    assert all(0 < len(line) <= 75 for line in raw)
    for line in raw:
        line.decode()  # a fold never splits a letter
    return data.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def names(data: bytes) -> list[str]:
    return [re.split("[;:]", line)[0] for line in lines(data)]


def test_nobody_invites_themselves():
    with pytest.raises(ValueError, match="cannot be the guest"):
        request(attendee=replace(CHLOE, email=AMINA.email.upper()))


@pytest.mark.parametrize(
    "email",
    ["", "chloe", "a@b@c.fr", "a b@c.fr", "a@c.fr\r\nX:y", "<a@c.fr>", 'a"@c.fr'],
)
def test_what_is_no_address_is_refused(email):
    with pytest.raises(ValueError, match="not an address"):
        request(attendee=replace(CHLOE, email=email))


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "/r/4211", "https://x.fr/\r\nX:y", "https://é.fr/", "x"],
)
def test_what_is_no_link_is_refused(url):
    with pytest.raises(ValueError, match="not an absolute link"):
        request(replace(LUNCH, url=url))


@pytest.mark.parametrize("wrong", [{"uid": "a\r\nX:y" * 3}, {"uid": "4211"}])
def test_a_uid_is_plain_and_long_enough(wrong):
    with pytest.raises(ValueError, match="not an event"):
        request(replace(LUNCH, **wrong))


@pytest.mark.parametrize("summary", ["", " \x00\u2028 "])
def test_an_event_has_a_title(summary):
    with pytest.raises(ValueError, match="not an event"):
        request(replace(LUNCH, summary=summary))


@settings(deadline=None)
@given(summary=hostile, description=hostile, location=hostile, name=hostile)
@example(summary="a\\nb", description="\\N", location='"', name='"x" ^n')
@example(summary="%2C\\;", description="\\", location="a,b", name="a=b;c:d,e")
def test_hostile_text_stays_in_its_field(summary, description, location, name):
    event = replace(
        LUNCH,
        summary=f"Déjeuner {summary}",
        description=description,
        location=location,
    )
    people = {
        "organiser": replace(AMINA, name=name),
        "attendee": replace(CHLOE, name=name),
    }
    data = request(event, **people)
    optional = {"DESCRIPTION", "LOCATION", "GEO", "X-APPLE-STRUCTURED-LOCATION"}
    usual = sorted(names(request()))
    assert sorted(names(data)) == [
        name for name in usual if name not in optional or name in names(data)
    ]
    (found,) = Calendar.from_ical(data).walk("VEVENT")
    assert found["SUMMARY"] == one_line(event.summary)
    assert found.get("DESCRIPTION", "") == plain_text(description)
    assert found.get("LOCATION", "") == one_line(location)
    shown = one_line(name.replace('"', "’").replace("^", " "))
    for person, email in (("ATTENDEE", CHLOE.email), ("ORGANIZER", AMINA.email)):
        assert found[person] == f"mailto:{email}"
        assert found[person].params["CN"] == (shown or email)


@settings(deadline=None)
@given(name=hostile)
def test_a_hostile_name_of_a_feed_stays_a_name(name):
    data = itip.feed([LUNCH], name=f"Crest {name}")
    title = one_line(f"Crest {name}").replace(";", "\\;").replace(",", "\\,")
    assert {f"NAME:{title}", f"X-WR-CALNAME:{title}"} <= set(lines(data))
    assert names(data).count("BEGIN") == names(itip.feed([LUNCH], name="x")).count(
        "BEGIN"
    )


def test_the_no_break_spaces_of_french_stay():
    typed = "«\u202fDéjeuner\u202f» à 12\u00a0h\u00a015,  \r\nau calme"
    kept = "«\u202fDéjeuner\u202f» à 12\u00a0h\u00a015, au calme"
    (event,) = Calendar.from_ical(request(replace(LUNCH, summary=typed))).walk("VEVENT")
    assert event["SUMMARY"] == kept


def test_the_google_link_gives_the_instants():
    url = urlsplit(itip.google_url(LUNCH))
    query = parse_qs(url.query, strict_parsing=True)
    assert (url.scheme, url.netloc) == ("https", "calendar.google.com")
    assert query["action"] == ["TEMPLATE"]
    assert query["dates"] == ["20261015T101500Z/20261015T120000Z"]
    assert query["text"] == [LUNCH.summary]
    assert query["details"] == [LUNCH.description]
    assert query["location"] == [LUNCH.location]


def test_the_outlook_link_gives_the_instants_and_no_plus_sign():
    link = itip.outlook_url(LUNCH)
    query = parse_qs(urlsplit(link).query, strict_parsing=True)
    assert link.startswith("https://outlook.live.com/calendar/0/deeplink/compose?")
    assert query["startdt"] == ["2026-10-15T10:15:00Z"]
    assert query["enddt"] == ["2026-10-15T12:00:00Z"]
    assert query["subject"] == [LUNCH.summary]
    assert "+" not in link


@settings(deadline=None)
@given(text=hostile)
def test_hostile_text_adds_nothing_to_a_link(text):
    event = replace(LUNCH, summary=f"x {text}", description=f"&b={text}")
    query = parse_qs(urlsplit(itip.google_url(event)).query)
    assert set(query) == {"action", "text", "dates", "ctz", "details", "location"}
    assert query["details"] == [plain_text(event.description)]
