"""Mail leaves here: rows leased in a short transaction, sent outside of it.

At least once, with the same bytes: a process killed between the server's 250 and our
commit repeats one message, which a mailbox recognises by Message-ID and Date
(RFC 1047 explains why no sender can do better).
"""

import hashlib
import logging
import smtplib
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from invitations.mime import CalendarEmail, FrozenMessage, freeze, one_line
from invitations.models import (
    MAX_ATTEMPTS,
    Delivery,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
)
from networking.models import Suppression

log = logging.getLogger("parentheses.outbox")

LEASE = timedelta(minutes=5)
BATCH = 10
SHORTEST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
PATIENCE = timedelta(hours=48)
GIVEN_UP = "Pas arrivé après plusieurs essais."
# The database restarts or is busy: whoever catches anything lets these pass.
DATABASE_AWAY = (OperationalError, InterfaceError)
# What these say is about our account or the server, not about the message.
SERVER_AT_FAULT = (
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
)
TOO_LARGE = 552  # the one refusal of a sender that is about the message (RFC 1870)


def queue(
    message: CalendarEmail,
    *,
    kind: DeliveryKind,
    key: str,
    invitation: Invitation | None = None,
    not_after: datetime | None = None,
) -> Delivery | None:
    """Write the message to the queue, inside the transaction of what causes it; None
    when this key was queued before or the address asked not to be written to."""
    recipient, sender = bare(message.to[0]), bare(message.from_email)
    if Suppression.objects.holds(recipient):
        return None
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    name = f"<{digest}@{sender.partition('@')[2]}>"
    delivery, created = Delivery.objects.get_or_create(
        key=key,
        defaults={
            "invitation": invitation,
            "kind": kind,
            "sender": sender,
            "recipient": recipient,
            "domain": recipient.rpartition("@")[2].lower(),
            "message_id": name,
            "subject": str(message.subject),
            "mime": freeze(message, message_id=name, date=timezone.now()),
            "not_after": not_after,
        },
    )
    return delivery if created else None


def bare(mailbox: str) -> str:
    """The address without the name before it."""
    return mailbox.rpartition("<")[2].rstrip(">")


def claim(worker: str, now: datetime) -> list[Delivery]:
    """Lease up to BATCH due rows to `worker`, the untried first: a message that kills
    its worker does not hold the others up."""
    skip = connection.features.has_select_for_update_skip_locked
    order = ("attempts", "due_at", "pk")
    with transaction.atomic():
        due = Delivery.objects.due(now).order_by(*order)
        rows = due.select_for_update(skip_locked=skip).values_list("pk", flat=True)
        chosen = list(rows[:BATCH])
        Delivery.objects.filter(pk__in=chosen).update(
            leased_by=worker, leased_until=now + LEASE
        )
    return list(Delivery.objects.filter(pk__in=chosen).order_by(*order))


def still_ours(delivery: Delivery, worker: str) -> bool:
    """The fence: renew the lease, or learn that another worker took the row.

    An attempt counts here, before it begins, so that a crash counts too.
    """
    now = timezone.now()
    rows = Delivery.objects.filter(
        pk=delivery.pk,
        leased_by=worker,
        leased_until__gt=now,
        status=DeliveryStatus.QUEUED,
    )
    if rows.update(leased_until=now + LEASE, attempts=F("attempts") + 1) == 0:
        return False
    delivery.attempts += 1
    return True


def settle(delivery: Delivery, worker: str, **fields: object) -> None:
    """Write the outcome, unless the lease went to somebody else."""
    rows = Delivery.objects.filter(pk=delivery.pk, leased_by=worker)
    rows.update(leased_by="", leased_until=None, **fields)


def deliver_due(worker: str, *, keep_going: Callable[[], bool] = lambda: True) -> int:
    """Send what is due over one connection; the number of messages sent."""
    rows = claim(worker, timezone.now())
    if not rows:
        return 0
    sent = 0
    backend: BaseEmailBackend = get_connection(fail_silently=False)
    try:
        for delivery in rows:
            if not keep_going():
                settle(delivery, worker)
            elif still_ours(delivery, worker):
                sent += attempt_carefully(delivery, worker, backend)
    finally:
        hang_up(backend)
    return sent


