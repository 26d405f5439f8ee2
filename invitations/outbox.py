"""Messages leave here: rows leased in a short transaction, sent outside of it.

At least once, with the same bytes: a process killed between the server's 250 and our
commit repeats one message, which a mailbox recognises by Message-ID and Date
(RFC 1047 explains why no sender can do better), a gateway by its reference.
"""

import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from invitations import sms
from invitations.channels import unwanted
from invitations.mime import FrozenMessage
from invitations.models import (
    MAX_ATTEMPTS,
    Delivery,
    DeliveryChannel,
    DeliveryKind,
    DeliveryStatus,
    Invitation,
)
from invitations.models.deliveries import DeliveryQuerySet
from invitations.queueing import drop_queued as drop_queued
from invitations.queueing import drop_stale_calls as drop_stale_calls
from invitations.queueing import queue as queue
from invitations.queueing import reference
from invitations.refusals import (
    GIVEN_UP,
    OBJECTED,
    RETURNED,
    TOO_LATE,
    Refusal,
    explain,
)
from invitations.telling import call_instead
from invitations.undelivered import bounced
from networking.models import Suppression, SuppressionReason

log = logging.getLogger("parentheses.outbox")

LEASE = timedelta(minutes=5)
BATCH = 10
# Then the connection is closed, and the worker looks after its other chores.
MOST_BATCHES = 20
MINUTE = timedelta(minutes=1)
SHORTEST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=1)
PATIENCE = timedelta(hours=48)
# All that `unwanted` asks about a guest, for each message anew.
ASKED = (
    "partstat",
    "waiting_since",
    "meetup__status",
    "meetup__starts_at",
    "professional__opted_out_at",
    "professional__paused_until",
)
# The database restarts or is busy: whoever catches anything lets these pass.
DATABASE_AWAY = (OperationalError, InterfaceError)


def claim(worker: str, now: datetime) -> list[Delivery]:
    """Lease up to BATCH due rows to `worker`, the untried first: a message that kills
    its worker does not hold the others up."""
    skip = connection.features.has_select_for_update_skip_locked
    order = ("attempts", "due_at", "pk")
    with transaction.atomic():
        due = Delivery.objects.due(now).order_by(*order)
        chosen = paced(due.select_for_update(skip_locked=skip), now)
        Delivery.objects.filter(pk__in=chosen).update(
            leased_by=worker, leased_until=now + LEASE
        )
    return list(Delivery.objects.filter(pk__in=chosen).order_by(*order))


def paced(due: DeliveryQuerySet, now: datetime) -> list[int]:
    """Keys of the first rows, as many as each domain takes in a minute: the rest of a
    busy domain waits for the next one, behind nobody else's."""
    limit, chosen = settings.MAIL_PER_MINUTE_AND_DOMAIN, list[int]()
    tried = tried_lately(now) if limit else Counter()
    full = {domain for domain, count in tried.items() if count >= limit}
    while len(chosen) < BATCH:
        rows = due.exclude(pk__in=chosen).exclude(domain__in=full)
        found = list(rows.values_list("pk", "domain")[: BATCH - len(chosen)])
        if not found:
            break
        for pk, domain in found:
            if limit and domain and tried[domain] >= limit:
                full.add(domain)
            else:
                tried[domain] += 1
                chosen.append(pk)
    return chosen


def tried_lately(now: datetime) -> Counter[str]:
    """Mails per domain that were tried within a minute or are in a worker's hands."""
    recent = Q(tried_at__gt=now - MINUTE) | Q(
        status=DeliveryStatus.QUEUED, leased_until__gt=now
    )
    rows = Delivery.objects.filter(recent).exclude(domain="").order_by()
    counts = rows.values_list("domain").annotate(tried=Count("pk"))
    return Counter(dict(counts))


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
    begun = rows.update(
        leased_until=now + LEASE, tried_at=now, attempts=F("attempts") + 1
    )
    delivery.attempts += begun
    return begun > 0


def settle(delivery: Delivery, worker: str, **fields: object) -> bool:
    """Write the outcome, unless the lease went to somebody else."""
    rows = Delivery.objects.filter(pk=delivery.pk, leased_by=worker)
    return rows.update(leased_by="", leased_until=None, **fields) > 0


def deliver_due(worker: str, *, keep_going: Callable[[], bool] = lambda: True) -> int:
    """Send what is due over one connection, MOST_BATCHES at a time; the number of
    messages sent."""
    sent = 0
    backend: BaseEmailBackend = get_connection(fail_silently=False)
    try:
        for _ in range(MOST_BATCHES):
            rows = claim(worker, timezone.now()) if keep_going() else []
            if not rows:
                break
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
        give_up(delivery, worker, Refusal(0, GIVEN_UP))
        return 0
    hand_over(delivery, backend)
    settle(delivery, worker, status=DeliveryStatus.SENT, sent_at=now, last_error="")
    return 1


def hand_over(delivery: Delivery, backend: BaseEmailBackend) -> None:
    if delivery.channel == DeliveryChannel.SMS:
        sms.send(
            to=delivery.recipient,
            text=delivery.text,
            reference=reference(delivery.key),
        )
        return
    message = FrozenMessage(
        bytes(delivery.mime), sender=delivery.sender, recipient=delivery.recipient
    )
    backend.open()
    backend.send_messages([message])


def obsolete(delivery: Delivery, now: datetime) -> str:
    """Why the message must not leave any more; "" when it may."""
    if delivery.not_after and delivery.not_after < now:
        return TOO_LATE
    if why := Suppression.objects.reason(delivery.recipient):
        return RETURNED if why == SuppressionReason.BOUNCED else OBJECTED
    # As it is now: an answer may have come since the batch was claimed.
    guests = Invitation.objects.select_related("meetup", "professional").only(*ASKED)
    invitation = guests.filter(deliveries=delivery).first()
    return unwanted(invitation, DeliveryKind(delivery.kind)) if invitation else ""


def postpone(delivery: Delivery, worker: str, error: Exception) -> None:
    """Wait as long again as since the first refusal, or give up: at once after a final
    one (RFC 5321 4.2.1), after PATIENCE without a server that takes the message, after
    MAX_ATTEMPTS when the fault is ours. Only the last one uses attempts up."""
    refusal = explain(error)
    log.warning(
        "delivery %s: %s %s",
        delivery.pk,
        refusal.code,
        type(error).__name__,
        exc_info=None if refusal.is_expected else error,
    )
    now = timezone.now()
    since = delivery.refused_since or now
    if refusal.is_expected:
        tired = now - since > PATIENCE
    else:
        tired = delivery.attempts >= MAX_ATTEMPTS
    if tired or refusal.is_final:
        give_up(delivery, worker, refusal)
        return
    settle(
        delivery,
        worker,
        due_at=now + min(max(now - since, SHORTEST_WAIT), LONGEST_WAIT),
        refused_since=since,
        attempts=F("attempts") - int(refusal.is_expected),
        last_error=refusal.reason,
    )


def give_up(delivery: Delivery, worker: str, refusal: Refusal) -> None:
    """What a program could not send, a person says on the telephone."""
    with transaction.atomic():
        failed = DeliveryStatus.FAILED
        if not settle(delivery, worker, status=failed, last_error=refusal.reason):
            return
        try:
            with transaction.atomic():
                if refusal.is_bounce:
                    bounced(delivery=delivery, reason=refusal.reason)
                else:
                    call_instead(delivery)
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception("no call instead of delivery %s", delivery.pk)
