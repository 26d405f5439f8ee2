"""What the team does with a message that has not left yet."""

from django.db import transaction
from django.utils import timezone

from invitations.models import Delivery
from invitations.queueing import drop
from invitations.telling import reword

BY_THE_TEAM = "Retiré par l’équipe."


def rewrite(*, delivery: Delivery, words: str, for_all: bool = False) -> int:
    """Put the team's words into this message, or into all of its kind that wait for
    the same meetup; how many. What a worker holds, or may have sent, stays as it is.
    """
    rows = Delivery.objects.filter(pk=delivery.pk)
    if for_all and delivery.invitation:
        rows = Delivery.objects.filter(
            invitation__meetup=delivery.invitation.meetup_id, kind=delivery.kind
        )
    done = 0
    with transaction.atomic():
        free = rows.waiting().unleased(timezone.now()).order_by("pk")
        # Locked rows are left out of a worker's claim.
        for row in free.select_for_update(of=("self",)).select_related(
            "invitation__meetup__organiser",
            "invitation__meetup__booking__venue__commune",
            "invitation__professional__profession",
        ):
            if row.can_be_reworded:
                reword(row, words)
                done += 1
    return done


def take_back(*, delivery: Delivery) -> bool:
    """False when it has just left."""
    return drop(Delivery.objects.filter(pk=delivery.pk), BY_THE_TEAM) > 0


def send_now(*, delivery: Delivery) -> bool:
    """Without waiting for its hour; False when it has just left."""
    now = timezone.now()
    rows = Delivery.objects.filter(pk=delivery.pk).waiting().unleased(now)
    return rows.update(due_at=now) > 0
