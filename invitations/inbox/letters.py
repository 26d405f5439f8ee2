"""A received mail as plain values. Nothing is believed here, and nothing is lost:
whatever the bytes are, there is a Letter, and `problems` says what it lacks."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum, auto

from invitations.addresses import tokens_in
from invitations.inbox import headers
from invitations.inbox.bounces import Bounce, bounces_in, is_delivery_report
from invitations.inbox.calendars import Unclear, answer_in
from invitations.inbox.headers import Headers
from invitations.inbox.parts import MAX_RAW, Part, TooMuch, parts, split
from invitations.inbox.texts import text_of
from invitations.inbox.verdicts import Verdict, verdict
from invitations.itip import Answer
from invitations.mime import BIDI, one_line

# Where a mail server writes whom the message was for.
RECIPIENTS = ("to", "delivered-to", "x-original-to", "envelope-to", "cc")
MAX_RECIPIENTS = 200
ROBOTIC = (
    "x-autoreply",
    "x-autorespond",
    "x-autoresponder",
    "x-auto-response-suppress",
)
PRECEDENCES = ("auto_reply", "auto-reply", "bulk", "junk", "list")
# Clear ones only: "Absente" is also how somebody declines.
AWAY = re.compile(
    r"^\W*(?:réponse auto|message d['’]absence|notification d['’]absence"
    r"|absence du bureau|out of (?:the )?office|automatic reply|auto[- ]?reply"
    r"|auto[- ]?response|autom(?:atic|ated) response|vacation (?:reply|message|notice)"
    r"|on vacation|on (?:annual )?leave)",
    re.IGNORECASE,
)


class Kind(StrEnum):
    """REPLY, COUNTER and REFRESH are a calendar program's; TEXT is a person's."""

    REPLY = auto()
    COUNTER = auto()
    REFRESH = auto()
    BOUNCE = auto()
    DELAYED = auto()
    AUTO_REPLY = auto()
    CALENDAR_OTHER = auto()
    TEXT = auto()
    UNREADABLE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """Addresses are bare and in lower case; `sender` is "" unless From is one.

    `tokens` come from recipient addresses only. `answer` is there for REPLY, COUNTER
    and REFRESH, `bounces` for BOUNCE and DELAYED. `is_robotic`: a program answers by
    itself, and must not get an automatic answer. `problems` are English codes.
    """

    message_id: str
    sender: str
    sender_name: str
    recipients: tuple[str, ...]
    subject: str
    date: datetime | None
    tokens: tuple[str, ...]
    verdict: Verdict
    kind: Kind = Kind.UNREADABLE
    is_robotic: bool = False
    answer: Answer | None = None
    bounces: tuple[Bounce, ...] = ()
    text: str = ""
    problems: tuple[str, ...] = ()


def read_letter(raw: bytes) -> Letter:
    """Never raises, and never takes long: above MAX_RAW only the headers are read."""
    head, _ = split(raw[: MAX_RAW + 1])
    block = headers.read(head)
    envelope = _envelope(block)
    if len(raw) > MAX_RAW:
        return _unreadable(envelope, "too-big")
    if "long-head" in envelope.problems:
        return envelope
    try:
        found = parts(raw)
    except TooMuch as error:
        return _unreadable(envelope, error.reason)
    letter = replace(envelope, text=text_of(found))
    if any(part.kind == "application/ms-tnef" for part in found):
        # Outlook's own format, which holds the answer of old versions.
        letter = replace(letter, problems=(*letter.problems, "winmail.dat"))
    try:
        return _sorted(letter, found)
    except Unclear as error:
        return _unreadable(letter, error.reason)


def _unreadable(letter: Letter, problem: str) -> Letter:
    return replace(letter, problems=(*letter.problems, problem))


def _envelope(block: Headers) -> Letter:
    senders = [one for value in block.all("from") for one in headers.addresses(value)]
    is_one = len(senders) == len(block.all("from")) == 1
    sender = senders[0] if is_one else ""
    found = [
        address
        for name in RECIPIENTS
        for value in block.all(name)
        for address in headers.addresses(value)
    ]
    recipients = tuple(dict.fromkeys(found))[:MAX_RECIPIENTS]
    tokens = (token for address in recipients for token in tokens_in(address))
    return Letter(
        message_id=headers.message_id(block),
        sender=sender,
        sender_name=BIDI.sub("", headers.display_name(block.get("from"))),
        recipients=recipients,
        subject=one_line(BIDI.sub("", headers.words(block.get("subject")))),
        date=headers.moment(block.get("date")),
        tokens=tuple(dict.fromkeys(tokens)),
        verdict=verdict(block, sender),
        is_robotic=is_robotic(block),
        problems=_faults(block, senders),
    )


def _faults(block: Headers, senders: list[str]) -> tuple[str, ...]:
    several = len(senders) > 1 or len(block.all("from")) > 1
    people = "several-senders" if several else "" if senders else "no-sender"
    return tuple(filter(None, (*block.problems, people)))


def _sorted(letter: Letter, found: list[Part]) -> Letter:
    block = found[0].headers
    if bounces := bounces_in(found):
        actions = {bounce.action for bounce in bounces}
        known = {"failed": Kind.BOUNCE, "delayed": Kind.DELAYED}
        kinds = [kind for action, kind in known.items() if action in actions]
        # "delivered" and "relayed" are good news, told by a program.
        return replace(letter, kind=[*kinds, Kind.AUTO_REPLY][0], bounces=bounces)
    answer, method = answer_in(found)
    if answer:
        problems = (*letter.problems, *answer.problems)
        kind = Kind(method.lower())
        return replace(letter, kind=kind, answer=answer, problems=problems)
    if method:
        return replace(letter, kind=Kind.CALENDAR_OTHER)
    if is_delivery_report(found[0]):
        return _unreadable(letter, "empty-report")
    if found[0].kind == "multipart/report" or is_automatic(block, letter.subject):
        return replace(letter, kind=Kind.AUTO_REPLY)
    if letter.text:
        return replace(letter, kind=Kind.TEXT)
    # A photo alone, a page that hides its words, or nothing: for a person to see.
    return _unreadable(letter, "no-text")


def is_robotic(block: Headers) -> bool:
    """RFC 3834 and its forerunners. Not "auto-generated": Google writes that over the
    answer of somebody who pressed its button."""
    submitted = block.get("auto-submitted").partition(";")[0].strip().lower()
    return submitted == "auto-replied" or any(block.get(name) for name in ROBOTIC)


def is_automatic(block: Headers, subject: str) -> bool:
    """RFC 3834, and what programs write that do not know it."""
    submitted = block.get("auto-submitted").partition(";")[0].strip().lower()
    precedence = block.get("precedence").strip().lower()
    return (
        submitted not in ("", "no")
        or precedence in PRECEDENCES
        or any(block.get(name) for name in ROBOTIC)
        or bool(AWAY.match(subject))
    )
