"""Erasing somebody on request, wherever their name or address stands."""

import json
import re

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet

from invitations.models import (
    Delivery,
    Received,
    SeatRequest,
)
from networking.models import (
    PeopleImport,
    Professional,
    Suppression,
)
from reports.actions.links import strike_links
from reports.actions.news import unsign_good_news
from reports.models import (
    Attendance,
    Certificate,
    FollowUp,
    ReportLink,
    ReportSubscription,
)
from reports.naming import named
from venues.text import fold


def forget(*, person: Professional, may_return: bool = False) -> None:
    """Erase on request whoever this is, wherever their name or address stands.

    Invitations, answers and messages go with the row; presences keep the trade only.
    The address then counts as an objection, unless it `may_return` or a colleague
    reads the same mailbox. An account to sign in, if any, stays.
    """
    with transaction.atomic():
        shared = _is_shared(person)
        Attendance.objects.filter(invitation__professional=person).update(first_name="")
        _certificates_of(person).delete()
        unsign_good_news(person)
        _strike_from_follow_ups(person)
        SeatRequest.objects.filter(pk__in=_requests_of(person, shared)).delete()
        _strike_from_imports(person)
        _strike_from_history(person)
        _strike_from_post(person, shared)
        strike_links(person)
        if person.email:
            Delivery.objects.filter(
                invitation=None, recipient__iexact=person.email
            ).delete()
        if person.email and not shared:
            _strike_from_sendings(person.email)
        if person.email and not shared and not may_return:
            Suppression.objects.add(person.email)
        person.delete()


def _certificates_of(person: Professional) -> QuerySet[Certificate]:
    """After a year a presence no longer knows whose it was; the name does."""
    named = Q(first_name__iexact=person.first_name, last_name__iexact=person.last_name)
    own = Q(attendance__invitation__professional=person)
    unlinked = named & Q(attendance__invitation=None)
    return Certificate.objects.filter(own | unlinked if person.last_name else own)


def _strike_from_follow_ups(person: Professional) -> None:
    """What they said they would do, and what says their whole name."""
    rows = FollowUp.objects.filter(meetup__invitations__professional=person)
    name = (person.first_name, person.last_name)
    said = rows.exclude(guest__professional=person).distinct()
    naming = [one.pk for one in said if named(one.action, [], [name])]
    FollowUp.objects.filter(Q(guest__professional=person) | Q(pk__in=naming)).delete()


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


def _strike_from_sendings(address: str) -> None:
    """Reports that went to this address without an account, and their links."""
    ReportSubscription.objects.filter(member=None, email__iexact=address).delete()
    ReportLink.objects.filter(subscription=None, email__iexact=address).delete()


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
