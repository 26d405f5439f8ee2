"""The one door: every message is stored before anything is made of it."""

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from invitations.actions.replies.answering import apply_answer
from invitations.actions.replies.matching import Match, match
from invitations.actions.replies.others import forward, returned, words_of
from invitations.inbox.letters import Kind, Letter, read_letter
from invitations.inbox.sources import Incoming
from invitations.inbox.verdicts import Verdict
from invitations.models import LetterKind, LetterOutcome, Received
from invitations.outbox import DATABASE_AWAY

log = logging.getLogger("parentheses.inbox")

OUR_FAULT = "Une erreur de notre côté. Le message est gardé\u202f: lisez-le."
CUT = "Ce message est trop long. Il est gardé en partie."
UNREADABLE = "Nous n’arrivons pas à lire ce message."
FORGED = "L’adresse de l’expéditeur est peut-être fausse."
OTHER_CALENDAR = "Un objet d’agenda que personne n’a demandé."
SEEN = "Ce message était déjà arrivé."
FIRST_YEAR, LAST_YEAR = 2000, 2100
KINDS = {
    Kind.REPLY: LetterKind.REPLY,
    Kind.COUNTER: LetterKind.COUNTER,
    Kind.REFRESH: LetterKind.REFRESH,
    Kind.BOUNCE: LetterKind.BOUNCE,
    Kind.DELAYED: LetterKind.DELAYED,
    Kind.AUTO_REPLY: LetterKind.AUTO_REPLY,
    Kind.CALENDAR_OTHER: LetterKind.CALENDAR,
    Kind.TEXT: LetterKind.TEXT,
    Kind.UNREADABLE: LetterKind.UNREADABLE,
}


def receive_all(incoming: Iterable[Incoming]) -> Iterator[Received]:
    """Each message is acknowledged once it is stored; one that is poison is stored
    too, and stops nothing."""
    for one in incoming:
        row = receive(one.raw, cut=one.cut)
        # Before it is told: whoever stops listening has not lost the last one.
        one.acknowledge()
        yield row


def receive(raw: bytes, *, cut: bool = False) -> Received:
    """Store a message and make of it what may be made; the same bytes are one message.
    Whatever goes wrong with it, it stays, for a person to read."""
    digest = Received.digest_of(raw)
    if known := Received.objects.filter(digest=digest).first():
        return known
    letter = read_letter(raw)
    try:
        with transaction.atomic():
            row = stored(raw, digest, letter)
            decide(row, letter, cut)
            row.save()
    except DATABASE_AWAY:
        raise
    except Exception:
        # Another reader may have stored it a moment ago.
        if known := Received.objects.filter(digest=digest).first():
            return known
        log.exception("a received message was kept, but not understood")
        row = stored(raw, digest, letter)
        row.reason = OUR_FAULT
        row.save()
    return row


def stored(raw: bytes, digest: str, letter: Letter) -> Received:
    return Received(
        digest=digest,
        raw=raw,
        message_id=letter.message_id[:255],
        sender=letter.sender[:254],
        subject=letter.subject[:255],
        text=letter.text,
        kind=KINDS[letter.kind],
        outcome=LetterOutcome.HELD,
        verified=letter.verdict == Verdict.PASS,
    )


def decide(row: Received, letter: Letter, cut: bool) -> None:
    """Fill `outcome` and `reason`, with the consequences."""
    found = match(letter)
    row.invitation = found.invitation
    if is_repeated(letter):
        row.settle(LetterOutcome.SAME, SEEN)
        return
    if cut:
        row.reason = CUT
    elif letter.kind in (Kind.AUTO_REPLY, Kind.DELAYED):
        row.settle(LetterOutcome.IGNORED)
    elif letter.kind == Kind.BOUNCE:
        returned(row, letter)
    elif letter.kind in (Kind.UNREADABLE, Kind.CALENDAR_OTHER):
        row.reason = UNREADABLE if letter.kind == Kind.UNREADABLE else OTHER_CALENDAR
    else:
        believe(row, letter, found)
    if row.is_held and is_held_already(row):
        row.settle(LetterOutcome.SAME, SEEN)


def believe(row: Received, letter: Letter, found: Match) -> None:
    """What a person says, with words or with a calendar."""
    note_answer(row, letter)
    if letter.verdict == Verdict.FAIL:
        row.reason = FORGED
    elif found.doubt or found.invitation is None:
        row.reason = found.doubt
    elif letter.kind == Kind.TEXT:
        forward(row)
    else:
        apply_answer(row, letter, found.invitation)


def is_repeated(letter: Letter) -> bool:
    """The same Message-ID of the same sender, though a server on the way changed the
    bytes. What was held counts for nothing: a forged one that comes first must not
    shut the real one out."""
    done = same_message(letter.message_id, letter.sender)
    return done.exclude(outcome=LetterOutcome.HELD).exists()


def is_held_already(row: Received) -> bool:
    """It waits for a person once, if it says the same."""
    said = ("kind", "reason", "partstat", "stamp", "text")
    same = {name: getattr(row, name) for name in said}
    rows = same_message(row.message_id, row.sender)
    return rows.filter(outcome=LetterOutcome.HELD, **same).exists()


def same_message(message_id: str, sender: str) -> QuerySet[Received]:
    rows = Received.objects.filter(message_id=message_id[:255], sender=sender[:254])
    return rows if message_id else rows.none()


def note_answer(row: Received, letter: Letter) -> None:
    """What the calendar says, for the team that may have to decide. An answer about
    another meetup says nothing about this one."""
    answer = letter.answer
    if answer is None:
        return
    row.text = words_of(letter)
    if row.invitation is None or answer.uid != row.invitation.meetup.uid:
        return
    now = timezone.now()
    row.sequence = answer.sequence
    row.stamp = min(likely(answer.stamp) or likely(letter.date) or now, now)
    if starts_at := likely(answer.proposed_start):
        row.proposed_starts_at = starts_at
        row.proposed_ends_at = likely(answer.proposed_end)
    if who := answer.attendee:
        row.partstat = who.partstat[:12]
        row.delegated_to = ", ".join(who.delegated_to)[:254]


def likely(moment: datetime | None) -> datetime | None:
    """Calendars write any year; at the ends of the scale no zone can be applied."""
    return moment if moment and FIRST_YEAR <= moment.year <= LAST_YEAR else None
