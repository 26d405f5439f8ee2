"""A partner's figures over time, from what its reports froze and nothing else."""

import re
from collections.abc import Iterable

from networking.drawing import Point
from networking.templatetags.french import local_day
from reports.models import Report

MOST_POINTS = 8
# Of so few people no trade is told: that is not none.
NOT_TOLD = "non donné"
NUMBER = re.compile(r"\d+")


def points(reports: Iterable[Report]) -> list[Point]:
    """One per meal, the oldest first, the last MOST_POINTS. Reports come with their
    meetup; those of one meal tell the same figures."""
    of_meals = {report.meetup_id: report for report in reports if report.meetup}
    found = sorted(map(_point, of_meals.values()), key=lambda point: point.day)
    return found[-MOST_POINTS:]


def _point(report: Report) -> Point:
    counts, meetup = report.figures["counts"], report.meetup
    if meetup is None:
        raise ValueError("a report of a period has no day")
    exact, words = counts["present"], str(counts["total"])
    trades = len(counts["trades"])
    most = max(map(int, NUMBER.findall(words)), default=0)
    return Point(
        day=local_day(meetup.starts_at),
        value=most if exact is None else exact,
        words=words,
        is_exact=exact is not None,
        more=(
            report.title.removeprefix("Bilan\u202f: "),
            str(trades) if trades or exact == 0 else NOT_TOLD,
        ),
    )
