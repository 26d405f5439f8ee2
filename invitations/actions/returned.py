"""An address that came back, tried again."""

from django.db import transaction
from django.utils import timezone

from invitations.actions.sending import queue_invitation
from invitations.models import DeliveryKind, Invitation
from invitations.queueing import drop
from networking.models import Meetup, Professional, Suppression


def try_again(*, person: Professional) -> int:
    """The team knows better, or the mailbox works again: mails leave for this address,
    and those who were to be called about an invitation get it by mail instead. The
    number of invitations that leave. An objection stays."""
    with transaction.atomic():
        if not person.email:
            return 0
        behind = Professional.objects.filter(email__iexact=person.email)
        behind.update(email_bounced_at=None)
        person.email_bounced_at = None
        Suppression.objects.forget_bounce(person.email)
        meetups = Meetup.objects.planned().filter(starts_at__gt=timezone.now())
        silent = Invitation.objects.unanswered().filter(
            professional__in=behind, meetup__in=meetups
        )
        rows = silent.select_related("meetup__organiser").with_person()
        return sum(_by_mail(invitation) for invitation in rows)


def _by_mail(invitation: Invitation) -> int:
    calls = invitation.deliveries.calls()
    asked = (DeliveryKind.INVITATION, DeliveryKind.REMINDER)
    if drop(calls.filter(kind__in=asked)) == 0:
        return 0
    return int(queue_invitation(invitation) is not None)
