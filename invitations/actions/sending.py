"""Inviting."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from invitations import mails, outbox
from invitations.models import (
    AnswersClosed,
    DeliveryKind,
    Invitation,
)
from networking.models import Meetup, Professional

BEFORE_THE_MEAL = (
    DeliveryKind.INVITATION,
    DeliveryKind.REMINDER,
    DeliveryKind.UPDATE,
    DeliveryKind.SEAT,
)


def reachable(person: Professional) -> bool:
    return bool(person.email) and person.opted_out_at is None


def send_invitations(*, meetup: Meetup, people: Iterable[Professional]) -> int:
    """Invite, and queue a mail for each person who has an address; the number of
    new invitations. Raises AnswersClosed when the meetup was cancelled or began."""
    with transaction.atomic():
        meetup = Meetup.objects.select_for_update().get(pk=meetup.pk)
        if not meetup.is_planned or meetup.has_started:
            raise AnswersClosed
        fresh = Invitation.objects.invite(meetup, people)
        for invitation in fresh:
            if reachable(invitation.professional):
                queue_invitation(invitation)
    return len(fresh)


def queue_invitation(invitation: Invitation) -> None:
    """The first message tells where the address comes from (CNIL, sheet 12). Each
    call is a message of its own: the organiser may send it again."""
    person = invitation.professional
    number = invitation.deliveries.filter(kind=DeliveryKind.INVITATION).count()
    outbox.queue(
        mails.invitation(invitation),
        kind=DeliveryKind.INVITATION,
        key=f"invitation:{invitation.key}:{number}",
        invitation=invitation,
        not_after=invitation.meetup.starts_at,
    )
    if person.notice_sent_at is None:
        person.notice_sent_at = timezone.now()
        person.save(update_fields=("notice_sent_at",))
