"""Messages that come back for good: the address is left alone, and people call."""

import logging

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from invitations.mime import one_line
from invitations.models import (
    Delivery,
    DeliveryChannel,
    DeliveryStatus,
    Invitation,
    PartStat,
)
from invitations.queueing import drop
from invitations.refusals import RETURNED
from invitations.telling import call_instead
from networking.models import (
    Meetup,
    Professional,
    Suppression,
    SuppressionReason,
)

log = logging.getLogger("parentheses.outbox")


def bounced(
    *,
    reason: str,
    delivery: Delivery | None = None,
    invitation: Invitation | None = None,
) -> int:
    """Nothing will ever arrive at the address of this delivery, or of the last mail
    to this guest: it is not written to any more, and one call waits for each meetup
    that somebody behind it has not answered to. The number of new calls."""
    with transaction.atomic():
        returned = delivery or _last_mail(invitation)
        if returned is None or returned.channel != DeliveryChannel.EMAIL:
            return 0
        _fail(returned, reason)
        calls = int(call_instead(returned) is not None)
        if returned.recipient:
            calls += _leave_alone(returned.recipient)
    return calls


def _last_mail(invitation: Invitation | None) -> Delivery | None:
    if invitation is None:
        return None
    mails = invitation.deliveries.filter(
        channel=DeliveryChannel.EMAIL, status=DeliveryStatus.SENT
    )
    return mails.order_by("sent_at", "pk").last()


def _fail(delivery: Delivery, reason: str) -> None:
    delivery.status = DeliveryStatus.FAILED
    delivery.last_error = one_line(reason, limit=300)
    delivery.leased_by, delivery.leased_until = "", None
    delivery.save(update_fields=("status", "last_error", "leased_by", "leased_until"))
    log.warning("delivery %s came back", delivery.pk)


def _leave_alone(address: str) -> int:
    Suppression.objects.add(address, SuppressionReason.BOUNCED)
    behind = Professional.objects.filter(email__iexact=address)
    behind.filter(email_bounced_at=None).update(email_bounced_at=timezone.now())
    mails = Delivery.objects.filter(
        channel=DeliveryChannel.EMAIL,
        recipient__iexact=address,
        invitation__meetup__in=Meetup.objects.planned().filter(
            starts_at__gt=timezone.now()
        ),
    )
    silent = Q(invitation__partstat=PartStat.NEEDS_ACTION)
    waiting = Q(status=DeliveryStatus.QUEUED)
    concerned = mails.filter(silent | waiting).exclude(status=DeliveryStatus.DROPPED)
    # The last message to each person is what there is to say.
    last = {one.invitation_id: one for one in concerned.order_by("created_at", "pk")}
    calls = [call_instead(one) for one in last.values()]
    drop(concerned, RETURNED)
    return sum(call is not None for call in calls)
