"""Words of people, and messages that never arrived."""

from invitations import mails, outbox
from invitations.actions.replies.matching import Match
from invitations.inbox.bounces import Bounce
from invitations.inbox.letters import Letter
from invitations.models import (
    Delivery,
    DeliveryChannel,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
    LetterOutcome,
    Received,
)
from invitations.undelivered import bounced

NOT_OURS = "Un message revient, mais nous ne reconnaissons pas lequel."
FOR_NOW = "La boîte est pleine, ou le serveur est absent. Rien n’est définitif."


def forward(row: Received, letter: Letter) -> None:
    """A guest's words go to whoever prepares the meetup."""
    if row.invitation is None:
        return
    pass_on(row, row.invitation)
    row.settle(LetterOutcome.FORWARDED)


def pass_on(row: Received, invitation: Invitation) -> None:
    """Whoever organises answers the guest directly; nothing of an attachment."""
    if row.text.strip():
        outbox.queue(
            mails.forwarded(invitation, text=row.text, sender=row.sender),
            kind=DeliveryKind.FORWARD,
            key=f"forward:{row.digest}",
        )


def returned(row: Received, letter: Letter, found: Match) -> None:
    """RFC 3464. Believed when it names a message that we sent to that address, or was
    sent to the address that only this guest was given."""
    lasting = [one for one in letter.bounces if one.permanent]
    if not lasting:
        row.settle(LetterOutcome.IGNORED, FOR_NOW)
        return
    for one in lasting:
        delivery = ours(one, found.invitation if found.by_token else None)
        if delivery is None:
            continue
        row.delivery, row.invitation = delivery, delivery.invitation
        if delivery.status == DeliveryStatus.FAILED:
            row.settle(LetterOutcome.SAME)
            return
        bounced(reason=one.diagnostic or one.status, delivery=delivery)
        row.settle(LetterOutcome.APPLIED)
        return
    row.reason = NOT_OURS


def ours(bounce: Bounce, guest: Invitation | None) -> Delivery | None:
    sent = Delivery.objects.filter(
        channel=DeliveryChannel.EMAIL,
        status__in=(DeliveryStatus.SENT, DeliveryStatus.FAILED),
    ).select_related("invitation")
    if bounce.recipient:
        sent = sent.filter(recipient__iexact=bounce.recipient)
    if bounce.original_message_id:
        named = sent.filter(message_id=bounce.original_message_id)
        return named.order_by("pk").last()
    if guest is None or not bounce.recipient:
        return None
    return sent.filter(invitation=guest).order_by("sent_at", "pk").last()
