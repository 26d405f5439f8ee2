"""Answers of calendar programs (RFC 5546), once we know whose they are."""

from datetime import datetime, timedelta

from django.utils import timezone

from invitations import mails, outbox
from invitations.actions.answers import answer
from invitations.actions.replies.matching import is_theirs
from invitations.actions.replies.others import pass_on
from invitations.inbox.letters import Kind, Letter
from invitations.itip import Attendee
from invitations.models import (
    AnswerChannel,
    AnswerOutdated,
    AnswersClosed,
    DeliveryKind,
    Invitation,
    LetterOutcome,
    Outcome,
    PartStat,
    Received,
)
from invitations.telling import Notice, tell
from networking.models import User

OTHER_MEETUP = "Cette réponse parle d’une autre rencontre."
SEVERAL = "Cette réponse parle pour plusieurs personnes."
OTHER_ADDRESS = "Cette personne répond d’une autre adresse."
TOO_NEW = "Cette réponse parle d’une version que nous n’avons jamais envoyée."
OTHER_DATE = "Cette personne propose une autre date."
DELEGATES = "Une autre personne vient à sa place."
OLD_HOUR = "Cette réponse est à une date ou une heure qui a changé depuis."
OLDER = "Une réponse plus récente est déjà notée."
SAME = "Cette réponse était déjà notée."
CLOSED = "La rencontre ne prend plus de réponse."
WAITS = "La table est pleine\u202f: cette personne attend une place."
NOT_AGAIN = "Déjà renvoyée aujourd’hui, ou cette personne ne veut plus de messages."
STAYS_AWAY = "La personne qui devait venir à sa place ne vient pas."
AHEAD = "Son agenda avance\u202f: nous comptons l’heure où la réponse est arrivée."
APPLIED = (PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE)
FAST_CLOCK = timedelta(hours=1)
Said = tuple[int, datetime]


def apply_answer(row: Received, letter: Letter, invitation: Invitation) -> None:
    """For a message to a guest's own address, from whom it may come from."""
    if letter.answer is None:
        return
    if letter.answer.uid != invitation.meetup.uid:
        row.reason = OTHER_MEETUP
    elif letter.kind == Kind.REFRESH:
        send_again(row, letter, invitation)
    elif letter.kind == Kind.COUNTER:
        row.reason = OTHER_DATE
    elif letter.answer.attendee is None:
        row.reason = SEVERAL
    elif is_theirs(invitation.professional, letter.answer.attendee.address):
        reply(row, letter, invitation)
    else:
        stranger(row, letter.answer.attendee, invitation)


def reply(row: Received, letter: Letter, invitation: Invitation) -> None:
    if row.sequence is not None and row.sequence > invitation.meetup.sequence:
        row.reason = TOO_NEW
    elif row.partstat == PartStat.DELEGATED:
        row.reason = DELEGATES
    elif row.partstat not in APPLIED:
        row.settle(LetterOutcome.IGNORED)
    else:
        apply(row, letter, invitation)
        pass_on(row, invitation)


def stranger(row: Received, who: Attendee, invitation: Invitation) -> None:
    """Another address of the guest, or somebody sent in their place (RFC 5546 3.2.2.3),
    who counts once the team has said so."""
    person = invitation.professional
    if not any(is_theirs(person, address) for address in who.delegated_from):
        row.reason = OTHER_ADDRESS
    elif row.partstat not in (PartStat.ACCEPTED, PartStat.TENTATIVE):
        row.partstat, row.reason = "", STAYS_AWAY
    elif invitation.partstat == PartStat.DELEGATED:
        row.settle(LetterOutcome.SAME, SAME)
    else:
        row.partstat, row.delegated_to = PartStat.DELEGATED, who.address
        row.reason = DELEGATES


def said_by(row: Received, invitation: Invitation) -> Said:
    """(SEQUENCE, DTSTAMP); without SEQUENCE the current one is meant."""
    sequence = invitation.meetup.sequence if row.sequence is None else row.sequence
    return sequence, row.stamp or timezone.now()


def apply(row: Received, letter: Letter, invitation: Invitation) -> None:
    said, partstat = said_by(row, invitation), PartStat(row.partstat)
    try:
        outcome = answer(
            invitation=invitation,
            partstat=partstat,
            by=AnswerChannel.ITIP,
            mailed=said,
        )
    except AnswerOutdated:
        too_late(row, invitation, said)
    except AnswersClosed:
        keep(invitation, partstat, said)
        row.settle(LetterOutcome.OUTDATED, CLOSED)
        tell_unless_robot(letter, invitation)
    else:
        noted(row, letter, invitation, outcome)


def noted(
    row: Received, letter: Letter, invitation: Invitation, outcome: Outcome
) -> None:
    if outcome == Outcome.SAME:
        row.settle(LetterOutcome.SAME, SAME)
    elif outcome == Outcome.WAITING:
        row.settle(LetterOutcome.APPLIED, WAITS)
        tell_unless_robot(letter, invitation)
    else:
        stamp = letter.answer.stamp if letter.answer else None
        is_fast = stamp is not None and stamp > timezone.now() + FAST_CLOCK
        row.settle(LetterOutcome.APPLIED, AHEAD if is_fast else "")


def too_late(row: Received, invitation: Invitation, said: Said) -> None:
    """Kept on record, and counts for nothing."""
    known = invitation.answer_sequence, invitation.answer_stamp
    if said == known and row.partstat == invitation.partstat:
        row.settle(LetterOutcome.SAME, SAME)
        return
    keep(invitation, PartStat(row.partstat), said)
    hour_changed = said[0] < invitation.meetup.asked_sequence
    row.settle(LetterOutcome.OUTDATED, OLD_HOUR if hour_changed else OLDER)


def keep(
    invitation: Invitation,
    partstat: PartStat,
    said: Said,
    noted_by: User | None = None,
) -> None:
    invitation.answers.create(
        partstat=partstat,
        by=AnswerChannel.TEAM if noted_by else AnswerChannel.ITIP,
        recorded_by=noted_by,
        sequence=said[0],
        stamp=said[1],
        counted=False,
    )


def send_again(row: Received, letter: Letter, invitation: Invitation) -> None:
    """RFC 5546 3.2.6: the current object, to whoever asks; once a day. After the end,
    a word about it, or what takes it out of the calendar."""
    if not invitation.meetup.takes_answers:
        tell_unless_robot(letter, invitation)
        row.settle(LetterOutcome.ANSWERED, CLOSED)
        return
    notice = Notice(
        name="invitation",
        kind=DeliveryKind.INVITATION,
        key=f"refresh:{invitation.key}:{timezone.localdate()}",
        not_after=invitation.meetup.ends_at,
    )
    if tell(invitation, notice):
        row.settle(LetterOutcome.ANSWERED)
    else:
        row.settle(LetterOutcome.IGNORED, NOT_AGAIN)


def tell_unless_robot(letter: Letter, invitation: Invitation) -> None:
    """One automatic answer a day, and none to a program that answers by itself."""
    if not letter.is_robotic:
        tell_state(invitation, key=f"{invitation.key}:{timezone.localdate()}")


def tell_state(invitation: Invitation, *, key: str) -> None:
    """Where the answer stands, in a plain mail (never a REPLY); a cancelled meetup
    leaves the calendar."""
    cancelled = invitation.meetup.is_cancelled
    build = mails.cancellation if cancelled else mails.state
    if invitation.professional.email:
        outbox.queue(
            build(invitation),
            kind=DeliveryKind.STATE,
            key=f"state:{key}",
            invitation=invitation,
        )
