"""What the team decides about a message that we did not dare to apply."""

from django.db import transaction
from django.utils import timezone

from invitations.actions.answers import answer
from invitations.actions.extras import hand_over
from invitations.actions.replies.answering import APPLIED, tell_state
from invitations.models import (
    AnswerChannel,
    LetterOutcome,
    Outcome,
    PartStat,
    Received,
)
from networking.models import OtherAddress, Profession, User


class NothingToApply(Exception):
    """There is no guest, or no clear answer, in this message."""


def can_be_accepted(row: Received) -> bool:
    return row.invitation is not None and row.partstat in APPLIED


def accept(*, received: Received, by: User, remember: bool = False) -> Outcome:
    """The team says that the answer is really this guest's; `remember` the address,
    so that the next one needs nobody. Raises NothingToApply, AnswersClosed."""
    if not can_be_accepted(received) or received.invitation is None:
        raise NothingToApply
    invitation = received.invitation
    with transaction.atomic():
        outcome = answer(
            invitation=invitation,
            partstat=PartStat(received.partstat),
            by=AnswerChannel.TEAM,
            recorded_by=by,
        )
        if remember and received.sender:
            OtherAddress.objects.get_or_create(
                professional=invitation.professional, email=received.sender.lower()
            )
        close(received, by, LetterOutcome.APPLIED)
    return outcome


def hand_over_to(
    *, received: Received, first_name: str, profession: Profession | None, by: User
) -> None:
    """DELEGATED: somebody else comes. Raises NothingToApply, NoSeat, AnswersClosed."""
    if received.invitation is None:
        raise NothingToApply
    with transaction.atomic():
        hand_over(
            invitation=received.invitation,
            first_name=first_name,
            profession=profession,
            by=AnswerChannel.TEAM,
            recorded_by=by,
        )
        close(received, by, LetterOutcome.APPLIED)


def keep_the_date(*, received: Received, by: User) -> None:
    """The proposal is not taken: the guest is told when the meal is."""
    with transaction.atomic():
        if received.invitation is not None:
            tell_state(received.invitation)
        close(received, by, LetterOutcome.SETTLED)


def settle(*, received: Received, by: User) -> None:
    """A person has read it, and nothing more is to do."""
    close(received, by, LetterOutcome.SETTLED)


def close(received: Received, by: User, outcome: LetterOutcome) -> None:
    received.outcome = outcome
    received.handled_by, received.handled_at = by, timezone.now()
    received.save(update_fields=("outcome", "handled_by", "handled_at"))
