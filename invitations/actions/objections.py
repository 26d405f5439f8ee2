"""The right to object, and to change one’s mind."""

from django.db import transaction
from django.utils import timezone

from invitations import outbox
from invitations.actions.sending import BEFORE_THE_MEAL
from networking.models import Professional, Suppression


def stop_writing(*, person: Professional) -> None:
    """Right to object: nothing more leaves, and the address stays refused."""
    with transaction.atomic():
        person.opted_out_at = person.opted_out_at or timezone.now()
        person.withdraw_directory_consent()
        person.save()
        if person.email:
            Suppression.objects.add(person.email)
        for invitation in person.invitations.all():
            outbox.drop_queued(invitation, *BEFORE_THE_MEAL)


def write_again(*, person: Professional) -> None:
    """The person changed their mind, on their own page."""
    with transaction.atomic():
        person.opted_out_at = None
        person.save(update_fields=("opted_out_at",))
        Suppression.objects.forget(person.email)
