"""What calendar programs and mail servers write back, made from the mail that they
received."""

import re
from datetime import datetime, timedelta
from email.utils import format_datetime

from django.utils import timezone

from reports.demo.folder import Letter

SUBJECTS = {"REPLY": "Re: invitation", "COUNTER": "Un autre horaire"}
PLAIN = "text/plain; charset=UTF-8"
LINE = re.compile(r"\r\n[ \t]")
REPORT = """\
From: Mail Delivery System <MAILER-DAEMON@courrier.example>
To: <{to}>
Subject: Undelivered Mail Returned to Sender
Date: {date}
Message-ID: <rapport-{number}@courrier.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

The message could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; courrier.example

Final-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: user unknown
--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
--b--
"""
REPLY = """\
From: {sender}
To: <{to}>
Subject: {subject}
Date: {date}
Message-ID: <reponse-{number}@courrier.example>
MIME-Version: 1.0
Content-Type: text/calendar; charset=UTF-8; method={method}

"""


def properties(calendar: bytes) -> dict[str, str]:
    """The lines of the event by their name, unfolded; the zone's are left out."""
    text = LINE.sub("", calendar.decode())
    event = text[text.index("BEGIN:VEVENT") : text.index("END:VEVENT")]
    lines = event.split("\r\n")[1:-1]
    return {re.split("[;:]", line, maxsplit=1)[0]: line for line in lines}


def address(line: str) -> str:
    return line.rpartition("mailto:")[2]


def calendar_reply(letter: Letter, partstat: str, number: int) -> bytes:
    """The REPLY of a program that follows RFC 5546 section 3.2.3."""
    event = properties(letter.calendar)
    attendee = f"ATTENDEE;PARTSTAT={partstat}:mailto:{letter.recipient}"
    kept = [event["UID"], event["SEQUENCE"], event["ORGANIZER"], attendee]
    kept += [event["DTSTART"], event["DTEND"], event["SUMMARY"]]
    return _answer(letter, "REPLY", kept, number)


def calendar_counter(letter: Letter, later: timedelta, number: int) -> bytes:
    """« Proposer un autre horaire » (RFC 5546 section 3.2.7)."""
    event = properties(letter.calendar)
    attendee = f"ATTENDEE;PARTSTAT=TENTATIVE:mailto:{letter.recipient}"
    kept = [event["UID"], event["SEQUENCE"], event["ORGANIZER"], attendee]
    kept += [_moved(event[name], later) for name in ("DTSTART", "DTEND")]
    kept += [event["SUMMARY"], "COMMENT:Je suis en tournée à cette heure."]
    return _answer(letter, "COUNTER", kept, number)


def words(letter: Letter, text: str, number: int) -> bytes:
    """A person who just presses « Répondre »."""
    event = properties(letter.calendar)
    head = REPLY.format(
        sender=letter.recipient,
        to=address(event["ORGANIZER"]),
        subject="Re",
        date=format_datetime(timezone.now()),
        number=number,
        method="",
    )
    head = head.replace("text/calendar; charset=UTF-8; method=", PLAIN)
    return _crlf(head + text)


def bounce(letter: Letter, number: int) -> bytes:
    """A report of a server that knows nobody of this name (RFC 3464)."""
    event = properties(letter.calendar)
    return _crlf(
        REPORT.format(
            to=address(event["ORGANIZER"]),
            recipient=letter.recipient,
            message_id=letter.message["Message-ID"],
            date=format_datetime(timezone.now()),
            number=number,
        )
    )


def _moved(line: str, later: timedelta) -> str:
    head, _, value = line.rpartition(":")
    moment = datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S") + later
    return f"{head}:{moment:%Y%m%dT%H%M%S}" + ("Z" if value.endswith("Z") else "")


def _answer(letter: Letter, method: str, event: list[str], number: int) -> bytes:
    organiser = next(line for line in event if line.startswith("ORGANIZER"))
    head = REPLY.format(
        sender=letter.recipient,
        to=address(organiser),
        subject=SUBJECTS[method],
        date=format_datetime(timezone.now()),
        number=number,
        method=method,
    )
    stamp = f"DTSTAMP:{timezone.now():%Y%m%dT%H%M%SZ}"
    calendar = "\r\n".join(
        (
            "BEGIN:VCALENDAR",
            "PRODID:-//Demonstration//Agenda//FR",
            "VERSION:2.0",
            f"METHOD:{method}",
            f"{zone(letter.calendar.decode())}BEGIN:VEVENT",
            stamp,
            *map(_folded, event),
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        )
    )
    return _crlf(head) + calendar.encode()


def zone(calendar: str) -> str:
    """The VTIMEZONE of the invitation, which a program keeps; "" when it has none."""
    if "BEGIN:VTIMEZONE" not in calendar:
        return ""
    end = calendar.index("END:VTIMEZONE") + len("END:VTIMEZONE\r\n")
    return calendar[calendar.index("BEGIN:VTIMEZONE") : end]


def _folded(line: str) -> str:
    """At most 75 octets, never within a letter (RFC 5545 section 3.1)."""
    parts, current = [], ""
    for letter in line:
        if len((current + letter).encode()) > 74:
            parts.append(current)
            current = ""
        current += letter
    return "\r\n ".join([*parts, current])


def _crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()
