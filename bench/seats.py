"""The race for the last seats: 10,000 answers to 500 tables, from 8 processes at once.

    python bench/seats.py
    python bench/cluster.py python bench/seats.py     # the same on PostgreSQL

Each table has 5 seats and 20 guests who all say yes. Then the control: the same race
without the lock must overbook, or the first one would prove nothing.
"""

import statistics
import sys
import time
from collections.abc import Sequence
from multiprocessing import get_context
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import ground  # noqa: E402 - starts Django
from django.db import OperationalError, connection  # noqa: E402
from django.db.models import Count, F, Q  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from invitations.models import Invitation, PartStat  # noqa: E402
from networking.models import Meetup  # noqa: E402
from tests.factories import MeetupFactory, ProfessionalFactory  # noqa: E402

TABLES, SEATS, GUESTS, PROCESSES = 500, 5, 20, 8
# How long the careless answer looks away between counting and writing.
PAUSE = 0.002
# (seconds, what went wrong) of one answer
Answer = tuple[float, str]


def world() -> list[int]:
    """Keys of the invitations, table by table: all processes meet at the same one."""
    ground.prepare()
    people = ProfessionalFactory.create_batch(GUESTS)
    for _ in range(TABLES):
        Invitation.objects.invite(MeetupFactory(capacity=SEATS), people)
    order = Invitation.objects.order_by("meetup", "pk")
    return list(order.values_list("pk", flat=True))


def careful(key: int) -> None:
    Invitation.objects.with_person().get(pk=key).rsvp(PartStat.ACCEPTED)


def careless(key: int) -> None:
    """Count, then write, without a lock in between."""
    invitation = Invitation.objects.select_related("meetup").get(pk=key)
    taken = Invitation.objects.filter(meetup=invitation.meetup).coming().count()
    time.sleep(PAUSE)
    if taken < invitation.meetup.capacity:
        Invitation.objects.filter(pk=key).update(partstat=PartStat.ACCEPTED)


def answer_all(keys: Sequence[int], lock: bool) -> list[Answer]:
    """In a process of its own, with a connection of its own."""
    connection.close()
    answers = []
    for key in keys:
        started, wrong = time.perf_counter(), ""
        try:
            (careful if lock else careless)(key)
        except OperationalError as error:
            wrong = str(error)
        answers.append((time.perf_counter() - started, wrong))
    return answers


def race(keys: Sequence[int], *, lock: bool) -> tuple[float, list[Answer]]:
    shares = [(keys[number::PROCESSES], lock) for number in range(PROCESSES)]
    started = time.perf_counter()
    with get_context("spawn").Pool(PROCESSES) as pool:
        answers = [one for share in pool.starmap(answer_all, shares) for one in share]
    return time.perf_counter() - started, answers


def outcome() -> dict[str, int]:
    """Overbooked and unfilled tables, and people who wait beside a free seat."""
    coming = Count("invitations", filter=Q(invitations__partstat=PartStat.ACCEPTED))
    tables = Meetup.objects.annotate(coming=coming)
    free = tables.filter(coming__lt=F("capacity"))
    return {
        "overbooked": tables.filter(coming__gt=F("capacity")).count(),
        "unfilled": free.count(),
        "refused wrongly": Invitation.objects.filter(
            meetup__in=free, waiting_since__isnull=False
        ).count(),
    }


def main() -> None:
    title = f"{TABLES * GUESTS:,} answers, {PROCESSES} processes, {connection.vendor}"
    table = Table(title=title)
    heads = ("", "over-booked", "un-filled", "refused wrongly", "errors")
    for head in (*heads, "p50 ms", "p99 ms", "max s", "per s"):
        table.add_column(head, justify="right")
    for lock in (True, False):
        keys = world()
        seconds, answers = race(keys, lock=lock)
        found, errors = outcome(), sum(bool(wrong) for _, wrong in answers)
        times = statistics.quantiles((one for one, _ in answers), n=100)
        table.add_row(
            "locked" if lock else "control",
            *map(str, found.values()),
            str(errors),
            f"{times[49] * 1000:.1f}",
            f"{times[98] * 1000:.1f}",
            f"{max(one for one, _ in answers):.2f}",
            f"{len(answers) / seconds:.0f}",
        )
        if lock:
            assert set(found.values()) == {0}, found
            assert errors == 0
        else:
            assert found["overbooked"] > 0, "the control must overbook"
    Console().print(table)


if __name__ == "__main__":
    main()
