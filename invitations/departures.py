"""When invitations may leave: now, or at an hour when people read."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from django.utils import timezone

from networking.models import Meetup
from networking.templatetags.french import hour, long_date

NOW = "maintenant"
MORNING = time(8)
MONDAY = 0


class Departure(NamedTuple):
    """`due_at` is None for at once."""

    key: str
    label: str
    due_at: datetime | None


def departures(meetup: Meetup, now: datetime) -> list[Departure]:
    """Always « maintenant »; the next morning, and Monday's when it is another one,
    if the meal has not begun by then."""
    today = timezone.localtime(now).date()
    tomorrow = today + timedelta(days=1)
    monday = today + timedelta(days=7 - today.weekday())
    days = {"demain": tomorrow} | ({"lundi": monday} if monday != tomorrow else {})
    found = [Departure(NOW, "Maintenant", None)]
    for key, day in days.items():
        moment = timezone.make_aware(datetime.combine(day, MORNING))
        if moment < meetup.starts_at:
            words = f"{long_date(moment)} à {hour(moment)}"
            label = f"Demain, {words}" if key == "demain" else words.capitalize()
            found.append(Departure(key, label, moment))
    return found


def departure(key: str, meetup: Meetup, now: datetime) -> Departure:
    """At once for a key that is not offered, or not any more."""
    offered = departures(meetup, now)
    return next((one for one in offered if one.key == key), offered[0])
