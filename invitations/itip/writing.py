"""Calendar objects as bytes (RFC 5545, RFC 5546, RFC 7986), from plain values.

Calendars are synchronised, shown to secretaries and forwarded: neither `url` nor
`description` may hold a link that answers for the person.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone
from icalendar.prop import vCalAddress, vDuration, vGeo, vText, vUri

from invitations.mime import ADDRESS, one_line, plain_text

PRODID = "-//Parentheses Reseau//Rencontres 1.0//FR"
PARIS = ZoneInfo("Europe/Paris")
PARTSTATS = frozenset(
    {"NEEDS-ACTION", "ACCEPTED", "DECLINED", "TENTATIVE", "DELEGATED"}
)
STATUSES = frozenset({"TENTATIVE", "CONFIRMED", "CANCELLED"})

# Rules since 1970, not the list of dates that Calendar.add_missing_timezones()
# writes: Thunderbird, Radicale and Outlook misread that list by an hour.
ZONE_TEXT = """\
BEGIN:VTIMEZONE
TZID:Europe/Paris
X-LIC-LOCATION:Europe/Paris
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE
"""
# Serialised once: it costs as much as the event itself.
ZONE = Timezone.from_ical(ZONE_TEXT.replace("\n", "\r\n")).to_ical()
FIRST_EVENT = b"\r\nBEGIN:VEVENT\r\n"

UID = re.compile(r"[A-Za-z0-9@._+-]{12,255}")
LINK = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One meeting. Moments are aware; any zone will do.

    `stamp` must be later than in the message before: the same SEQUENCE and DTSTAMP
    are read as "already processed". In a feed it is the moment of the last change.
    """

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    latitude: float | None = None
    longitude: float | None = None
    status: str = "CONFIRMED"
    last_modified: datetime | None = None


def request(
    event: CalendarEvent,
    *,
    organiser: Person,
    attendee: Person,
    partstat: str = "NEEDS-ACTION",
) -> bytes:
    """METHOD:REQUEST for one person, new or updated (RFC 5546 section 3.2.2).

    `partstat` is NEEDS-ACTION for a new date, the person's own answer otherwise.
    """
    if partstat not in PARTSTATS or event.status == "CANCELLED":
        raise ValueError(f"not a request: {partstat}, {event.status}")
    component = _event(event)
    # RSVP stays TRUE after a yes: FALSE takes the answer buttons away in Outlook.
    _add_people(component, organiser, attendee, PARTSTAT=partstat, RSVP="TRUE")
    component.add("x-microsoft-disallow-counter", "TRUE")
    return _calendar([component], method="REQUEST")


def cancel(event: CalendarEvent, *, organiser: Person, attendee: Person) -> bytes:
    """METHOD:CANCEL for one person (RFC 5546 section 3.2.5).

    `event.sequence` is above the one sent last, so never 0.
    """
    if event.sequence < 1:
        raise ValueError("a cancellation has a SEQUENCE above the request's")
    component = _event(event, status="CANCELLED")
    _add_people(component, organiser, attendee)
    return _calendar([component], method="CANCEL")


def download(event: CalendarEvent) -> bytes:
    """A file to keep: no METHOD and nobody named, so no client sends an answer."""
    return _calendar([_event(event)])


def feed(events: Iterable[CalendarEvent], *, name: str, source: str = "") -> bytes:
    """A calendar to subscribe to; the same events give the same bytes."""
    components, pace = [], timedelta(hours=4)
    for event in events:
        component = _event(event)
        component.add("last-modified", _utc(event.last_modified or event.stamp))
        components.append(component)
    hints: dict[str, Any] = {
        # icalendar does not know these two as text: it would not escape them.
        "name": vText(one_line(name)),
        "x-wr-calname": vText(one_line(name)),
        "x-wr-timezone": "Europe/Paris",
        "refresh-interval": vDuration(pace, params={"VALUE": "DURATION"}),
        "x-published-ttl": vDuration(pace),
    }
    if source:
        hints["source"] = vUri(_link(source), params={"VALUE": "URI"})
    return _calendar(components, hints=hints)


def google_url(event: CalendarEvent) -> str:
    """Opens a filled-in event in Google Calendar; nothing is sent before the click."""
    return "https://calendar.google.com/calendar/render?" + _query(
        action="TEMPLATE",
        text=one_line(event.summary),
        dates="/".join(f"{moment:%Y%m%dT%H%M%SZ}" for moment in _slot(event)),
        ctz="Europe/Paris",
        details=plain_text(event.description),
        location=one_line(event.location),
    )


def outlook_url(event: CalendarEvent) -> str:
    """The same for outlook.com."""
    starts_at, ends_at = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in _slot(event))
    return "https://outlook.live.com/calendar/0/deeplink/compose?" + _query(
        path="/calendar/action/compose",
        rru="addevent",
        subject=one_line(event.summary),
        startdt=starts_at,
        enddt=ends_at,
        body=plain_text(event.description),
        location=one_line(event.location),
    )


def _query(**query: str) -> str:
    # %20, not "+": Outlook shows the plus sign in the subject.
    return urlencode({k: v for k, v in query.items() if v}, quote_via=quote)


