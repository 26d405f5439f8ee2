"""Which way a message goes: one person, one channel."""

from invitations import sms
from invitations.models import DeliveryChannel, DeliveryKind, Invitation, PartStat
from invitations.refusals import ANSWERED, CANCELLED, OBJECTED, PAUSED, TOO_LATE
from networking.models import Channel, Professional
from venues.phones import takes_text

ASKING = (DeliveryKind.INVITATION, DeliveryKind.REMINDER)
# Whoever takes a break still hears of a meal they were asked to.
LEFT_IN_PEACE = (*ASKING, DeliveryKind.NUDGE, DeliveryKind.DIGEST)
PREFERRED = {
    Channel.EMAIL: DeliveryChannel.EMAIL,
    Channel.SMS: DeliveryChannel.SMS,
    Channel.PHONE: DeliveryChannel.PHONE,
}


def may_be_told(person: Professional, kind: DeliveryKind) -> bool:
    if person.opted_out_at is not None:
        return False
    return kind not in LEFT_IN_PEACE or not person.is_paused


def unwanted(invitation: Invitation, kind: DeliveryKind) -> str:
    """Why a message of this kind must not reach this guest any more; "" when it
    may."""
    person, meetup = invitation.professional, invitation.meetup
    if person.opted_out_at:
        return OBJECTED
    if not may_be_told(person, kind):
        return PAUSED
    if kind not in ASKING:
        return ""
    if not meetup.is_planned or meetup.has_started:
        return CANCELLED if meetup.is_cancelled else TOO_LATE
    return ANSWERED if kind == DeliveryKind.REMINDER and spoke(invitation) else ""


def spoke(invitation: Invitation) -> bool:
    """Answered, or said yes to a table without a seat."""
    silent = invitation.partstat == PartStat.NEEDS_ACTION
    return not silent or invitation.waiting_since is not None


def takes_mail(person: Professional) -> bool:
    return bool(person.email) and person.email_bounced_at is None


def channels_of(person: Professional) -> list[DeliveryChannel]:
    """The preferred channel first, then the other possible ones; a card when there is
    no other. A secure mailbox is for patients' data: never ours, and whoever reads
    one gets a mail or a call."""
    possible = {
        DeliveryChannel.EMAIL: takes_mail(person),
        DeliveryChannel.SMS: takes_text(person.phone) and sms.is_configured(),
        DeliveryChannel.PHONE: bool(person.phone),
        DeliveryChannel.PAPER: True,
    }
    if person.channel == Channel.SECURE:
        possible[DeliveryChannel.SMS] = False
    first = PREFERRED.get(Channel(person.channel), DeliveryChannel.EMAIL)
    order = [first, *(one for one in possible if one != first)]
    return [channel for channel in order if possible[channel]]


def channel_for(person: Professional, kind: DeliveryKind) -> DeliveryChannel | None:
    """None for whoever is not told this kind of message."""
    return channels_of(person)[0] if may_be_told(person, kind) else None
