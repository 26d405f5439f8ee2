"""The circle's letter leaves, once a month at most."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from invitations.models import Delivery, DeliveryKind, DeliveryStatus
from invitations.queueing import queue
from networking.models import Circle, User
from reports.letters import Letter, key_of, readers, sent_in
from reports.mails.letters import circle_letter

STAYS_NEWS = timedelta(days=7)


class NothingToSay(Exception):
    """No letter without news."""


class AlreadyThisMonth(Exception):
    """One letter a month and circle."""


def send_letter(*, letter: Letter, by: User, due_at: datetime | None = None) -> int:
    """To everybody who reads it; how many. The circle's row is held: two clicks make
    one letter."""
    if not letter.has_something:
        raise NothingToSay
    with transaction.atomic():
        Circle.objects.select_for_update().get(pk=letter.circle.pk)
        if sent_in(letter.circle, letter.month).exists():
            raise AlreadyThisMonth
        leaves = due_at or timezone.now()
        queued = [
            queue(
                circle_letter(letter, reader, by),
                kind=DeliveryKind.DIGEST,
                key=key_of(letter.circle, letter.month, reader.professional_id),
                invitation=reader,
                due_at=leaves,
                not_after=leaves + STAYS_NEWS,
                facts=letter.facts,
            )
            for reader in readers(letter.circle)
        ]
    return sum(row is not None for row in queued)


def take_letter_back(*, circle: Circle, month: str) -> bool:
    """As long as nobody got it and nobody is sending it: as if never written."""
    with transaction.atomic():
        Circle.objects.select_for_update().get(pk=circle.pk)
        # Held: no worker takes one of them between the look and the end.
        rows = list(sent_in(circle, month).select_for_update())
        if not rows or any(is_on_its_way(row) for row in rows):
            return False
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return True


def is_on_its_way(row: Delivery) -> bool:
    waits = row.status == DeliveryStatus.QUEUED
    return not waits or row.leased_by != "" or row.attempts > 0
