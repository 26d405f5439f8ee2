"""Verbs with consequences beyond their row."""

import json
import re
from datetime import timedelta
from decimal import Decimal

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from invitations.models import (
    Delivery,
    ExtraSeat,
    Invitation,
    Received,
    SeatRequest,
)
from networking.models import (
    Meetup,
    Partner,
    PeopleImport,
    Profession,
    Professional,
    Suppression,
    User,
)
from reports.freezing import freeze, report_title
from reports.models import Attendance, Presence, Report
from venues.text import fold

SAME_WALK_IN = timedelta(seconds=60)
OTHER = "other"


class NotRecordable(Exception):
    """Too early, cancelled or closed: presences do not change."""


class NotClosed(Exception):
    """A report is made from presences that no longer change."""


def is_recordable(meetup: Meetup) -> bool:
    return meetup.is_planned and meetup.is_near


def is_closable(meetup: Meetup) -> bool:
    return meetup.is_planned and meetup.has_started


def _locked(meetup: Meetup) -> Meetup:
    """The row as it is now, held until the end of the transaction."""
    return Meetup.objects.select_for_update().get(pk=meetup.pk)


def record_presence(
    *, invitation: Invitation, presence: Presence | None, user: User
) -> None:
    """Mark a guest, or unmark with None; doing it twice changes nothing more. Coming
    is a sign of life: the contact is kept three years from it."""
    with transaction.atomic():
        if not is_recordable(_locked(invitation.meetup)):
            raise NotRecordable
        if presence is None:
            Attendance.objects.filter(invitation=invitation).delete()
            return
        Attendance.objects.update_or_create(
            invitation=invitation, defaults=_mark(invitation, presence, user)
        )
        if presence == Presence.PRESENT:
            Professional.objects.filter(pk=invitation.professional_id).update(
                last_sign_at=timezone.now()
            )


def _mark(
    invitation: Invitation, presence: Presence, user: User | None
) -> dict[str, object]:
    person = invitation.professional
    return {
        "meetup_id": invitation.meetup_id,
        "first_name": person.first_name,
        "profession_id": person.profession_id,
        "commune_id": person.commune_id,
        "presence": presence,
        "recorded_at": timezone.now(),
        "recorded_by": user,
    }


def record_extra(*, extra: ExtraSeat, is_there: bool, user: User) -> None:
    """Mark somebody who came with a guest, in their place or from an employer; twice
    changes nothing more. Somebody whose trade nobody knew counts as "other"."""
    with transaction.atomic():
        if not is_recordable(_locked(extra.meetup)):
            raise NotRecordable
        if not is_there:
            Attendance.objects.filter(extra=extra).delete()
            return
        Attendance.objects.update_or_create(
            extra=extra,
            defaults={
                "meetup_id": extra.meetup_id,
                "first_name": extra.first_name,
                "profession_id": extra.profession_id or OTHER,
                "presence": Presence.PRESENT,
                "recorded_at": timezone.now(),
                "recorded_by": user,
            },
        )


def add_walk_in(
    *, meetup: Meetup, first_name: str, profession: Profession, user: User
) -> bool:
    """Somebody came without an invitation. False for the same first name and trade
    within a minute: the button was pressed twice."""
    with transaction.atomic():
        if not is_recordable(_locked(meetup)):
            raise NotRecordable
        same = meetup.attendances.filter(
            presence=Presence.WALK_IN,
            first_name__iexact=first_name,
            profession=profession,
            recorded_at__gte=timezone.now() - SAME_WALK_IN,
        )
        if same.exists():
            return False
        meetup.attendances.create(
            presence=Presence.WALK_IN,
            first_name=first_name,
            profession=profession,
            recorded_by=user,
        )
    return True


def take_off_walk_in(*, meetup: Meetup, attendance_pk: int) -> None:
    with transaction.atomic():
        if not is_recordable(_locked(meetup)):
            raise NotRecordable
        meetup.attendances.filter(pk=attendance_pk, presence=Presence.WALK_IN).delete()


def close_meetup(*, meetup: Meetup, user: User) -> None:
    """Who said yes and is not marked was not there; presences no longer change."""
    with transaction.atomic():
        current = _locked(meetup)
        if not is_closable(current):
            return
        unmarked = current.invitations.coming().filter(attendance=None)
        Attendance.objects.bulk_create(
            Attendance(
                invitation=invitation, **_mark(invitation, Presence.ABSENT, user)
            )
            for invitation in unmarked.select_related("professional")
        )
        current.close()


