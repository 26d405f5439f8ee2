"""A contact card that telephones and mail programs take in: vCard 3.0 (RFC 2426), which
more of them read than 4.0, in UTF-8."""

import re
from uuid import UUID, uuid5

from networking.templatetags.french import long_date_year
from networking.tokens import derive
from reports.links import Card

LONGEST_LINE = 75
CARDS = UUID("8f3b3c52-6c1e-4c38-9a3f-0d9b2f3a7e11")
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\u0085\u2028\u2029]")


def vcard(card: Card) -> bytes:
    """The same UID each time: a second import replaces the first."""
    person, met = card.person, card.met_at
    lines = [
        "BEGIN:VCARD",
        "VERSION:3.0",
        f"UID:urn:uuid:{uuid5(CARDS, derive('card', person.pk, 1))}",
        f"N:{text(person.last_name)};{text(person.first_name)};;;",
        f"FN:{text(str(person))}",
        f"TITLE:{text(person.trade)}",
    ]
    if person.workplace:
        lines.append(f"ORG:{text(person.workplace.name)}")
    if card.email:
        lines.append(f"EMAIL;TYPE=INTERNET:{text(card.email)}")
    if card.phone:
        lines.append(f"TEL;TYPE=WORK,VOICE:{card.phone}")
    note = f"{met.title}, le {long_date_year(met.starts_at)}"
    lines += [f"NOTE:{text(note)}", "END:VCARD"]
    return b"".join(fold(line) + b"\r\n" for line in lines)


def text(value: str) -> str:
    """RFC 2426, 4: these signs have a meaning of their own."""
    plain = CONTROL.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n"))
    for sign, written in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        plain = plain.replace(sign, written)
    return plain


def fold(line: str) -> bytes:
    """RFC 2425, 5.8.1: 75 octets at most, never in the middle of a character."""
    folded, room = [b""], LONGEST_LINE
    for sign in line:
        octets = sign.encode()
        if len(octets) > room:
            folded.append(b" ")
            room = LONGEST_LINE - 1
        folded[-1] += octets
        room -= len(octets)
    return b"\r\n".join(folded)
