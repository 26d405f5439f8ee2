"""How fast the mail leaves: the outbox beside Django's own way, same mails, same run.

    python bench/deliver.py [--postgresql]

A mail server in a process of its own takes 1,000 invitations with their calendar part
in turn from the outbox, from Django's send_messages over one connection, and from the
same with ready bytes, which is what the server can take at most. Commits do not wait
for the disk, on SQLite (WAL) as on PostgreSQL: disks are not what is compared.
"""

import stage

stage.set_up(__doc__, durable=False)

import statistics  # noqa: E402 - Django is set up above
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import NamedTuple  # noqa: E402

from django.core.mail import EmailMessage, get_connection  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from invitations import mails, outbox  # noqa: E402
from invitations.actions import send_invitations  # noqa: E402
from invitations.mime import FrozenMessage  # noqa: E402
from invitations.models import Delivery, DeliveryStatus  # noqa: E402
from networking.models import Professional  # noqa: E402
from tests.factories import (  # noqa: E402
    CommuneFactory,
    MeetupFactory,
    ProfessionalFactory,
    ProfessionFactory,
)
from tests.smtp_sink import Sink, open_sink  # noqa: E402

OURS, FLOOR = "Our outbox", "Django’s send_messages"
MAILS, ROUNDS = 1000, 5
# Times Django's processor time per mail, although the outbox asks the database four
# times: whether the mail is still ours, objected to, still wanted, and that it is gone.
DEAREST = 2.5


class Pace(NamedTuple):
    """Medians of the rounds; `beside` and `times` the floor in the same round."""

    per_second: float
    beside: float
    processor: float
    times: float


def people() -> list[Professional]:
    trade, commune = ProfessionFactory(), CommuneFactory()
    return Professional.objects.bulk_create(
        ProfessionalFactory.build_batch(MAILS, profession=trade, commune=commune)
    )


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock, and of our processor."""
    clock, processor = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - processor


def by_outbox() -> None:
    while outbox.deliver_due("bench"):
        pass


def by_django(messages: list[EmailMessage]) -> None:
    assert get_connection().send_messages(messages) == MAILS


def ready() -> list[FrozenMessage]:
    return [
        FrozenMessage(bytes(row.mime), sender=row.sender, recipient=row.recipient)
        for row in Delivery.objects.all()
    ]


def again() -> None:
    Delivery.objects.update(status=DeliveryStatus.QUEUED, attempts=0)


def race(sink: Sink, messages: list[EmailMessage]) -> dict[str, Pace]:
    frozen = ready()
    ways: dict[str, Callable[[], None]] = {
        OURS: by_outbox,
        FLOOR: lambda: by_django(messages),
        "The same, ready bytes": lambda: by_django(frozen),
    }
    spent: dict[str, list[tuple[float, float]]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        again()
        for way, work in ways.items():
            sink.forget()
            spent[way].append(timed(work))
            assert sink.count() == MAILS, f"{way} sent {sink.count()}."
    assert not Delivery.objects.exclude(status=DeliveryStatus.SENT).exists()
    return {way: pace(times, spent[FLOOR]) for way, times in spent.items()}


def pace(own: list[tuple[float, float]], floor: list[tuple[float, float]]) -> Pace:
    pairs = list(zip(own, floor, strict=True))
    return Pace(
        per_second=MAILS / statistics.median(clock for clock, _ in own),
        beside=statistics.median(theirs[0] / ours[0] for ours, theirs in pairs),
        processor=statistics.median(cpu for _, cpu in own) / MAILS * 1000,
        times=statistics.median(ours[1] / theirs[1] for ours, theirs in pairs),
    )


def show(kind: str, paces: dict[str, Pace], kilobytes: float) -> None:
    table = Table(title=f"{MAILS} invitations of {kilobytes:.0f} kB, {kind}")
    table.add_column()
    for title in ("Per second", "Pace ratio", "CPU ms", "CPU ratio"):
        table.add_column(title, justify="right")
    for way, one in paces.items():
        table.add_row(
            way,
            f"{one.per_second:.0f}",
            f"{one.beside:.2f}",
            f"{one.processor:.2f}",
            f"{one.times:.2f}",
        )
    Console().print(table)
    assert paces[OURS].times <= DEAREST


def main() -> None:
    messages: list[EmailMessage] = []
    with stage.database() as kind, open_sink() as sink:
        meetup, guests = MeetupFactory(), people()
        _, inviting = timed(lambda: send_invitations(meetup=meetup, people=guests))
        invitations = list(meetup.invitations.with_person())
        _, building = timed(lambda: messages.extend(map(mails.invitation, invitations)))
        sizes = [len(mime) for mime in Delivery.objects.values_list("mime", flat=True)]
        show(kind, race(sink, messages), statistics.mean(sizes) / 1024)
    each = 1000 / MAILS
    print(
        f"Before that, ms of CPU per mail: {inviting * each:.2f} to invite and queue,"
    )
    print(f"of which {building * each:.2f} to build the message.")


if __name__ == "__main__":
    main()
