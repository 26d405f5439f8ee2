"""Mail leaves here: rows leased in a short transaction, sent outside of it.

At least once, with the same bytes: a process killed between the server's 250 and our
commit repeats one message, which a mailbox recognises by Message-ID and Date
(RFC 1047 explains why no sender can do better).
"""

import hashlib
import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from invitations.mime import CalendarEmail, FrozenMessage, freeze
from invitations.models import (
    MAX_ATTEMPTS,
    Delivery,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
)

log = logging.getLogger("parentheses.outbox")

LEASE = timedelta(minutes=5)
BATCH = 10
BACK_OFF = (10, 60, 300, 900, 3600)
GIVEN_UP = "Pas arrivé après plusieurs essais. "


def queue(
    message: CalendarEmail,
    *,
    kind: DeliveryKind,
    key: str,
    invitation: Invitation | None = None,
    not_after: datetime | None = None,
) -> Delivery | None:
    """Write the message to the queue; None when this key was queued before.

    Call it inside the transaction of what causes the message.
    """
    address = message.from_email.rpartition("<")[2].rstrip(">")
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    now = timezone.now()
    delivery, created = Delivery.objects.get_or_create(
        key=key,
        defaults={
            "invitation": invitation,
            "kind": kind,
            "sender": address,
            "recipient": message.to[0].rpartition("<")[2].rstrip(">"),
            "subject": str(message.subject),
            "mime": freeze(
                message, message_id=f"<{digest}@{address.partition('@')[2]}>", date=now
            ),
            "not_after": not_after,
        },
    )
    return delivery if created else None


def claim(worker: str, now: datetime) -> list[Delivery]:
    """Lease up to BATCH due rows to `worker`; an attempt counts when it begins, so
    that a crash counts too."""
    skip = connection.features.has_select_for_update_skip_locked
    with transaction.atomic():
        due = Delivery.objects.due(now).order_by("due_at", "pk")
        rows = due.select_for_update(skip_locked=skip).values_list("pk", flat=True)
        chosen = list(rows[:BATCH])
        Delivery.objects.filter(pk__in=chosen).update(
            leased_by=worker, leased_until=now + LEASE, attempts=F("attempts") + 1
        )
    return list(Delivery.objects.filter(pk__in=chosen).order_by("due_at", "pk"))


def still_ours(delivery: Delivery, worker: str) -> bool:
    """The fence: renew the lease, or learn that another worker took the row."""
    now = timezone.now()
    rows = Delivery.objects.filter(
        pk=delivery.pk,
        leased_by=worker,
        leased_until__gt=now,
        status=DeliveryStatus.QUEUED,
    )
    return rows.update(leased_until=now + LEASE) == 1


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
                settle(delivery, worker, attempts=F("attempts") - 1)
            elif still_ours(delivery, worker):
                sent += attempt(delivery, worker, backend)
    finally:
        backend.close()
    return sent


def attempt(delivery: Delivery, worker: str, backend: BaseEmailBackend) -> int:
    now = timezone.now()
    if delivery.not_after and delivery.not_after < now:
        settle(delivery, worker, status=DeliveryStatus.DROPPED, last_error="Trop tard.")
        return 0
    if delivery.attempts > MAX_ATTEMPTS:
        settle(delivery, worker, status=DeliveryStatus.FAILED, last_error=GIVEN_UP)
        return 0
    message = FrozenMessage(
        bytes(delivery.mime), sender=delivery.sender, recipient=delivery.recipient
    )
    try:
        backend.open()
        backend.send_messages([message])
    except (smtplib.SMTPException, OSError) as error:
        backend.close()
        postpone(delivery, worker, error)
        return 0
    settle(delivery, worker, status=DeliveryStatus.SENT, sent_at=now, last_error="")
    return 1


def postpone(delivery: Delivery, worker: str, error: Exception) -> None:
    """Back off after a 4xx or a broken line, give up after a 5xx (RFC 5321 4.2.1)."""
    code, reason = explain(error)
    log.warning("delivery %s: %s %s", delivery.pk, code, type(error).__name__)
    final = 500 <= code < 600 or delivery.attempts >= MAX_ATTEMPTS
    if final:
        settle(delivery, worker, status=DeliveryStatus.FAILED, last_error=reason)
        return
    wait = BACK_OFF[min(delivery.attempts, len(BACK_OFF)) - 1]
    due_at = timezone.now() + timedelta(seconds=wait)
    settle(delivery, worker, due_at=due_at, last_error=reason)


def explain(error: Exception) -> tuple[int, str]:
    """The SMTP code (0 when the server was not reached) and what it said."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        return code, f"{code} {text.decode(errors='replace')}"[:300]
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        words = said.decode(errors="replace") if isinstance(said, bytes) else said
        return error.smtp_code, f"{error.smtp_code} {words}"[:300]
    return 0, f"Serveur de courrier injoignable ({type(error).__name__})."


def drop_queued(invitation: Invitation, *kinds: DeliveryKind) -> bool:
    """Take back what has not left yet; True when something was taken back."""
    rows = invitation.deliveries.filter(
        status=DeliveryStatus.QUEUED, kind__in=kinds, leased_by=""
    )
    return rows.update(status=DeliveryStatus.DROPPED) > 0
