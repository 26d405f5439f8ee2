"""Reports sent together: on the first working day of a quarter or of a year."""

from datetime import date, datetime, time, timedelta

import holidays
from django.db import transaction
from django.utils import timezone

from invitations.models import Delivery, DeliveryKind
from invitations.queueing import queue
from networking.models import Suppression
from reports.actions.portal import link_for
from reports.mails.reports import digest
from reports.models import Frequency, Report, ReportSubscription

AT = time(8)
# A worker that slept over the day still sends; later, the news is old.
LATEST = timedelta(days=7)
SATURDAY = 5
ONE_DAY = timedelta(days=1)


def queue_digests(now: datetime) -> int:
    """How many mails. Safe to run twice: the key says whose and of what period."""
    queued = 0
    for frequency in (Frequency.QUARTERLY, Frequency.YEARLY):
        begins, ends = last_period(frequency, timezone.localdate(now))
        due = moment(first_working_day(ends), AT)
        if due <= now < due + LATEST:
            rows = ReportSubscription.objects.running().filter(frequency=frequency)
            for row in rows.select_related("partner", "member__user"):
                queued += _queue_one(row, begins, ends)
    return queued


def last_period(frequency: Frequency, today: date) -> tuple[date, date]:
    """Its first day, and the day after its last one."""
    if frequency == Frequency.YEARLY:
        return date(today.year - 1, 1, 1), date(today.year, 1, 1)
    ends = date(today.year, today.month - (today.month - 1) % 3, 1)
    before = ends - ONE_DAY
    return date(before.year, before.month - 2, 1), ends


def first_working_day(day: date) -> date:
    public = holidays.country_holidays("FR", years=day.year)
    while day.weekday() >= SATURDAY or day in public:
        day += ONE_DAY
    return day


def moment(day: date, hour: time = time.min) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


def _queue_one(subscription: ReportSubscription, begins: date, ends: date) -> int:
    key = f"reports:{subscription.pk}:{subscription.frequency}:{begins}"
    known = Delivery.objects.filter(key=key)
    if known.exists():
        return 0
    if Suppression.objects.holds(subscription.address):
        return 0
    reports = Report.objects.current().filter(
        partner=subscription.partner,
        issued_at__gte=moment(begins),
        issued_at__lt=moment(ends),
    )
    with transaction.atomic():
        # Held: of two workers, the second one sees what the first has queued.
        ReportSubscription.objects.select_for_update().get(pk=subscription.pk)
        if known.exists():
            return 0
        issued = list(reports.select_related("issued_by").order_by("issued_at", "pk"))
        if not issued:
            return 0
        links = [link_for(subscription, report) for report in issued]
        queue(
            digest(subscription, links),
            kind=DeliveryKind.REPORT,
            key=key,
            not_after=links[0].expires_at,
        )
    return 1