def attempt_carefully(
    delivery: Delivery, worker: str, backend: BaseEmailBackend
) -> int:
    """Whatever goes wrong with one message stays with that message."""
    try:
        return attempt(delivery, worker, backend)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        postpone(delivery, worker, error)
        hang_up(backend)
        return 0


def hang_up(backend: BaseEmailBackend) -> None:
    """How the server takes leave changes nothing for what it took."""
    with suppress(OSError):
        backend.close()


def attempt(delivery: Delivery, worker: str, backend: BaseEmailBackend) -> int:
    now = timezone.now()
    if reason := obsolete(delivery, now):
        settle(delivery, worker, status=DeliveryStatus.DROPPED, last_error=reason)
        return 0
    if delivery.attempts > MAX_ATTEMPTS:
        settle(delivery, worker, status=DeliveryStatus.FAILED, last_error=GIVEN_UP)
        return 0
    message = FrozenMessage(
        bytes(delivery.mime), sender=delivery.sender, recipient=delivery.recipient
    )
    backend.open()
    backend.send_messages([message])
    settle(delivery, worker, status=DeliveryStatus.SENT, sent_at=now, last_error="")
    return 1


def obsolete(delivery: Delivery, now: datetime) -> str:
    """Why the message must not leave any more; "" when it may."""
    if delivery.not_after and delivery.not_after < now:
        return "Trop tard."
    if Suppression.objects.holds(delivery.recipient):
        return "La personne ne veut plus de messages."
    return ""


def postpone(delivery: Delivery, worker: str, error: Exception) -> None:
    """Wait as long again as the message has waited, or give up: at once after a 5xx
    about it (RFC 5321 4.2.1), after PATIENCE without a server that takes it, after
    MAX_ATTEMPTS when the fault is ours. Only the last one uses attempts up."""
    code, reason = explain(error)
    # smtplib's errors are OSErrors too; any other kind is a fault of ours.
    expected = isinstance(error, OSError)
    log.warning(
        "delivery %s: %s %s",
        delivery.pk,
        code,
        type(error).__name__,
        exc_info=None if expected else error,
    )
    age = timezone.now() - delivery.created_at
    if expected:
        # A first refusal may come late, when the worker was away.
        tired = age > PATIENCE and delivery.last_error != ""
    else:
        tired = delivery.attempts >= MAX_ATTEMPTS
    if tired or 500 <= code < 600:
        settle(delivery, worker, status=DeliveryStatus.FAILED, last_error=reason)
        return
    settle(
        delivery,
        worker,
        due_at=timezone.now() + min(max(age, SHORTEST_WAIT), LONGEST_WAIT),
        attempts=F("attempts") - int(expected),
        last_error=reason,
    )


def explain(error: Exception) -> tuple[int, str]:
    """The SMTP code about this message (0 when there is none) and what was said."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return code, f"{code} {readable(said)}"
    if isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, readable(error.smtp_error)
        refuses_us = isinstance(error, smtplib.SMTPSenderRefused) and code != TOO_LARGE
        if refuses_us or isinstance(error, SERVER_AT_FAULT):
            return 0, f"Le serveur de courrier nous refuse ({code} {text})."[:300]
        return code, f"{code} {text}"
    if isinstance(error, OSError):
        return 0, f"Serveur de courrier injoignable ({type(error).__name__})."
    return 0, f"Message impossible à envoyer ({type(error).__name__})."


def readable(said: bytes | str) -> str:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return one_line(words, limit=200)


def drop_queued(invitation: Invitation, *kinds: DeliveryKind) -> bool:
    """Take back what has not left yet, from a dead worker's hands too; True when
    something was taken back."""
    free = Q(leased_by="") | Q(leased_until__lt=timezone.now())
    rows = invitation.deliveries.filter(
        free, status=DeliveryStatus.QUEUED, kind__in=kinds
    )
    dropped = rows.update(
        status=DeliveryStatus.DROPPED, leased_by="", leased_until=None
    )
    return dropped > 0
