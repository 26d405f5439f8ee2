"""Telling a guest something, whatever their channel."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from invitations import mails, texts
from invitations.channels import (
    ASKING,
    channels_of,
    may_be_told,
    spoke,
    unwanted,
)
from invitations.mime import CalendarEmail, freeze
from invitations.models import (
    BY_PERSON,
    Delivery,
    DeliveryChannel,
    DeliveryKind,
    Invitation,
)
from invitations.queueing import has_a_call, queue, queue_text
from networking.models import Suppression, SuppressionReason


@dataclass(frozen=True, kw_only=True)
class Notice:
    """`name` is that of the mail, the text message and the words on the telephone;
    `facts` are what they need beside the invitation."""

    name: str
    kind: DeliveryKind
    key: str
    not_after: datetime | None = None
    due_at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def tell(invitation: Invitation, notice: Notice) -> Delivery | None:
    """Queue it for the channel of this person. None when they are not to be told, or
    this was queued before."""
    person = invitation.professional
    if not may_be_told(person, notice.kind):
        return None
    for channel in channels_of(person):
        if channel == DeliveryChannel.EMAIL and (
            why := Suppression.objects.reason(person.email)
        ):
            # A colleague at the same address may have objected for themselves.
            if why == SuppressionReason.OBJECTED and not person.shares_mailbox:
                return None
            continue
        return _write(invitation, notice, channel)
    return None


def _write(
    invitation: Invitation, notice: Notice, channel: DeliveryChannel
) -> Delivery | None:
    row = Delivery(
        invitation=invitation,
        kind=notice.kind,
        channel=channel,
        facts={**notice.facts, "name": notice.name},
    )
    same: dict[str, Any] = {
        "invitation": invitation,
        "kind": notice.kind,
        "key": notice.key,
        "due_at": notice.due_at,
        "not_after": notice.not_after,
        "facts": row.facts,
    }
    if channel == DeliveryChannel.EMAIL:
        return queue(mail_of(row), **same)
    return queue_text(text_of(row), channel=channel, **same)


def mail_of(row: Delivery) -> CalendarEmail:
    assert row.invitation is not None  # noqa: S101 - only guests are told
    return mails.build(row.invitation, row.name, row.facts, row.words)


def text_of(row: Delivery) -> str:
    assert row.invitation is not None  # noqa: S101 - only guests are told
    say = texts.call if row.channel in BY_PERSON else texts.sms
    return say(row.invitation, row.name, row.facts, row.words)


def reword(delivery: Delivery, words: str) -> None:
    """Build a message that waits again, with the team's words; its key and its
    Message-ID stay. The caller holds the row."""
    delivery.words = words
    if delivery.channel == DeliveryChannel.EMAIL:
        message, name = mail_of(delivery), delivery.message_id
        delivery.subject = str(message.subject)
        delivery.mime = freeze(message, message_id=name, date=timezone.now())
    else:
        delivery.text = text_of(delivery)
    delivery.save(update_fields=("words", "subject", "mime", "text"))


def call_instead(delivery: Delivery) -> Delivery | None:
    """What did not arrive is said on the telephone, once; None when somebody is about
    to call anyway, or when nothing has to be said any more."""
    if delivery.invitation_id is None or delivery.name == "" or delivery.is_call:
        return None
    # As they are now: an objection or an answer may have come meanwhile.
    guests = Invitation.objects.with_person().select_related("meetup__organiser")
    invitation = guests.get(deliveries=delivery)
    if not _still_to_say(delivery, invitation):
        return None
    phone = invitation.professional.phone
    channel = DeliveryChannel.PHONE if phone else DeliveryChannel.PAPER
    call = Delivery(
        invitation=invitation,
        kind=delivery.kind,
        channel=channel,
        facts=delivery.facts,
        words=delivery.words,
    )
    return queue_text(
        text_of(call),
        invitation=invitation,
        channel=channel,
        kind=DeliveryKind(delivery.kind),
        key=f"call:{delivery.key}",
        not_after=delivery.not_after,
        facts=call.facts,
        words=call.words,
    )


def _still_to_say(delivery: Delivery, invitation: Invitation) -> bool:
    kind = DeliveryKind(delivery.kind)
    too_late = delivery.not_after is not None and delivery.not_after < timezone.now()
    answered = kind in ASKING and spoke(invitation)
    wanted = not unwanted(invitation, kind)
    return wanted and not too_late and not answered and not has_a_call(invitation)
