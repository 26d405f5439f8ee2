"""Answers of calendar programs (RFC 5546), once we know whose they are."""

from datetime import datetime

from django.utils import timezone

from invitations import mails, outbox
from invitations.actions.answers import answer
from invitations.actions.replies.matching import Match, is_theirs
from invitations.actions.replies.others import pass_on
from invitations.inbox.letters import Kind, Letter
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
TODAY = "Nous avons déjà répondu à cette personne aujourd’hui."
APPLIED = {
    PartStat.ACCEPTED: PartStat.ACCEPTED,
    PartStat.DECLINED: PartStat.DECLINED,
    PartStat.TENTATIVE: PartStat.TENTATIVE,
}


def apply_answer(row: Received, letter: Letter, found: Match) -> None:
    """For a message to a guest's own address, from whom it may come from."""
    invitation = found.invitation
    if invitation is None or letter.answer is None:
        return
    if letter.answer.uid != invitation.meetup.uid:
        row.reason = OTHER_MEETUP
    elif letter.kind == Kind.REFRESH:
        send_again(row, invitation)
    elif letter.kind == Kind.COUNTER:
        row.reason = OTHER_DATE
    else:
        reply(row, letter, invitation)


def reply(row: Received, letter: Letter, invitation: Invitation) -> None:
    assert letter.answer is not None  # noqa: S101 - a reply has one
    who, meetup = letter.answer.attendee, invitation.meetup
    sequence = letter.answer.sequence
    if who is None:
        row.reason = SEVERAL
    elif not is_theirs(invitation.professional, who.address):
        row.reason = OTHER_ADDRESS
    elif sequence is not None and sequence > meetup.sequence:
        row.reason = TOO_NEW
    elif row.partstat == PartStat.DELEGATED:
        row.reason = DELEGATES
    elif row.partstat not in APPLIED:
        row.settle(LetterOutcome.IGNORED)
    else:
        apply(row, invitation, meetup.sequence if sequence is None else sequence)
        pass_on(row, invitation)


def apply(row: Received, invitation: Invitation, sequence: int) -> None:
    said = sequence, row.stamp or timezone.now()
    partstat = PartStat(row.partstat)
    try:
        outcome = answer(
            invitation=invitation,
            partstat=partstat,
            by=AnswerChannel.ITIP,
            mailed=said,
        )
    except AnswerOutdated:
        too_late(row, invitation, said)
        return
    except AnswersClosed:
        keep(invitation, partstat, said)
        row.settle(LetterOutcome.OUTDATED, CLOSED)
        tell_state(invitation)
        return
    if outcome == Outcome.WAITING:
        row.settle(LetterOutcome.APPLIED, WAITS)
        tell_state(invitation)
    else:
        row.settle(LetterOutcome.APPLIED)


def too_late(row: Received, invitation: Invitation, said: tuple[int, datetime]) -> None:
    """Kept on record, and counts for nothing."""
    known = invitation.answer_sequence, invitation.answer_stamp
    if said == known and row.partstat == invitation.partstat:
        row.settle(LetterOutcome.SAME, SAME)
        return
    keep(invitation, PartStat(row.partstat), said)
    hour_changed = said[0] < invitation.meetup.asked_sequence
    row.settle(LetterOutcome.OUTDATED, OLD_HOUR if hour_changed else OLDER)


def keep(
    invitation: Invitation, partstat: PartStat, said: tuple[int, datetime]
) -> None:
    invitation.answers.create(
        partstat=partstat,
        by=AnswerChannel.ITIP,
        sequence=said[0],
        stamp=said[1],
        counted=False,
    )


def send_again(row: Received, invitation: Invitation) -> None:
    """RFC 5546 3.2.6: the current object, to whoever asks; once a day."""
    notice = Notice(
        name="invitation",
        kind=DeliveryKind.INVITATION,
        key=f"refresh:{invitation.key}:{timezone.localdate()}",
        not_after=invitation.meetup.ends_at,
    )
    sent = invitation.meetup.takes_answers and tell(invitation, notice)
    row.settle(LetterOutcome.ANSWERED, "" if sent else TODAY)


def tell_state(invitation: Invitation) -> None:
    """Where the answer stands, in a plain mail (never a REPLY); a cancelled meetup
    leaves the calendar. One automatic answer a day."""
    cancelled = invitation.meetup.is_cancelled
    build = mails.cancellation if cancelled else mails.state
    if invitation.professional.email:
        outbox.queue(
            build(invitation),
            kind=DeliveryKind.STATE,
            key=f"state:{invitation.key}:{timezone.localdate()}",
            invitation=invitation,
        )
