"""Who is left in peace for a while."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Count

from invitations.models import Invitation
from networking.models import Professional
from networking.templatetags.french import plural, short_date

QUARTER = timedelta(days=90)


def resting(people: Iterable[Professional], now: datetime) -> dict[int, str]:
    """Why somebody is not invited today, by key: a pause they asked for, or enough
    invitations this quarter, over all circles. One query."""
    everybody = list(people)
    asked = Invitation.objects.filter(
        professional__in=[person.pk for person in everybody],
        created_at__gt=now - QUARTER,
    )
    rows = asked.order_by().values_list("professional").annotate(n=Count("pk"))
    counts = dict(rows)
    most = settings.INVITATIONS_PER_QUARTER
    reasons = {}
    for person in everybody:
        if person.paused_until and person.is_paused:
            reasons[person.pk] = (
                f"en pause jusqu’au {day_and_year(person.paused_until)}"
            )
        elif most and counts.get(person.pk, 0) >= most:
            often = plural(counts[person.pk], "invitation,invitations")
            reasons[person.pk] = f"déjà {often} en trois mois"
    return reasons


def day_and_year(day: date) -> str:
    return f"{short_date(day)} {day.year}"