def _calendar(
    components: list[Event], *, method: str = "", hints: dict[str, Any] | None = None
) -> bytes:
    head = {"prodid": PRODID, "version": "2.0", "calscale": "GREGORIAN"}
    calendar = Calendar()
    for key, value in {**head, "method": method, **(hints or {})}.items():
        if value:
            calendar.add(key, value)
    for component in components:
        calendar.add_component(component)
    data = _serialise(calendar)
    if not components:  # RFC 5545 section 3.6: at least one component
        return data.replace(b"END:VCALENDAR", ZONE + b"END:VCALENDAR")
    if any("TZID" in component["DTSTART"].params for component in components):
        # A whole line of its own, which no folded or escaped value can imitate.
        return data.replace(FIRST_EVENT, b"\r\n" + ZONE + FIRST_EVENT[2:], 1)
    return data


def _serialise(calendar: Calendar) -> bytes:
    # to_ical() folds letter by letter; most lines are short enough to be left alone.
    lines = [(line, line.encode()) for line in calendar.content_lines() if line]
    folded = [raw if len(raw) < 75 else line.to_ical() for line, raw in lines]
    return b"\r\n".join(folded) + b"\r\n"


def _event(event: CalendarEvent, *, status: str = "") -> Event:
    summary, location = one_line(event.summary), one_line(event.location)
    status = status or event.status
    if not summary or status not in STATUSES or not UID.fullmatch(event.uid):
        raise ValueError(f"not an event: {summary!r}, {status!r}, {event.uid!r}")
    starts_at, ends_at = _local(*_slot(event))
    component = Event()
    component.add("uid", event.uid)
    component.add("dtstamp", _utc(event.stamp))
    component.add("sequence", event.sequence)
    component.add("dtstart", starts_at)
    component.add("dtend", ends_at)
    component.add("summary", summary)
    if description := plain_text(event.description):
        component.add("description", description)
    if location:
        component.add("location", location)
        _add_point(component, event, location)
    if event.url:
        component.add("url", vUri(_link(event.url)))
    component.add("status", status)
    component.add("transp", "OPAQUE")
    component.add("class", "PUBLIC")
    return component


class _Point(vGeo):
    """Six decimals, never an exponent: Greenwich runs through Normandy."""

    def to_ical(self) -> str:
        return f"{self.latitude:.6f};{self.longitude:.6f}"


def _add_point(component: Event, event: CalendarEvent, location: str) -> None:
    if event.latitude is None or event.longitude is None:
        return
    if not (abs(event.latitude) <= 90 and abs(event.longitude) <= 180):
        raise ValueError(f"not a point: {event.latitude}, {event.longitude}")
    point = _Point((event.latitude, event.longitude))
    title, _, address = location.partition(",")
    params = {"VALUE": "URI", "X-TITLE": _param(title) or _param(location)}
    if address.strip():
        params["X-ADDRESS"] = _param(address)
    component.add("geo", point)
    place = vUri("geo:" + point.to_ical().replace(";", ","), params=params)
    component.add("x-apple-structured-location", place)


def _add_people(
    component: Event, organiser: Person, attendee: Person, **params: str
) -> None:
    if organiser.email.casefold() == attendee.email.casefold():
        raise ValueError("the organiser cannot be the guest")
    component.add("organizer", _address(organiser))
    address = _address(attendee)
    address.params.update({"CUTYPE": "INDIVIDUAL", "ROLE": "REQ-PARTICIPANT", **params})
    component.add("attendee", address)


def _address(person: Person) -> vCalAddress:
    if not ADDRESS.fullmatch(person.email):
        raise ValueError(f"not an address: {person.email!r}")
    # Without CN, Outlook takes the reader for the organiser and hides the buttons.
    name = _param(person.name) or person.email
    return vCalAddress(f"mailto:{person.email}", params={"CN": name})


def _param(text: str) -> str:
    # RFC 5545 has no way to write a double quote there, RFC 6868's "^" is little read.
    return one_line(text.replace('"', "’").replace("^", " "))


def _link(url: str) -> str:
    if not LINK.fullmatch(url):
        raise ValueError(f"not an absolute link: {url!r}")
    return url


def _slot(event: CalendarEvent) -> tuple[datetime, datetime]:
    starts_at, ends_at = _utc(event.starts_at), _utc(event.ends_at)
    if ends_at <= starts_at:
        raise ValueError(f"ends before it starts: {starts_at} {ends_at}")
    return starts_at, ends_at


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"no time zone: {moment}")
    instant = moment.astimezone(UTC).replace(microsecond=0)
    wall = moment.replace(microsecond=0, tzinfo=None)
    if instant.astimezone(moment.tzinfo).replace(tzinfo=None) != wall:
        raise ValueError(f"the clocks skip this hour: {moment}")
    return instant


def _local(*instants: datetime) -> list[datetime]:
    """Paris time, or UTC for all when one falls in the hour that comes twice."""
    moments = [instant.astimezone(PARIS) for instant in instants]
    if any(m.utcoffset() != m.replace(fold=1 - m.fold).utcoffset() for m in moments):
        return list(instants)
    return moments
