"""A break, and the end of it."""

from datetime import date

from django.db import transaction

from invitations.channels import LEFT_IN_PEACE
from invitations.models import Delivery
from invitations.queueing import drop
from invitations.refusals import PAUSED
from networking.models import Professional


def pause(*, person: Professional, until: date) -> None:
    """No invitation nor reminder before this day; what waits is taken back. News of a
    meal that the person was asked to still arrives."""
    with transaction.atomic():
        person.paused_until = until
        person.save(update_fields=("paused_until",))
        waiting = Delivery.objects.filter(
            invitation__professional=person, kind__in=LEFT_IN_PEACE
        )
        drop(waiting, PAUSED)


def end_pause(*, person: Professional) -> None:
    person.paused_until = None
    person.save(update_fields=("paused_until",))
