"""Personal data past its date goes; the same code serves a schedule and a request
(CNIL, developer's guide, sheet 14)."""

import logging
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db import transaction

from invitations.models import Delivery, DeliveryStatus, SeatRequest
from networking.models import PeopleImport, Professional
from reports.models import Attendance

log = logging.getLogger("parentheses.purge")

MAILS_KEPT = timedelta(days=90)
REQUESTS_KEPT = timedelta(days=90)
NAMES_KEPT = timedelta(days=365)


def purge(now: datetime) -> dict[str, int]:
    """Delete what is out of date; how many rows of each kind, also logged."""
    sent = Delivery.objects.exclude(status=DeliveryStatus.QUEUED)
    outdated = {
        "mails": sent.filter(created_at__lt=now - MAILS_KEPT),
        "imports": PeopleImport.objects.outdated(),
        "seat requests": SeatRequest.objects.filter(
            meetup__ends_at__lt=now - REQUESTS_KEPT
        ),
        "contacts": Professional.objects.outdated(),
        "sessions": Session.objects.filter(expire_date__lt=now),
    }
    counts = {}
    with transaction.atomic():
        for name, rows in outdated.items():
            counts[name] = rows.count()
            rows.delete()
        counts["names"] = forget_names(now)
    log.info("purged %s", counts)
    return counts


def forget_names(now: datetime) -> int:
    """A year after the meal, a presence keeps its trade and loses its name."""
    rows = Attendance.objects.filter(meetup__ends_at__lt=now - NAMES_KEPT)
    return rows.exclude(first_name="", invitation=None).update(
        first_name="", invitation=None
    )
