import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Component

from invitations import itip
from invitations.itip import CalendarEvent, Person

PARIS = ZoneInfo("Europe/Paris")
AMINA = Person(name="Cercle de Crest : Amina", email="reponse+k4x7m2@rdv.example.fr")
CHLOE = Person(name="Chloé Martin", email="chloe@example.org")
LUNCH = CalendarEvent(
    uid="6f0e6d1c-3d0c-4a7e-9b51-2d7f8c0a9e11@rdv.example.fr",
    sequence=0,
    stamp=datetime(2026, 9, 1, 8, tzinfo=UTC),
    starts_at=datetime(2026, 10, 15, 12, 15, tzinfo=PARIS),
    ends_at=datetime(2026, 10, 15, 14, 0, tzinfo=PARIS),
    summary="Déjeuner du cercle de Crest",
    description="Bonjour,\nvenez comme vous êtes ; à bientôt.",
    location="Salle des Acacias, 12 rue de l’Église, 26400 Crest",
    url="https://rdv.example.fr/rencontres/4211",
    latitude=44.728411,
    longitude=5.022178,
)
KNOWN = {
    *("BEGIN", "END", "PRODID", "VERSION", "CALSCALE", "METHOD", "UID", "DTSTAMP"),
    *("SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "LOCATION", "GEO"),
    *("X-APPLE-STRUCTURED-LOCATION", "URL", "STATUS", "TRANSP", "CLASS", "ORGANIZER"),
    *("ATTENDEE", "X-MICROSOFT-DISALLOW-COUNTER", "TZID", "X-LIC-LOCATION"),
    *("TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "RRULE"),
}


def read(data: bytes) -> tuple[Component, Component]:
    calendar = Calendar.from_ical(data)
    return calendar, calendar.walk("VEVENT")[0]


def request(event=LUNCH, *, organiser=AMINA, attendee=CHLOE, **answer) -> bytes:
    return itip.request(event, organiser=organiser, attendee=attendee, **answer)


def cancel(event=LUNCH, *, organiser=AMINA, attendee=CHLOE) -> bytes:
    return itip.cancel(event, organiser=organiser, attendee=attendee)


def lines(data: bytes) -> list[str]:
    return data.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def names(data: bytes) -> set[str]:
    return {re.split("[;:]", line)[0] for line in lines(data)}


def test_a_request_says_what_was_given():
    calendar, event = read(request())
    assert calendar["METHOD"] == "REQUEST"
    assert event["UID"] == LUNCH.uid
    assert event["SEQUENCE"] == 0
    assert event["DTSTAMP"].dt == LUNCH.stamp
    assert event["DTSTART"].dt == LUNCH.starts_at
    assert event["DTEND"].dt == LUNCH.ends_at
    assert event["DTSTART"].params["TZID"] == event["DTEND"].params["TZID"]
    assert event["SUMMARY"] == LUNCH.summary
    assert event["DESCRIPTION"] == LUNCH.description
    assert event["LOCATION"] == LUNCH.location
    assert event["URL"] == LUNCH.url
    assert (event["STATUS"], event["TRANSP"], event["CLASS"]) == (
        "CONFIRMED",
        "OPAQUE",
        "PUBLIC",
    )
    assert event["X-MICROSOFT-DISALLOW-COUNTER"] == "TRUE"


def test_a_request_names_one_organiser_and_one_guest():
    _, event = read(request())
    assert event["ORGANIZER"] == f"mailto:{AMINA.email}"
    assert event["ORGANIZER"].params["CN"] == AMINA.name
    assert event["ATTENDEE"] == f"mailto:{CHLOE.email}"
    assert dict(event["ATTENDEE"].params) == {
        "CN": CHLOE.name,
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "NEEDS-ACTION",
        "RSVP": "TRUE",
    }


def test_a_request_holds_nothing_of_a_feed_and_no_alarm():
    found = names(request())
    assert found == KNOWN
    assert b"VALARM" not in request()


def test_the_method_stands_before_the_components():
    assert lines(request())[:5] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Parentheses Reseau//Rencontres 1.0//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:REQUEST",
    ]


def test_the_zone_is_two_yearly_rules():
    calendar, _ = read(request())
    (zone,) = calendar.walk("VTIMEZONE")
    rules = {part.name: part["RRULE"].to_ical().decode() for part in zone.subcomponents}
    starts = {part.name: part["DTSTART"].to_ical() for part in zone.subcomponents}
    assert rules == {
        "DAYLIGHT": "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3",
        "STANDARD": "FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10",
    }
    assert starts == {"DAYLIGHT": b"19700329T020000", "STANDARD": b"19701025T030000"}
    assert b"RDATE" not in request()


@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE", "DELEGATED"])
def test_an_update_keeps_the_answer_of_the_guest(partstat):
    _, event = read(request(partstat=partstat))
    assert event["ATTENDEE"].params["PARTSTAT"] == partstat
    assert event["ATTENDEE"].params["RSVP"] == "TRUE"


@pytest.mark.parametrize("partstat", ["", "accepted", "COMPLETED", "X;CN=y"])
def test_an_unknown_answer_is_refused(partstat):
    with pytest.raises(ValueError, match="not a request"):
        request(partstat=partstat)


def test_a_cancelled_meeting_is_not_a_request():
    with pytest.raises(ValueError, match="not a request"):
        request(replace(LUNCH, status="CANCELLED"))


def test_a_cancellation_is_a_cancel_with_its_date():
    calendar, event = read(cancel(replace(LUNCH, sequence=3)))
    assert calendar["METHOD"] == "CANCEL"
    assert event["STATUS"] == "CANCELLED"
    assert event["SEQUENCE"] == 3
    assert event["DTSTART"].dt == LUNCH.starts_at
    assert event["ORGANIZER"] == f"mailto:{AMINA.email}"
    assert event["ATTENDEE"] == f"mailto:{CHLOE.email}"
    assert "RSVP" not in event["ATTENDEE"].params


def test_a_first_message_cannot_be_a_cancellation():
    with pytest.raises(ValueError, match="SEQUENCE"):
        cancel(replace(LUNCH, sequence=0))


def test_a_download_asks_nobody_for_an_answer():
    found = names(itip.download(LUNCH))
    assert not {"METHOD", "ORGANIZER", "ATTENDEE"} & found
    _, event = read(itip.download(LUNCH))
    assert event["UID"] == LUNCH.uid


def test_a_feed_gives_its_name_its_pace_and_each_version():
    moved = replace(
        LUNCH,
        uid="0b6c2a51-ffff-4a7e-9b51-2d7f8c0a9e11@rdv.example.fr",
        sequence=2,
        last_modified=datetime(2026, 9, 3, 9, tzinfo=UTC),
    )
    source = "https://rdv.example.fr/agenda/crest.ics"
    data = itip.feed([LUNCH, moved], name="Déjeuners, Crest", source=source)
    calendar = Calendar.from_ical(data)
    assert "NAME:Déjeuners\\, Crest" in lines(data)
    assert "X-WR-CALNAME:Déjeuners\\, Crest" in lines(data)
    assert calendar["X-WR-TIMEZONE"] == "Europe/Paris"
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT4H" in lines(data)
    assert "X-PUBLISHED-TTL:PT4H" in lines(data)
    assert f"SOURCE;VALUE=URI:{source}" in lines(data)
    events = calendar.walk("VEVENT")
    assert [event["SEQUENCE"] for event in events] == [0, 2]
    assert [event["LAST-MODIFIED"].dt for event in events] == [
        LUNCH.stamp,
        moved.last_modified,
    ]
    assert len(calendar.walk("VTIMEZONE")) == 1
    assert not {"METHOD", "ORGANIZER", "ATTENDEE", "VALARM"} & names(data)


def test_an_empty_feed_is_still_a_calendar():
    calendar = Calendar.from_ical(itip.feed([], name="Rien encore"))
    assert [part.name for part in calendar.subcomponents] == ["VTIMEZONE"]


def test_the_same_values_give_the_same_bytes():
    assert request() == request()
    assert itip.feed([LUNCH], name="Crest") == itip.feed([LUNCH], name="Crest")
    in_utc = replace(LUNCH, starts_at=LUNCH.starts_at.astimezone(UTC))
    assert request(in_utc) == request()


@settings(deadline=None)
@given(latitude=st.floats(-90, 90), longitude=st.floats(-180, 180))
@example(latitude=49.3, longitude=0.00005)
def test_a_point_is_written_with_dots_twice_the_same(latitude, longitude):
    found = lines(request(replace(LUNCH, latitude=latitude, longitude=longitude)))
    (geo,) = [line[4:] for line in found if line.startswith("GEO:")]
    (apple,) = [line for line in found if line.startswith("X-APPLE")]
    assert re.fullmatch(r"-?\d{1,2}\.\d{6};-?\d{1,3}\.\d{6}", geo)
    assert apple.endswith(f":geo:{geo.replace(';', ',')}")


def test_the_point_of_apple_carries_the_place_and_its_address():
    _, event = read(request())
    place = event["X-APPLE-STRUCTURED-LOCATION"]
    assert place.params["VALUE"] == "URI"
    assert place.params["X-TITLE"] == "Salle des Acacias"
    assert place.params["X-ADDRESS"] == "12 rue de l’Église, 26400 Crest"


@pytest.mark.parametrize("point", [(91.0, 5.0), (44.0, 181.0), (float("nan"), 5.0)])
def test_an_impossible_point_is_refused(point):
    with pytest.raises(ValueError, match="not a point"):
        request(replace(LUNCH, latitude=point[0], longitude=point[1]))


def test_without_a_point_there_is_no_geo():
    _, event = read(request(replace(LUNCH, longitude=None)))
    assert "GEO" not in event
    assert "X-APPLE-STRUCTURED-LOCATION" not in event


@pytest.mark.parametrize(
    ("starts_at", "offset"),
    [
        (datetime(2026, 10, 24, 22, 0, tzinfo=PARIS), 2),  # over the autumn night
        (datetime(2027, 3, 27, 22, 0, tzinfo=PARIS), 1),  # over the spring night
        (datetime(2027, 1, 14, 12, 15, tzinfo=PARIS), 1),
        (datetime(2027, 7, 14, 12, 15, tzinfo=PARIS), 2),
    ],
)
def test_hours_are_those_of_paris(starts_at, offset):
    ends_at = starts_at + timedelta(hours=8)
    _, event = read(request(replace(LUNCH, starts_at=starts_at, ends_at=ends_at)))
    assert event["DTSTART"].params["TZID"] == "Europe/Paris"
    assert event["DTSTART"].to_ical() == f"{starts_at:%Y%m%dT%H%M%S}".encode()
    assert event["DTSTART"].dt.utcoffset() == timedelta(hours=offset)
    assert event["DTEND"].dt.astimezone(UTC) == ends_at.astimezone(UTC)


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_is_written_in_utc(fold):
    starts_at = datetime(2026, 10, 25, 2, 30, tzinfo=PARIS, fold=fold)
    ends_at = datetime(2026, 10, 25, 5, 0, tzinfo=PARIS)
    data = request(replace(LUNCH, starts_at=starts_at, ends_at=ends_at))
    assert f"DTSTART:20261025T0{fold}3000Z" in lines(data)
    assert "DTEND:20261025T040000Z" in lines(data)
    assert b"VTIMEZONE" not in data


def test_the_hour_that_never_comes_is_refused():
    starts_at = datetime(2027, 3, 28, 2, 30, tzinfo=PARIS)
    with pytest.raises(ValueError, match="the clocks skip this hour"):
        request(
            replace(LUNCH, starts_at=starts_at, ends_at=starts_at + timedelta(hours=4))
        )


@pytest.mark.parametrize("field", ["starts_at", "ends_at", "stamp"])
def test_a_floating_moment_is_refused(field):
    with pytest.raises(ValueError, match="no time zone"):
        request(replace(LUNCH, **{field: datetime(2026, 10, 15, 13, 0)}))


def test_a_meeting_ends_after_it_starts():
    with pytest.raises(ValueError, match="ends before"):
        itip.download(replace(LUNCH, ends_at=LUNCH.starts_at))


def test_long_titles_and_places_end_with_an_ellipsis():
    _, event = read(request(replace(LUNCH, summary="é" * 400, location="👩‍⚕️" * 100)))
    assert event["SUMMARY"] == "é" * 254 + "…"
    assert len(event["LOCATION"]) <= 255
    assert event["LOCATION"][-2] not in "\u200d\ufe0f"


def test_a_guest_without_a_name_is_shown_by_the_address():
    _, event = read(request(attendee=replace(CHLOE, name="\x00")))
    assert event["ATTENDEE"].params["CN"] == CHLOE.email
