"""How fast mail leaves: the leased outbox beside Django's own send over one connection,
of the same messages, in turn in the same run.

    python bench/deliver.py
    python bench/cluster.py python bench/deliver.py     # the same on PostgreSQL

The server is a real one in a process of its own. What the outbox adds is the lease,
the fence and the outcome of each message, written down before the next one leaves.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import ground  # noqa: E402 - starts Django
from django.conf import settings  # noqa: E402
from django.core.mail import get_connection  # noqa: E402
from django.db import connection  # noqa: E402
from kills import free_port, start  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from invitations import mails, outbox  # noqa: E402
from invitations.actions import send_invitations  # noqa: E402
from invitations.mime import FrozenMessage  # noqa: E402
from invitations.models import Delivery, DeliveryStatus, Invitation  # noqa: E402
from tests.factories import MeetupFactory, ProfessionalFactory  # noqa: E402

MESSAGES, ROUNDS = 500, 3
MOST = 3.0
SINK = """
import sys
from aiosmtpd.controller import Controller

class Sink:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"

controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
sys.stdin.read()
"""


def fill() -> float:
    """Queue the messages; seconds for each, built and written down."""
    ground.prepare()
    meetup = MeetupFactory(capacity=500)
    people = ProfessionalFactory.create_batch(MESSAGES)
    started = time.process_time()
    send_invitations(meetup=meetup, people=people)
    return (time.process_time() - started) / MESSAGES


def build() -> float:
    """Seconds to word one mail, calendar object included."""
    one = Invitation.objects.with_person().select_related("meetup")[0]
    started = time.process_time()
    for _ in range(100):
        mails.invitation(one)
    return (time.process_time() - started) / 100


def by_outbox() -> float:
    Delivery.objects.update(status=DeliveryStatus.QUEUED, attempts=0)
    started = time.perf_counter()
    while outbox.deliver_due("bench"):
        pass
    assert not Delivery.objects.filter(status=DeliveryStatus.QUEUED).exists()
    return time.perf_counter() - started


def by_django() -> float:
    """Django's own way: worded before, made into bytes as each one leaves."""
    guests = Invitation.objects.with_person().select_related("meetup")
    messages = [mails.invitation(guest) for guest in guests]
    started = time.perf_counter()
    assert get_connection().send_messages(messages) == MESSAGES
    return time.perf_counter() - started


def by_floor() -> float:
    """Bytes that are ready, with nothing written down."""
    messages = [
        FrozenMessage(bytes(row.mime), sender=row.sender, recipient=row.recipient)
        for row in Delivery.objects.all()
    ]
    started = time.perf_counter()
    assert get_connection().send_messages(messages) == MESSAGES
    return time.perf_counter() - started


def main() -> None:
    port = free_port()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    sink = start(SINK, str(port), stdin=subprocess.PIPE)
    try:
        time.sleep(2)
        queued, built = fill(), build()
        times = [(by_outbox(), by_django(), by_floor()) for _ in range(ROUNDS)]
    finally:
        os.killpg(sink.pid, 9)
    columns = zip(*times, strict=True)
    ours, theirs, floor = (statistics.median(column) for column in columns)
    table = Table(title=f"{MESSAGES} invitations, {connection.vendor}")
    for head in ("", "messages/s", "ratio"):
        table.add_column(head, justify="right")
    table.add_row("Django, one connection", f"{MESSAGES / theirs:.0f}", "1.00")
    table.add_row("outbox", f"{MESSAGES / ours:.0f}", f"{ours / theirs:.2f}")
    table.add_row("bytes alone", f"{MESSAGES / floor:.0f}", f"{floor / theirs:.2f}")
    table.add_section()
    table.add_row("worded", f"{1 / built:.0f}", "")
    table.add_row("worded and queued", f"{1 / queued:.0f}", "")
    Console().print(table)
    assert ours / theirs < MOST, "the outbox costs too much"


if __name__ == "__main__":
    main()
