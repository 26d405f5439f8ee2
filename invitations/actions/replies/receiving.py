"""The one door: every message is stored before anything is made of it."""

import logging
from collections.abc import Iterable, Iterator

from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from invitations.actions.replies.answering import apply_answer
from invitations.actions.replies.matching import match
from invitations.actions.replies.others import forward, returned
from invitations.inbox.letters import Kind, Letter, read_letter
from invitations.inbox.sources import Incoming
from invitations.inbox.verdicts import Verdict
from invitations.models import LetterKind, LetterOutcome, Received

log = logging.getLogger("parentheses.inbox")

OUR_FAULT = "Une erreur de notre côté. Le message est gardé\u202f: lisez-le."
CUT = "Ce message est trop long. Il est gardé en partie."
UNREADABLE = "Nous n’arrivons pas à lire ce message."
FORGED = "L’adresse de l’expéditeur est peut-être fausse."
OTHER_CALENDAR = "Un objet d’agenda que personne n’a demandé."
SEEN = "Ce message était déjà arrivé."
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
        yield receive(one.raw, cut=one.cut)
        one.acknowledge()


def receive(raw: bytes, *, cut: bool = False) -> Received:
    """Store a message and make of it what may be made; the same bytes are one message.
    Whatever goes wrong with it, it stays, for a person to read."""
    digest = Received.digest_of(raw)
    if known := Received.objects.filter(digest=digest).first():
        return known
    letter = read_letter(raw)
    row = stored(raw, digest, letter)
    try:
        with transaction.atomic():
            decide(row, letter, cut)
            row.save()
    except IntegrityError:
        # Another reader stored it a moment ago.
        if known := Received.objects.filter(digest=digest).first():
            return known
        raise
    except (OperationalError, InterfaceError):
        raise
    except Exception:
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
    elif cut:
        row.reason = CUT
    elif letter.kind in (Kind.AUTO_REPLY, Kind.DELAYED):
        row.settle(LetterOutcome.IGNORED)
    elif letter.kind == Kind.BOUNCE:
        returned(row, letter, found)
    elif letter.kind in (Kind.UNREADABLE, Kind.CALENDAR_OTHER):
        row.reason = UNREADABLE if letter.kind == Kind.UNREADABLE else OTHER_CALENDAR
    elif letter.verdict == Verdict.FAIL:
        row.reason = FORGED
        note_answer(row, letter)
    elif found.doubt or found.invitation is None:
        row.reason = found.doubt
        note_answer(row, letter)
    elif letter.kind == Kind.TEXT:
        forward(row, letter)
    else:
        note_answer(row, letter)
        apply_answer(row, letter, found)


def is_repeated(letter: Letter) -> bool:
    """The same Message-ID, though a server on the way changed the bytes."""
    same = Received.objects.filter(message_id=letter.message_id[:255])
    return letter.message_id != "" and same.exists()


def note_answer(row: Received, letter: Letter) -> None:
    """What the calendar says, for the team that may have to decide."""
    answer = letter.answer
    if answer is None:
        return
    now = timezone.now()
    who = answer.attendee
    row.sequence = answer.sequence
    row.stamp = min(answer.stamp or letter.date or now, now)
    row.proposed_starts_at = answer.proposed_start
    row.proposed_ends_at = answer.proposed_end
    if who:
        row.partstat = who.partstat[:12]
        row.delegated_to = ", ".join(who.delegated_to)[:254]
        row.text = row.text or who.comment or answer.comment
