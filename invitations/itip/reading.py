"""Answers of calendar programs (RFC 5546), from bytes to plain values.

Nothing here is believed: who may answer for whom is decided by the reply address and
the receiving server. SUMMARY and LOCATION are not read: Outlook writes "Accepté : …".
"""

import html
import re
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote

from invitations.itip import lines, moments
from invitations.itip.lines import Component, Line, UnreadableCalendar
from invitations.mime import ADDRESS, plain_text

ANSWERS = frozenset({"REPLY", "COUNTER", "REFRESH"})
MAX_ATTENDEES = 500
MAX_COMMENT = 2_000
MAX_SEQUENCE = 2**31 - 1  # RFC 5545 section 3.3.8

METHOD = re.compile(r"[A-Z-]{1,32}")
PARTSTAT = re.compile(r"[A-Z0-9-]{1,32}")
UID = re.compile(r"[^\x00-\x1f\x7f]{1,255}")
NUMBER = re.compile(r"\+?([0-9]{1,10})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Addresses are bare and in lower case; `partstat` in capitals, "" when absent."""

    address: str
    partstat: str = ""
    delegated_to: tuple[str, ...] = ()
    delegated_from: tuple[str, ...] = ()
    sent_by: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Moments are in UTC. `problems` are English codes of what was left out.

    `organiser` is empty in what Exchange writes. `sequence` None is the current one.
    """

    method: str
    uid: str
    sequence: int | None = None
    stamp: datetime | None = None
    attendees: tuple[Attendee, ...] = ()
    organiser: str = ""
    comment: str = ""
    proposed_start: datetime | None = None
    proposed_end: datetime | None = None
    original_start: datetime | None = None
    problems: tuple[str, ...] = ()

    @property
    def attendee(self) -> Attendee | None:
        """Who answers; None unless it is exactly one (RFC 5546 section 3.2.3)."""
        return self.attendees[0] if len(self.attendees) == 1 else None


def method_of(ics: bytes, *, charset: str = "") -> str:
    """METHOD in capitals; "" when there is none. Raises UnreadableCalendar."""
    return _method(lines.read(ics, charset))


def parse_reply(ics: bytes | str, *, charset: str = "") -> Answer:
    """The one event of a REPLY, COUNTER or REFRESH, or of any other method.

    Raises UnreadableCalendar, and nothing else, when METHOD, UID or SEQUENCE are
    missing or wrong, or say two things; other faults go into `problems`.
    """
    raw = ics.encode(errors="replace") if isinstance(ics, str) else ics
    calendar = lines.read(raw, charset)
    if not (method := _method(calendar)):
        raise UnreadableCalendar("no-method")
    event = _event(calendar)
    attendees = _attendees(event)
    if method == "REPLY" and not attendees:
        raise UnreadableCalendar("no-attendee")
    start, end, original = _slot(event) if method == "COUNTER" else (None,) * 3
    stamp = event.one("DTSTAMP")
    organiser = event.one("ORGANIZER")
    answer = Answer(
        method=method,
        uid=_uid(event),
        sequence=_sequence(event),
        stamp=moments.instant(stamp) if stamp else None,
        attendees=attendees,
        organiser=_address(organiser.value) if organiser else "",
        comment=_comment(event, attendees),
        proposed_start=start,
        proposed_end=end,
        original_start=original,
    )
    return _with_problems(answer, stamped=stamp is not None)


def _with_problems(answer: Answer, *, stamped: bool) -> Answer:
    is_reply = answer.method == "REPLY"
    checks = {
        "bad-stamp": stamped and answer.stamp is None,
        "several-attendees": is_reply and answer.attendee is None,
        "no-partstat": is_reply and not all(one.partstat for one in answer.attendees),
        "bad-attendee": not all(one.address for one in answer.attendees),
        "no-proposal": answer.method == "COUNTER" and answer.proposed_start is None,
    }
    found = tuple(code for code, is_so in checks.items() if is_so)
    return replace(answer, problems=found)


def _method(calendar: Component) -> str:
    line = calendar.one("METHOD")
    if not line:
        return ""
    method = line.value.strip().upper()
    if not METHOD.fullmatch(method):
        raise UnreadableCalendar("bad-method")
    return method


def _event(calendar: Component) -> Component:
    events = [child for child in calendar.children if child.name == "VEVENT"]
    if len(events) != 1:
        raise UnreadableCalendar("several-events" if events else "no-event")
    return events[0]


def _uid(event: Component) -> str:
    line = event.one("UID")
    uid = lines.unescaped(line.value).strip() if line else ""
    if not UID.fullmatch(uid):
        raise UnreadableCalendar("bad-uid" if uid else "no-uid")
    return uid


def _sequence(event: Component) -> int | None:
    line = event.one("SEQUENCE")
    if not line:
        return None
    found = NUMBER.fullmatch(line.value.strip())
    # Never read as "missing", which stands for the current one.
    if not found or int(found[1]) > MAX_SEQUENCE:
        raise UnreadableCalendar("bad-sequence")
    return int(found[1])


def _attendees(event: Component) -> tuple[Attendee, ...]:
    found = event.all("ATTENDEE")
    if len(found) > MAX_ATTENDEES:
        raise UnreadableCalendar("too-many-attendees")
    return tuple(_attendee(line) for line in found)


def _attendee(line: Line) -> Attendee:
    partstat = line.param("PARTSTAT").strip().upper()
    return Attendee(
        # Apple may write its own reference, and the address beside it.
        address=_address(line.value) or _address(line.param("EMAIL")),
        partstat=partstat if PARTSTAT.fullmatch(partstat) else "",
        delegated_to=_addresses(line, "DELEGATED-TO"),
        delegated_from=_addresses(line, "DELEGATED-FROM"),
        sent_by=_address(line.param("SENT-BY")),
        comment=_text(
            line.param("X-RESPONSE-COMMENT")
            or line.param("X-CALENDARSERVER-ATTENDEE-COMMENT")
        ),
    )


def _addresses(line: Line, name: str) -> tuple[str, ...]:
    found = (_address(value) for value in line.params.get(name, ()))
    return tuple(address for address in found if address)


def _address(value: str) -> str:
    """Bare and lower; "" when it is none. After the last "mailto:", since a name
    without quotes may hold a colon; "%2B" is how some write a plus sign."""
    address = unquote(value.lower().rpartition("mailto:")[2]).strip("\"' <>")
    return address if ADDRESS.fullmatch(address) else ""


def _comment(event: Component, attendees: tuple[Attendee, ...]) -> str:
    said = [_text(line.value) for line in event.all("COMMENT")[:10]]
    kept = "\n".join(filter(None, said)) or next(
        (person.comment for person in attendees if person.comment), ""
    )
    return kept[:MAX_COMMENT]


def _text(value: str) -> str:
    """Plain text; Google writes entities, and escapes their semicolon too."""
    return plain_text(html.unescape(lines.unescaped(value)))[:MAX_COMMENT]


def _slot(event: Component) -> tuple[datetime | None, ...]:
    """Proposed start and end, and the start that was invited to (Outlook)."""
    start, end, length = (event.one(name) for name in ("DTSTART", "DTEND", "DURATION"))
    original = event.one("X-MS-OLK-ORIGINALSTART")
    begins = moments.instant(start) if start else None
    ends = moments.instant(end) if end else None
    lasts = moments.duration(length) if length else None
    if begins and lasts and not ends:
        ends = begins + lasts
    if begins and ends and ends <= begins:
        begins = ends = None
    return begins, ends, moments.instant(original) if original else None