def issue_report(
    *,
    meetup: Meetup,
    partner: Partner,
    quotes: list[str],
    next_steps: list[str],
    cost: Decimal | None,
    user: User,
) -> Report:
    """A row that no longer changes; a correction is a new version that replaces it.

    The same words again give the report that already says them. Raises NotClosed.
    """
    with transaction.atomic():
        if not _locked(meetup).is_closed:
            raise NotClosed
        report = Report(
            meetup=meetup,
            partner=partner,
            commune=meetup.venue.commune,
            title=report_title(meetup),
            figures=freeze(meetup, partner, cost),
            quotes=quotes,
            next_steps=next_steps,
            issued_by=user,
        )
        return _issued(report)


def _issued(report: Report) -> Report:
    """Saved after the last version for the same partner, unless it says the same."""
    versions = report.meetup.reports.filter(partner=report.partner)
    previous = versions.order_by("version").last()
    if previous and _words(previous) == _words(report):
        return previous
    if previous:
        report.version, report.replaces = previous.version + 1, previous
    report.save()
    return report


def _words(report: Report) -> tuple[object, ...]:
    return report.quotes, report.next_steps, report.figures["cost"]


def forget(*, person: Professional, may_return: bool = False) -> None:
    """Erase on request whoever this is, wherever their name or address stands.

    Invitations, answers and messages go with the row; presences keep the trade only.
    The address then counts as an objection, unless it `may_return` or a colleague
    reads the same mailbox. An account to sign in, if any, stays.
    """
    with transaction.atomic():
        shared = _is_shared(person)
        Attendance.objects.filter(invitation__professional=person).update(first_name="")
        SeatRequest.objects.filter(pk__in=_requests_of(person, shared)).delete()
        _strike_from_imports(person)
        _strike_from_history(person)
        _strike_from_post(person, shared)
        if person.email:
            Delivery.objects.filter(
                invitation=None, recipient__iexact=person.email
            ).delete()
        if person.email and not shared and not may_return:
            Suppression.objects.add(person.email)
        person.delete()


def _strike_from_post(person: Professional, shared: bool) -> None:
    """What they wrote and what was passed on of it; what named them goes elsewhere.
    Messages from a shared mailbox that nobody was found for stay: they go in time."""
    digests = Received.objects.filter(invitation__professional=person)
    passed_on = [f"forward:{one}" for one in digests.values_list("digest", flat=True)]
    Delivery.objects.filter(key__in=passed_on).delete()
    addresses = [other.email for other in person.other_addresses.all()]
    if person.email and not shared:
        addresses.append(person.email)
    for address in addresses:
        strike_address(address)


def strike_address(address: str) -> int:
    """From received messages: those of nobody go, another guest's keep their answer.
    How many."""
    among = rf"(^|, ){re.escape(address)}(,|$)"
    theirs = Q(sender__iexact=address) | Q(delegated_to__iregex=among)
    rows = Received.objects.filter(theirs)
    gone, _ = rows.filter(invitation=None).delete()
    words = {"raw": b"", "text": "", "subject": "", "sender": "", "delegated_to": ""}
    return gone + rows.update(**words)


def _is_shared(person: Professional) -> bool:
    others = Professional.objects.exclude(pk=person.pk)
    return person.email != "" and others.filter(email__iexact=person.email).exists()


def _requests_of(person: Professional, shared: bool) -> list[int]:
    """Keys of the requests from their own address; from a shared address, or from
    their telephone (a workplace has one for all), the first name must agree."""
    same = Q(email__iexact=person.email) if person.email else Q(pk=None)
    if person.phone:
        same |= Q(phone=person.phone)
    name, address = fold(person.first_name), person.email.lower()
    return [
        request.pk
        for request in SeatRequest.objects.filter(same)
        if (request.email.lower() == address != "" and not shared)
        or fold(request.first_name) == name
    ]


def _strike_from_imports(person: Professional) -> None:
    """Their lines in lists that wait for a confirmation or a correction."""
    for held in PeopleImport.objects.select_for_update():
        rows = [one for one in held.rows if not _is_line_of(person, one)]
        report = dict(held.report)
        if "refused" in report:
            report["refused"] = [
                one for one in report["refused"] if not _is_line_of(person, one)
            ]
        if (rows, report) != (held.rows, held.report):
            held.rows, held.report = rows, report
            held.save(update_fields=("rows", "report"))


def _is_line_of(person: Professional, line: dict[str, dict[str, str]]) -> bool:
    cells = {fold(str(cell)) for cell in line["values"].values()}
    first, last = fold(person.first_name), fold(person.last_name)
    return fold(person.email) in cells - {""} or (last != "" and {first, last} <= cells)


def _strike_from_history(person: Professional) -> None:
    """The administration's journal quotes the names of what it changed."""
    about = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Professional),
        object_id=str(person.pk),
    )
    about.update(object_repr="", change_message="")
    # Django keeps these words as JSON, with accents escaped.
    quoted = json.dumps(str(person))[1:-1]
    LogEntry.objects.filter(change_message__contains=quoted).update(change_message="")
