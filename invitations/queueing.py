"""Rows of the queue: written in the transaction of what causes them, taken back as
long as nobody is sending them."""

import hashlib
from datetime import datetime
from typing import Any

from django.utils import timezone

from invitations.mime import CalendarEmail, freeze
from invitations.models import (
    BY_PERSON,
    Delivery,
    DeliveryChannel,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
)
from invitations.models.deliveries import DeliveryQuerySet
from invitations.refusals import ANSWERED, TOO_LATE
from networking.models import Suppression


def queue(
    message: CalendarEmail,
    *,
    kind: DeliveryKind,
    key: str,
    invitation: Invitation | None = None,
    not_after: datetime | None = None,
    **more: object,
) -> Delivery | None:
    """Write the mail to the queue, inside the transaction of what causes it; None
    when this key was queued before or the address asked not to be written to. `more`
    are other fields of the row."""
    recipient, sender = bare(message.to[0]), bare(message.from_email)
    if Suppression.objects.holds(recipient):
        return None
    name = f"<{reference(key)}@{sender.partition('@')[2]}>"
    return _once(
        key,
        invitation=invitation,
        kind=kind,
        sender=sender,
        recipient=recipient,
        domain=recipient.rpartition("@")[2].lower(),
        message_id=name,
        subject=str(message.subject),
        mime=freeze(message, message_id=name, date=timezone.now()),
        not_after=not_after,
        **more,
    )


def queue_text(
    text: str,
    *,
    invitation: Invitation,
    channel: DeliveryChannel,
    kind: DeliveryKind,
    key: str,
    **more: object,
) -> Delivery | None:
    """The same for a text message, a call or a card."""
    phone: Any = invitation.professional.phone
    on_paper = channel == DeliveryChannel.PAPER
    return _once(
        key,
        invitation=invitation,
        channel=channel,
        kind=kind,
        recipient="" if on_paper or not phone else phone.as_e164,
        text=text,
        **more,
    )


def _once(key: str, **fields: object) -> Delivery | None:
    given = {name: value for name, value in fields.items() if value is not None}
    delivery, created = Delivery.objects.get_or_create(key=key, defaults=given)
    return delivery if created else None


def reference(key: str) -> str:
    """The same for every attempt: names the message to mailboxes and gateways."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def bare(mailbox: str) -> str:
    """The address without the name before it."""
    return mailbox.rpartition("<")[2].rstrip(">")


def drop(rows: DeliveryQuerySet, reason: str = "") -> int:
    """Take back what has not left yet, from a dead worker's hands too; how many."""
    free = rows.waiting().unleased(timezone.now())
    return free.update(
        status=DeliveryStatus.DROPPED,
        last_error=reason,
        leased_by="",
        leased_until=None,
    )


def drop_queued(invitation: Invitation, *kinds: DeliveryKind) -> bool:
    """True when something of these kinds was taken back, whatever its channel."""
    return drop(invitation.deliveries.filter(kind__in=kinds)) > 0


def drop_answered(invitation: Invitation) -> None:
    """Whoever has answered is neither reminded nor called about this meal any more."""
    rows = invitation.deliveries.all()
    drop(rows.filter(kind=DeliveryKind.REMINDER), ANSWERED)
    others = rows.exclude(channel=DeliveryChannel.EMAIL)
    drop(others.exclude(kind=DeliveryKind.CANCELLATION), ANSWERED)


def has_a_call(invitation: Invitation) -> bool:
    """Somebody of the team is going to speak to this person already."""
    rows = Delivery.objects.calls().filter(invitation=invitation)
    return rows.exists()


def drop_stale_calls(now: datetime) -> int:
    """Calls that nobody made in time; mails and text messages are looked at when
    they leave."""
    late = Delivery.objects.filter(channel__in=BY_PERSON, not_after__lt=now)
    return drop(late, TOO_LATE)
