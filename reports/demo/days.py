"""Days on which people would come: Tuesdays and Thursdays outside holidays."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice

from django.utils import timezone

from networking.forms.meetups import LUNCH, clash

TUESDAY, THURSDAY = 1, 3
DAY = timedelta(days=1)
EVENING = time(19, 0), time(20, 45)
# The worker reminds seven days before: further away, nothing leaves by itself today.
FIRST_COMING, GAP_COMING = 9, 14 * DAY
# Eight meals within a year: names of older ones are purged. Of the last one thanks have
# left, or would be too late.
FIRST_PAST, GAP_PAST = 15, 32 * DAY

Slot = tuple[datetime, datetime]


def is_good(day: date) -> bool:
    return day.weekday() in (TUESDAY, THURSDAY) and not clash(day)


def _good_days(start: date, step: timedelta, gap: timedelta) -> Iterator[date]:
    """From `start` on, day after day (or back), at least `gap` apart."""
    day = start
    while True:
        if is_good(day):
            yield day
            day += gap if step > timedelta(0) else -gap
        else:
            day += step


def coming(count: int) -> list[date]:
    """The nearest first."""
    start = timezone.localdate() + FIRST_COMING * DAY
    return list(islice(_good_days(start, DAY, GAP_COMING), count))


def past(count: int) -> list[date]:
    """The oldest first."""
    start = timezone.localdate() - FIRST_PAST * DAY
    return list(islice(_good_days(start, -DAY, GAP_PAST), count))[::-1]


def slot(day: date, hours: tuple[time, time] = LUNCH) -> Slot:
    starts, ends = (timezone.make_aware(datetime.combine(day, hour)) for hour in hours)
    return starts, ends
