"""The right to object, and to change one’s mind."""

from django.db import transaction
from django.utils import timezone

from invitations.models import Delivery
from invitations.queueing import drop
from invitations.refusals import OBJECTED
from networking.models import Professional, Suppression, SuppressionReason


def stop_writing(*, person: Professional) -> None:
    """Right to object: nothing more leaves by any channel, nobody calls, and the
    address stays refused."""
    with transaction.atomic():
        person.opted_out_at = person.opted_out_at or timezone.now()
        person.withdraw_directory_consent()
        person.save()
        if person.email:
            Suppression.objects.add(person.email)
        drop(Delivery.objects.filter(invitation__professional=person), OBJECTED)


def write_again(*, person: Professional) -> None:
    """The person changed their mind, on their own page. That nothing arrived at their
    address stays true."""
    with transaction.atomic():
        person.opted_out_at = None
        person.save(update_fields=("opted_out_at",))
        Suppression.objects.forget(person.email)
        if person.email and person.email_bounced_at:
            Suppression.objects.add(person.email, SuppressionReason.BOUNCED)
