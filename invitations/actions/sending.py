"""Inviting."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from invitations.channels import may_be_told, takes_mail
from invitations.limits import resting
from invitations.models import (
    BY_PROGRAM,
    AnswersClosed,
    Delivery,
    DeliveryKind,
    Invitation,
)
from invitations.queueing import drop
from invitations.telling import Notice, tell
from networking.models import Meetup, Professional

BEFORE_THE_MEAL = (
    DeliveryKind.INVITATION,
    DeliveryKind.REMINDER,
    DeliveryKind.UPDATE,
    DeliveryKind.SEAT,
)


def reachable(person: Professional, kind: DeliveryKind = DeliveryKind.UPDATE) -> bool:
    """By mail, for a message of this kind."""
    return takes_mail(person) and may_be_told(person, kind)


def send_invitations(
    *,
    meetup: Meetup,
    people: Iterable[Professional],
    due_at: datetime | None = None,
) -> int:
    """Invite, and queue a message for each person by their channel; the number of new
    invitations. Whoever is resting is skipped (`limits.resting`). Raises AnswersClosed
    when the meetup was cancelled or began."""
    with transaction.atomic():
        meetup = Meetup.objects.select_for_update().get(pk=meetup.pk)
        if not meetup.is_planned or meetup.has_started:
            raise AnswersClosed
        asked = list(people)
        left_in_peace = resting(asked, timezone.now())
        fresh = Invitation.objects.invite(
            meetup, [one for one in asked if one.pk not in left_in_peace]
        )
        for invitation in fresh:
            queue_invitation(invitation, due_at=due_at)
    return len(fresh)


def queue_invitation(
    invitation: Invitation, *, due_at: datetime | None = None
) -> Delivery | None:
    """The first message tells where the address comes from (CNIL, sheet 12). Each
    call is a message of its own: the organiser may send it again. None for whoever
    does not want it."""
    person = invitation.professional
    number = invitation.deliveries.filter(kind=DeliveryKind.INVITATION).count()
    queued = tell(
        invitation,
        Notice(
            name="invitation",
            kind=DeliveryKind.INVITATION,
            key=f"invitation:{invitation.key}:{number}",
            due_at=due_at,
            not_after=invitation.meetup.starts_at,
        ),
    )
    # A call gives this notice once it was made.
    if queued and queued.channel in BY_PROGRAM:
        give_notice(person)
    return queued


def give_notice(person: Professional) -> None:
    if person.notice_sent_at is None:
        person.notice_sent_at = timezone.now()
        person.save(update_fields=("notice_sent_at",))


def send_again(*, invitation: Invitation) -> Delivery | None:
    """After a corrected address, or a message that did not arrive; instead of what
    still waits. Raises AnswersClosed."""
    with transaction.atomic():
        meetup = Meetup.objects.select_for_update().get(pk=invitation.meetup_id)
        if not meetup.takes_answers:
            raise AnswersClosed
        kinds = (DeliveryKind.INVITATION, DeliveryKind.REMINDER)
        drop(invitation.deliveries.filter(kind__in=kinds))
        return queue_invitation(invitation)
