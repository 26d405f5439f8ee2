"""10,000 answers to 500 tables of five seats, from eight processes at once.

    python bench/seats.py [--postgresql]

Each table is asked for by twenty people at about the same moment. The second table is
the control: the same people, counted and then written without a lock.
"""

import stage

stage.set_up(__doc__)

import statistics  # noqa: E402 - Django is set up above
from collections import Counter  # noqa: E402
from collections.abc import Iterable  # noqa: E402

from django.db import transaction  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from invitations.models import Answer, Invitation, PartStat  # noqa: E402
from networking.models import Meetup, Professional  # noqa: E402
from tests.answering import CARELESS, YES, Done, Order, answer_at_once  # noqa: E402
from tests.factories import (  # noqa: E402
    CircleFactory,
    CommuneFactory,
    MeetupFactory,
    ProfessionalFactory,
    ProfessionFactory,
    VenueFactory,
)

PROCESSES, MEETUPS, PEOPLE, SEATS = 8, 500, 20, 5
# What SQLite waits for its lock (settings): beyond it, guests see an error.
PATIENCE = 20.0


def fill() -> list[Order]:
    """Everybody of the first meetup, then of the second: neighbours compete."""
    with transaction.atomic():
        circle, commune = CircleFactory(), CommuneFactory()
        trade = ProfessionFactory()
        people = Professional.objects.bulk_create(
            ProfessionalFactory.build_batch(PEOPLE, profession=trade, commune=commune)
        )
        for _ in range(MEETUPS):
            venue = VenueFactory(commune=commune)
            meetup = MeetupFactory(circle=circle, capacity=SEATS, booking__venue=venue)
            Invitation.objects.invite(meetup, people)
    keys = Invitation.objects.order_by("meetup", "pk").values_list("pk", flat=True)
    return [Order(key, YES) for key in keys]


def coming() -> list[int]:
    """How many sit at each table."""
    return [meetup.invitations.coming().count() for meetup in Meetup.objects.all()]


def refused_wrongly() -> int:
    """Those who had to wait although a seat was free: answers are written in their
    order, under the lock of the meetup, so the first yeses have the seats."""
    seated: Counter[int] = Counter()
    wrong = 0
    rows = Answer.objects.order_by("pk").values_list("invitation__meetup", "partstat")
    for meetup, partstat in rows:
        if partstat == PartStat.ACCEPTED:
            seated[meetup] += 1
        else:
            wrong += seated[meetup] < SEATS
    return wrong


def figures(done: list[Done]) -> dict[str, str]:
    errors = Counter(one.error for one in done if one.error)
    slow = sorted(one.seconds * 1000 for one in done)
    percentiles = statistics.quantiles(slow, n=100)
    lasted = max(one.ended for one in done) - min(one.ended for one in done)
    sizes = coming()
    return {
        "Answers": f"{len(done):,}",
        "Tables overbooked": str(sum(size > SEATS for size in sizes)),
        "Tables not full": str(sum(size < SEATS for size in sizes)),
        "Errors shown": str(errors.total()),
        "… « database is locked »": str(locked(errors.elements())),
        "Half of them within, ms": f"{percentiles[49]:.1f}",
        "99 of 100 within, ms": f"{percentiles[98]:.0f}",
        "Longest, ms": f"{slow[-1]:,.0f}",
        "Answers per second": f"{len(done) / lasted:.0f}",
    }


def locked(errors: Iterable[str]) -> int:
    return sum("locked" in error for error in errors)


def show(title: str, rows: dict[str, str]) -> None:
    table = Table(title=title, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for row in rows.items():
        table.add_row(*row)
    Console().print(table)


def ours(orders: list[Order], kind: str) -> None:
    done = answer_at_once(orders, processes=PROCESSES)
    wrong = refused_wrongly()
    rows = figures(done) | {"Made to wait beside a free seat": str(wrong)}
    show(f"Under the lock, {kind}", rows)
    assert [one for one in done if one.error] == []
    assert set(coming()) == {SEATS}
    assert wrong == 0
    assert Answer.objects.count() == len(orders)
    assert max(one.seconds for one in done) < PATIENCE


def control(orders: list[Order], kind: str) -> None:
    Invitation.objects.update(partstat=PartStat.NEEDS_ACTION, waiting_since=None)
    orders = [order._replace(verb=CARELESS) for order in orders]
    done = answer_at_once(orders, processes=PROCESSES)
    show(f"The control, {kind}", figures(done))
    assert max(coming()) > SEATS, "A race that cannot be lost proves nothing."


def main() -> None:
    with stage.database() as kind:
        orders = fill()
        ours(orders, kind)
        control(orders, kind)


if __name__ == "__main__":
    main()
