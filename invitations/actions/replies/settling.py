"""What the team decides about a message that we did not dare to apply."""

from django.db import transaction
from django.utils import timezone

from invitations.actions.answers import answer
from invitations.actions.extras import hand_over
from invitations.actions.replies.answering import (
    APPLIED,
    OLDER,
    OTHER_ADDRESS,
    keep,
    said_by,
    tell_state,
)
from invitations.inbox.letters import read_letter
from invitations.models import (
    AnswerChannel,
    AnswerOutdated,
    LetterKind,
    LetterOutcome,
    Outcome,
    PartStat,
    Received,
)
from networking.models import OtherAddress, Profession, User


class NothingToApply(Exception):
    """There is no guest, or no clear answer, in this message."""


class AlreadySettled(Exception):
    """Somebody decided about this message a moment ago."""


def can_be_accepted(row: Received) -> bool:
    """A REPLY of a guest. PARTSTAT beside another date is no answer: Google says
    ACCEPTED there."""
    is_reply = row.kind == LetterKind.REPLY and row.partstat in APPLIED
    return is_reply and row.invitation is not None


def accept(*, received: Received, by: User, remember: bool = False) -> Outcome | None:
    """The team says that the answer is really this guest's; `remember` the address,
    so that the next one needs nobody. It counts as of when it was given: None when a
    newer one stands. Raises NothingToApply, AlreadySettled, AnswersClosed."""
    if not can_be_accepted(received) or received.invitation is None:
        raise NothingToApply
    invitation, partstat = received.invitation, PartStat(received.partstat)
    with transaction.atomic():
        hold(received)
        if remember:
            remember_address(received)
        sequence, stamp = said_by(received, invitation)
        # One that was never sent stands for ours: somebody has looked at it.
        said = min(sequence, invitation.meetup.sequence), stamp
        try:
            outcome = answer(
                invitation=invitation,
                partstat=partstat,
                by=AnswerChannel.TEAM,
                recorded_by=by,
                mailed=said,
            )
        except AnswerOutdated:
            keep(invitation, partstat, said, noted_by=by)
            received.reason = OLDER
            close(received, by, LetterOutcome.OUTDATED)
            return None
        close(received, by, LetterOutcome.APPLIED)
    return outcome


def remember_address(received: Received) -> None:
    """The one that the calendar answers from, which is not always the sender's."""
    letter = read_letter(bytes(received.raw))
    who = letter.answer.attendee if letter.answer else None
    if received.reason == OTHER_ADDRESS and received.invitation and who:
        OtherAddress.objects.get_or_create(
            professional=received.invitation.professional, email=who.address
        )


def hand_over_to(
    *, received: Received, first_name: str, profession: Profession | None, by: User
) -> None:
    """DELEGATED: somebody else comes. Raises NothingToApply, AlreadySettled, NoSeat,
    AnswersClosed."""
    delegates = received.partstat == PartStat.DELEGATED
    if received.invitation is None or not delegates:
        raise NothingToApply
    with transaction.atomic():
        hold(received)
        hand_over(
            invitation=received.invitation,
            first_name=first_name,
            profession=profession,
            by=AnswerChannel.TEAM,
            recorded_by=by,
        )
        close(received, by, LetterOutcome.APPLIED)


def keep_the_date(*, received: Received, by: User) -> None:
    """The proposal is not taken: the guest is told when the meal is. Raises
    NothingToApply, AlreadySettled."""
    if received.kind != LetterKind.COUNTER:
        raise NothingToApply
    with transaction.atomic():
        hold(received)
        if received.invitation is not None:
            # A person answers here: whatever a program said today.
            tell_state(received.invitation, key=f"kept:{received.pk}")
        close(received, by, LetterOutcome.SETTLED)


def settle(*, received: Received, by: User) -> None:
    """A person has read it, and nothing more is to do. Raises AlreadySettled."""
    with transaction.atomic():
        hold(received)
        close(received, by, LetterOutcome.SETTLED)


def hold(received: Received) -> None:
    """Two people of a team press two buttons: the first one counts."""
    rows = Received.objects.select_for_update().filter(pk=received.pk)
    if not rows.filter(outcome=LetterOutcome.HELD).exists():
        raise AlreadySettled


def close(received: Received, by: User, outcome: LetterOutcome) -> None:
    received.outcome = outcome
    received.handled_by, received.handled_at = by, timezone.now()
    received.save(update_fields=("outcome", "reason", "handled_by", "handled_at"))
