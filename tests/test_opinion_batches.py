"""Whatever happens in whatever order, nobody's opinion is read with fewer than four
others that are as surely somebody's."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from networking.models import Circle, Meetup
from reports.actions.opinions import (
    Said,
    give_opinion,
    give_opinion_at_table,
    release_opinions,
)
from reports.models import Opinion
from reports.purge import purge
from tests.voices import past_meal

pytestmark = pytest.mark.django_db

# At a meal somebody speaks by their link or by the table's square; or time passes and
# what is ripe is released, or what is old is purged.
EVENTS = st.one_of(
    st.tuples(st.sampled_from(("link", "table")), st.integers(0, 2)),
    st.tuples(st.just("table"), st.just(2)),
    st.tuples(st.sampled_from(("release", "purge")), st.sampled_from((0, 10, 40, 400))),
)
BY_LINK, AT_TABLE = Said("yes"), Said("no")
Place = tuple[int | None, int | None]


def visible() -> Counter[tuple[Place, str]]:
    rows = Opinion.objects.released().values_list("meetup", "circle", "at_ease")
    return Counter(((meetup, circle), ease) for meetup, circle, ease in rows)


def happen(meals: list[Meetup], what: str, number: int, days: int) -> None:
    now = timezone.now() + timedelta(days=days)
    if what == "link":
        silent = meals[number].attendances.filter(has_given_opinion=False)
        if presence := silent.select_related("meetup").first():
            give_opinion(presence=presence, said=BY_LINK)
    elif what == "table":
        give_opinion_at_table(meetup=meals[number], said=AT_TABLE)
    elif what == "release":
        release_opinions(now)
    else:
        purge(now)


def check(before: Counter[tuple[Place, str]]) -> None:
    """All that is new in one place came at once, five of them proven at least."""
    fresh = visible() - before
    for place in {place for place, _ in fresh}:
        assert fresh[place, BY_LINK.at_ease] >= 5, fresh
    assert before - visible() == Counter()


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(events=st.lists(EVENTS, min_size=12, max_size=50))
def test_no_sequence_ever_lays_one_to_four_bare(
    events: list[tuple[str, int]], circle: Circle
) -> None:
    with transaction.atomic():
        # Two days and one day ago: both still take opinions at the table.
        meals = [
            past_meal(circle, days, many) for days, many in ((2, 9), (2, 3), (1, 8))
        ]
        days = 0
        for what, number in events:
            days = max(days, number) if what in ("release", "purge") else days
            before = visible()
            happen(meals, what, number, days)
            check(before)
        transaction.set_rollback(True)
