"""The circle's letter leaves, once a month at most."""

from datetime import datetime, timedelta
from typing import cast

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from invitations.mime import freeze
from invitations.models import Delivery, DeliveryKind, DeliveryStatus
from invitations.queueing import drop, queue
from networking.models import Circle, User
from reports.letters import (
    Facts,
    Letter,
    key_of,
    letter_again,
    readers,
    sent_in,
)
from reports.mails.letters import circle_letter
from reports.models import GoodNews

STAYS_NEWS = timedelta(days=7)
NEWS_TAKEN_BACK = "La bonne nouvelle est retirée."


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
                facts={**letter.facts, "by": by.pk},
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


def untell(news: QuerySet[GoodNews]) -> None:
    """Letters that wait are written again without these good news, which their writer
    or the team takes back."""
    gone = set(news.values_list("pk", flat=True))
    rows = Delivery.objects.filter(kind=DeliveryKind.DIGEST).waiting()
    free = (
        rows.filter(attempts=0).unleased(timezone.now()).select_for_update(of=("self",))
    )
    told = free.select_related("invitation__meetup__circle", "invitation__professional")
    for row in told.order_by("pk"):
        if gone.intersection(row.facts["news"]):
            _write_again(row, gone)


def _write_again(row: Delivery, gone: set[int]) -> None:
    facts = {**row.facts, "news": [pk for pk in row.facts["news"] if pk not in gone]}
    by, reader = User.objects.filter(pk=facts.get("by") or 0).first(), row.invitation
    if by is None or reader is None:
        drop(Delivery.objects.filter(pk=row.pk), NEWS_TAKEN_BACK)
        return
    letter = letter_again(reader.meetup.circle, row.created_at, cast(Facts, facts))
    if not letter.has_something:
        drop(Delivery.objects.filter(pk=row.pk), NEWS_TAKEN_BACK)
        return
    message = circle_letter(letter, reader, by)
    row.facts = facts
    row.mime = freeze(message, message_id=row.message_id, date=row.created_at)
    row.save(update_fields=("facts", "mime"))


def strike_letters(news: QuerySet[GoodNews]) -> None:
    """Letters that left with the first name of somebody who is erased lose their
    words."""
    gone = set(news.filter(is_signed=True).values_list("pk", flat=True))
    sent = Delivery.objects.filter(kind=DeliveryKind.DIGEST).exclude(mime=b"")
    done = sent.exclude(status=DeliveryStatus.QUEUED).values_list("pk", "facts")
    keys = [pk for pk, facts in done if gone.intersection(facts["news"])]
    Delivery.objects.filter(pk__in=keys).update(mime=b"", text="", subject="")
