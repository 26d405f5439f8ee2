"""What people said they would do: reminded once, on the day."""

import logging
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone

from invitations.channels import may_be_told, takes_mail
from invitations.models import DeliveryKind
from invitations.outbox import DATABASE_AWAY
from invitations.queueing import queue
from networking.models import Meetup, User
from networking.perms import can_record
from reports.mails.after import follow_up_due
from reports.models import FollowUp

log = logging.getLogger("parentheses.follow_ups")

AT = time(8)


def set_done(*, follow_up: FollowUp, is_done: bool) -> None:
    follow_up.done_on = timezone.localdate() if is_done else None
    follow_up.save(update_fields=("done_on",))


def put_off(*, follow_up: FollowUp, due_on: date) -> None:
    """A later day has a reminder of its own."""
    follow_up.due_on, follow_up.reminded_at = due_on, None
    follow_up.save(update_fields=("due_on", "reminded_at"))


def remind_due(now: datetime) -> int:
    """Queue the reminders of today, from eight o'clock on; safe to run twice. A day
    that passed without a worker is not caught up with."""
    local = timezone.localtime(now)
    if local.time() < AT:
        return 0
    due = FollowUp.objects.open().filter(due_on=local.date(), reminded_at=None)
    rows = due.select_related(
        "meetup__organiser",
        "meetup__booking__venue__commune",
        "owner",
        "guest__professional",
    )
    return sum(_remind_carefully(one, now) for one in rows)


def _remind_carefully(follow_up: FollowUp, now: datetime) -> int:
    try:
        with transaction.atomic():
            FollowUp.objects.filter(pk=follow_up.pk).update(reminded_at=now)
            return int(_remind(follow_up))
    except DATABASE_AWAY:
        raise
    except Exception:
        log.exception("no reminder for follow-up %s", follow_up.pk)
        return 0


def _is_reminded(owner: User | None, meetup: Meetup) -> bool:
    """Nobody who left the team or closed their account."""
    return owner is not None and owner.is_active and can_record(owner, meetup)


def _remind(follow_up: FollowUp) -> bool:
    guest = follow_up.guest
    if guest and not (
        takes_mail(guest.professional)
        and may_be_told(guest.professional, DeliveryKind.FOLLOW_UP)
    ):
        return False
    if guest is None and not _is_reminded(follow_up.owner, follow_up.meetup):
        return False
    message = follow_up_due(follow_up)
    key = f"follow-up:{follow_up.pk}:{follow_up.due_on}"
    row = queue(message, kind=DeliveryKind.FOLLOW_UP, key=key, invitation=guest)
    return row is not None
