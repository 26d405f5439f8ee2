"""« Avez-vous recontacté… ? », two and six months after the meal: one mail per person
and term."""

import logging
from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.utils import timezone

from invitations.channels import may_be_told, takes_mail
from invitations.models import Delivery, DeliveryKind, Invitation
from invitations.outbox import DATABASE_AWAY
from invitations.queueing import drop, queue
from invitations.refusals import PAUSED
from networking.models import Professional
from reports.mails.links import news_asked
from reports.models import Connection, Nudge

log = logging.getLogger("parentheses.nudges")

AT = time(8)
TERMS = {2: timedelta(days=61), 6: timedelta(days=183)}
# A site that slept for a year asks about nothing that is older.
WINDOW = timedelta(days=21)
# Links that come due soon join the same mail.
TOGETHER = timedelta(days=21)


def nudge_due(now: datetime) -> int:
    """Queue them, from eight o'clock on; safe to run twice. How many mails."""
    drop_resting(now)
    if timezone.localtime(now).time() < AT:
        return 0
    return sum(_nudge_of_term(now, months) for months in TERMS)


def _nudge_of_term(now: datetime, months: int) -> int:
    due = _unasked(now, months, early=timedelta())
    told = 0
    for person in Professional.objects.filter(pk__in=due.values("professional")):
        if takes_mail(person) and may_be_told(person, DeliveryKind.NUDGE):
            told += _nudge_carefully(person, now, months)
    return told


def _unasked(now: datetime, months: int, *, early: timedelta) -> QuerySet[Connection]:
    """Mutual links whose term has come and is not long past. It runs from the later of
    the two meals, when each said it after another one."""
    term = TERMS[months]
    answer = Connection.objects.filter(
        professional=OuterRef("other"), other=OuterRef("professional")
    )
    ended = Subquery(answer.values("meetup__ends_at")[:1])
    asked = Nudge.objects.filter(connection=OuterRef("pk"), months=months)
    return (
        Connection.objects.mutual()
        .annotate(met_at=Greatest("meetup__ends_at", ended))
        .filter(
            ~Exists(asked),
            met_at__lte=now - term + early,
            met_at__gt=now - term - WINDOW,
        )
    )


def _nudge_carefully(person: Professional, now: datetime, months: int) -> int:
    try:
        with transaction.atomic():
            return int(_nudge(person, now, months))
    except DATABASE_AWAY:
        raise
    except Exception:
        log.exception("no nudge of %s months for person %s", months, person.pk)
        return 0


def _nudge(person: Professional, now: datetime, months: int) -> bool:
    """Looked at again under the lock: another worker may have been here."""
    Professional.objects.select_for_update().get(pk=person.pk)
    rows = _unasked(now, months, early=TOGETHER).filter(professional=person)
    links = list(
        rows.select_related("other__profession", "meetup").order_by(
            "other__search_name", "pk"
        )
    )
    guest = _last_invitation(person, links)
    if guest is None:
        return False
    nudges = Nudge.objects.bulk_create(
        Nudge(connection=link, months=months, sent_at=now) for link in links
    )
    row = queue(
        news_asked(guest, nudges),
        kind=DeliveryKind.NUDGE,
        key=f"nudge:{months}:{min(link.pk for link in links)}",
        # Without its invitation: the team's pages show what belongs to one.
        facts={"to": person.pk, "others": [link.other_id for link in links]},
    )
    return row is not None


def _last_invitation(
    person: Professional, links: Sequence[Connection]
) -> Invitation | None:
    """By which they may object."""
    rows = Invitation.objects.filter(
        professional=person, meetup__in=[link.meetup_id for link in links]
    )
    guests = rows.with_person().select_related("meetup__organiser")
    return guests.order_by("-meetup__starts_at").first()


def drop_resting(now: datetime) -> int:
    """Who took a break or objected since their mail was written; how many mails."""
    waiting = Delivery.objects.waiting().filter(kind=DeliveryKind.NUDGE)
    readers = {pk: facts.get("to") for pk, facts in waiting.values_list("pk", "facts")}
    people = Professional.objects.filter(pk__in=readers.values()) if readers else ()
    wanted = {one.pk for one in people if may_be_told(one, DeliveryKind.NUDGE)}
    unwanted = [pk for pk, to in readers.items() if to not in wanted]
    return drop(waiting.filter(pk__in=unwanted), PAUSED) if unwanted else 0


def answer_nudge(*, person: Professional, nudge: int, met_again: bool) -> bool:
    """True when this nudge was theirs."""
    mine = Nudge.objects.filter(connection__professional=person, pk=nudge)
    day = timezone.localdate()
    return mine.update(has_met_again=met_again, answered_on=day) > 0
