"""Words of people, and messages that never arrived."""

import re
from datetime import timedelta

from django.utils import timezone

from invitations import mails, outbox
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
NO_SERVER = "Ce message n’est pas arrivé\u202f: le serveur n’a pas répondu. Appelez."
TOO_MANY_WORDS = "Déjà beaucoup de messages aujourd’hui\u202f: lisez celui-ci ici."
WORDS_A_DAY = 10
DAY = timedelta(days=1)
# « Chloé Martin a accepté », as programs write above an answer; nobody speaks so of
# themselves.
OF_A_PROGRAM = re.compile(
    r"\b(?:a|has|have) (?:\w+ )?(?:accept|refus|d[ée]clin|r[ée]pond|repl)",
    re.IGNORECASE,
)


def words_of(letter: Letter) -> str:
    """What a person wrote beside their answer: the comment, else the text of the mail
    unless a program made it."""
    answer = letter.answer
    if answer is None:
        return letter.text
    if said := answer.comment or (answer.attendee.comment if answer.attendee else ""):
        return said
    return "" if OF_A_PROGRAM.search(letter.text) else letter.text


def forward(row: Received) -> None:
    """A guest's words go to whoever prepares the meetup."""
    assert row.invitation is not None  # noqa: S101 - the words of a guest
    if pass_on(row, row.invitation):
        row.settle(LetterOutcome.FORWARDED)
    else:
        row.reason = TOO_MANY_WORDS


def pass_on(row: Received, invitation: Invitation) -> bool:
    """Whoever organises answers the guest directly; nothing of an attachment. False
    when it stays on the page only: whoever has the address could fill a mailbox."""
    lately = invitation.received.filter(received_at__gt=timezone.now() - DAY)
    if not row.text.strip() or lately.exclude(text="").count() >= WORDS_A_DAY:
        return False
    queued = outbox.queue(
        mails.forwarded(invitation, text=row.text, sender=row.sender),
        kind=DeliveryKind.FORWARD,
        key=f"forward:{row.digest}",
    )
    return queued is not None


def returned(row: Received, letter: Letter) -> None:
    """RFC 3464. Believed when it names a message that we sent to that address: the name
    is drawn from a secret of ours, and only its reader and the servers know it."""
    known = [(one, found) for one in letter.bounces if (found := ours(one))]
    if not known:
        row.reason = NOT_OURS
        return
    # The one that counts most, when a report tells of several.
    bounce, delivery = max(known, key=lambda pair: pair[0].permanent)
    row.delivery, row.invitation = delivery, delivery.invitation
    if delivery.status == DeliveryStatus.FAILED:
        row.settle(LetterOutcome.SAME)
    elif bounce.permanent:
        bounced(reason=bounce.diagnostic or bounce.status, delivery=delivery)
        row.settle(LetterOutcome.APPLIED)
    elif bounce.action == "failed":
        row.reason = NO_SERVER
    else:
        row.settle(LetterOutcome.IGNORED)


def ours(bounce: Bounce) -> Delivery | None:
    if not bounce.original_message_id or not bounce.recipient:
        return None
    sent = Delivery.objects.filter(
        channel=DeliveryChannel.EMAIL,
        status__in=(DeliveryStatus.SENT, DeliveryStatus.FAILED),
        message_id=bounce.original_message_id,
        recipient__iexact=bounce.recipient,
    )
    return sent.select_related("invitation").order_by("pk").last()
