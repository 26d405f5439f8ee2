"""kill -9 at random while 2,000 messages leave: none is lost, and each kill repeats one
at the most, byte for byte.

    python bench/kills.py
    python bench/cluster.py python bench/kills.py     # the same on PostgreSQL

The worker is the real one, killed 20 times with all that it started; the server is a
real SMTP server in a process of its own. Then the control: a worker that never takes
over a dead one's lease must lose messages, or the first run would prove nothing.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import ground  # noqa: E402 - starts Django
from django.db import connection  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from invitations.actions import send_invitations  # noqa: E402
from invitations.models import Delivery, DeliveryStatus  # noqa: E402
from tests.factories import MeetupFactory, ProfessionalFactory  # noqa: E402

MESSAGES, KILLS, MEETUPS = 2_000, 20, 10
# Between two kills; the lease is shortened so that the next worker need not wait five
# minutes for what the dead one held.
LIFE, LEASE = (0.8, 2.2), 2
SLOWEST = 240

WORKER = """
import sys
from datetime import timedelta
import ground
from django.core.management import call_command
from django.db.models import Q
from invitations import outbox
from invitations.models import Delivery
outbox.LEASE = timedelta(seconds={lease})
if {forgets}:
    # As if nobody looked at leases that are over.
    def due(self, now):
        free = Q(leased_until=None)
        return self.filter(free, status="queued", due_at__lte=now)
    type(Delivery.objects.all()).due = due
call_command("worker")
"""
# Records the Message-ID, the Date and the digest of what it accepts.
SINK = """
import asyncio, hashlib, json, sys
from email import message_from_bytes
from aiosmtpd.controller import Controller

class Sink:
    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(0.003)
        mail = message_from_bytes(envelope.content)
        line = [mail["Message-ID"], mail["Date"],
                hashlib.sha256(envelope.content).hexdigest()]
        print(json.dumps(line), file=out, flush=True)
        return "250 OK"

out = open(sys.argv[2], "a")
controller = Controller(Sink(), hostname="127.0.0.1", port=int(sys.argv[1]))
controller.start()
sys.stdin.read()
controller.stop()
"""


def start(code: str, *arguments: str, **options: object) -> subprocess.Popen[bytes]:
    """A process, with its own group, that finds bench/ and the database."""
    path = os.pathsep.join([str(Path(__file__).parent), str(ground.ROOT)])
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ground.ROOT,
        env=os.environ | {"PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **options,  # type: ignore[call-overload]
    )


def kill(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def fill() -> None:
    ground.prepare()
    people = ProfessionalFactory.create_batch(MESSAGES // MEETUPS)
    for _ in range(MEETUPS):
        send_invitations(meetup=MeetupFactory(capacity=500), people=people)
    assert Delivery.objects.count() == MESSAGES


def waiting() -> int:
    return Delivery.objects.filter(status=DeliveryStatus.QUEUED).count()


def play(folder: Path, *, forgets: bool) -> tuple[int, list[list[str]]]:
    """Kills that hit a working worker, and what the server accepted."""
    port = free_port()
    log = folder / f"accepted-{forgets}"
    log.touch()
    os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"
    sink = start(SINK, str(port), str(log), stdin=subprocess.PIPE)
    code = WORKER.format(lease=LEASE, forgets=forgets)
    rng, kills, limit = random.Random(73), 0, time.monotonic() + SLOWEST
    try:
        while kills < KILLS and waiting():
            worker = start(code)
            wait_for_more(log, limit)
            time.sleep(rng.uniform(*LIFE) * 0.2)
            kill(worker)
            kills += 1
        worker = start(code)
        settle(limit, forgets)
        kill(worker)
    finally:
        kill(sink)
    return kills, [json.loads(line) for line in log.read_text().splitlines()]


def wait_for_more(log: Path, limit: float) -> None:
    """Until this worker has delivered something."""
    size = log.stat().st_size
    while log.stat().st_size == size and waiting() and time.monotonic() < limit:
        time.sleep(0.02)


def settle(limit: float, forgets: bool) -> None:
    """Until nothing waits; with `forgets`, until nothing moves any more."""
    left, quiet = waiting(), 0
    while left and quiet < (12 if forgets else 1_000) and time.monotonic() < limit:
        time.sleep(0.5)
        now = waiting()
        left, quiet = now, quiet + 1 if now == left else 0


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def main() -> None:
    table = Table(title=f"{MESSAGES:,} messages, {KILLS} kills, {connection.vendor}")
    for head in ("", "kills", "lost", "repeated", "unlike", "seen twice"):
        table.add_column(head, justify="right")
    for forgets in (False, True):
        fill()
        kills, accepted = play(Path(os.environ["BENCH_FOLDER"]), forgets=forgets)
        copies = Counter(message for message, _, _ in accepted)
        lost = MESSAGES - len(copies)
        repeated = sum(copies.values()) - len(copies)
        unlike = len({tuple(one) for one in accepted}) - len(copies)
        # A mailbox that drops an equal Message-ID and Date shows one of each.
        shown = len({(message, date) for message, date, _ in accepted})
        twice = shown - len(copies)
        row = (kills, lost, repeated, unlike, twice)
        table.add_row("control" if forgets else "leased", *map(str, row))
        if forgets:
            assert lost >= 1, "the control must lose"
        else:
            assert (lost, unlike, twice) == (0, 0, 0), row
            assert repeated <= kills, row
    Console().print(table)


if __name__ == "__main__":
    main()
