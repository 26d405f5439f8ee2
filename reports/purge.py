"""Personal data past its date goes; the same code serves a schedule and a request
(CNIL, developer's guide, sheet 14)."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Q, QuerySet

from invitations.links import LIVES_AFTER
from invitations.models import (
    Delivery,
    DeliveryStatus,
    ExtraSeat,
    GuestDetail,
    Received,
    SeatBlock,
    SeatRequest,
)
from networking.models import PeopleImport, Professional
from reports.links import never_returned
from reports.models import (
    Attendance,
    Certificate,
    Download,
    FollowUp,
    GoodNews,
    Nudge,
    Opinion,
    PartnerNotice,
    Portrait,
    ReportLink,
    Tap,
)

log = logging.getLogger("parentheses.purge")

MAILS_KEPT = timedelta(days=90)
REQUESTS_KEPT = timedelta(days=90)
NAMES_KEPT = timedelta(days=365)
NEEDS_KEPT = timedelta(days=1)
CONTACTS_KEPT = timedelta(days=30)
PORTRAITS_KEPT = timedelta(days=2 * 365)
# Until the report of their year is written.
NUDGES_KEPT = timedelta(days=2 * 365)
PROOF_KEPT = timedelta(days=3 * 365)
READINGS_KEPT = timedelta(days=365)
NOTICES_KEPT = timedelta(days=365)
VOICES_KEPT = timedelta(days=365)


def purge(now: datetime) -> dict[str, int]:
    """Delete what is out of date; how many rows of each kind, also logged."""
    counts = {}
    with transaction.atomic():
        for name, rows in outdated(now).items():
            counts[name] = rows.count()
            rows.delete()
        counts["mail texts"] = forget_texts(now)
        counts["names"] = forget_names(now)
        counts["needs"] = forget_needs(now)
        counts["received"] = forget_received(now)
        counts["opinion flags"] = forget_who_spoke(now)
        counts["opinion words"] = forget_words(now)
        counts["employers"] = forget_employers(now)
    log.info("purged %s", counts)
    return counts


def outdated(now: datetime) -> dict[str, QuerySet[Any]]:
    """Rows that go entirely."""
    return {
        "mails": old_mails(now).filter(
            Q(invitation=None) | Q(invitation__meetup__ends_at__lt=now)
        ),
        "imports": PeopleImport.objects.outdated(),
        "seat requests": SeatRequest.objects.filter(
            meetup__ends_at__lt=now - REQUESTS_KEPT
        ),
        "contacts": Professional.objects.outdated(),
        "readings": Download.objects.filter(at__lt=now - READINGS_KEPT),
        "report links": ReportLink.objects.filter(expires_at__lt=now - READINGS_KEPT),
        "notices": PartnerNotice.objects.filter(created_at__lt=now - NOTICES_KEPT),
        # Whoever checks an older one is told that it is no longer in our registers.
        "certificates": Certificate.objects.filter(issued_at__lt=now - PROOF_KEPT),
        "portraits": Portrait.objects.filter(added_at__lt=now - PORTRAITS_KEPT),
        "good news": GoodNews.objects.filter(created_at__lt=now - VOICES_KEPT),
        "sealed opinions": Opinion.objects.sealed().filter(
            meetup__ends_at__lt=now - VOICES_KEPT
        ),
        "links said by one": never_returned(now - NAMES_KEPT),
        "news of links": Nudge.objects.filter(sent_at__lt=now - NUDGES_KEPT),
        "sessions": Session.objects.filter(expire_date__lt=now),
    }


def old_mails(now: datetime) -> QuerySet[Delivery]:
    done = Delivery.objects.exclude(status=DeliveryStatus.QUEUED)
    return done.filter(created_at__lt=now - MAILS_KEPT)


def forget_texts(now: datetime) -> int:
    """Until the meal an empty row stays: it says who was invited, for the reminders,
    and that this mail must not be queued again."""
    readable = old_mails(now).exclude(recipient="", text="", mime=b"")
    return readable.update(
        recipient="", subject="", text="", words="", mime=b"", last_error=""
    )


def forget_received(now: datetime) -> int:
    """What came back loses its words with the mails; that it came stays with the
    invitation, and what belongs to nobody goes."""
    old = Received.objects.filter(received_at__lt=now - MAILS_KEPT)
    old.filter(invitation=None).delete()
    return old.exclude(raw=b"").update(
        raw=b"", text="", subject="", sender="", delegated_to=""
    )


def forget_needs(now: datetime) -> int:
    """The day after the meal nobody needs to know a diet or an access any more."""
    rows = GuestDetail.objects.filter(
        invitation__meetup__ends_at__lt=now - NEEDS_KEPT,
        needs_consent_at__isnull=False,
    )
    return rows.update(diet="", access="", needs_consent_at=None)


def forget_employers(now: datetime) -> int:
    """Whom to write to about an employer's seats; the seats stay counted."""
    rows = SeatBlock.objects.filter(meetup__ends_at__lt=now - CONTACTS_KEPT)
    return rows.exclude(contact_name="").update(contact_name="", contact_email="")


def forget_names(now: datetime) -> int:
    """A year after the meal, a presence keeps its trade and loses its name, its hours
    and who noted it; so do companions and colleagues."""
    extras = ExtraSeat.objects.filter(meetup__ends_at__lt=now - NAMES_KEPT)
    extras.exclude(first_name="").update(first_name="")
    FollowUp.objects.filter(meetup__ends_at__lt=now - NAMES_KEPT).delete()
    Tap.objects.filter(meetup__ends_at__lt=now - NAMES_KEPT).delete()
    rows = Attendance.objects.filter(meetup__ends_at__lt=now - NAMES_KEPT)
    nothing = {"arrived_at": None, "left_at": None, "recorded_by": None}
    rows.exclude(**nothing).update(**nothing)
    return rows.exclude(first_name="", invitation=None).update(
        first_name="", invitation=None
    )


def forget_words(now: datetime) -> int:
    """Opinions stay as counts; what was written goes a year after it could be read."""
    rows = Opinion.objects.filter(released_on__lt=(now - VOICES_KEPT).date())
    return rows.exclude(words="").update(words="")


def forget_who_spoke(now: datetime) -> int:
    """When no link of the meal lives any more, nobody needs to know who has given an
    opinion already."""
    rows = Attendance.objects.filter(
        has_given_opinion=True, meetup__ends_at__lt=now - LIVES_AFTER
    )
    return rows.update(has_given_opinion=False)
