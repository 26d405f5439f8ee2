"""Workers that are killed while they deliver, and what arrived all the same."""

import logging
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from email.parser import BytesHeaderParser
from threading import Thread
from typing import NamedTuple

from django.core.management import call_command

from invitations import outbox
from invitations.models import Delivery, DeliveryStatus
from invitations.models.deliveries import DeliveryQuerySet
from tests.processes import Process
from tests.smtp_sink import Sink

# Five minutes on a site; nobody waits so long for a dead worker here.
LEASE = 1.0
# Longer than a message that was on its way when its worker died.
LAST_BREATH = 0.2


class Arrived(NamedTuple):
    """`unexplained`: repeats other than of the last message of a killed worker.
    `shown_twice`: to somebody whose mailbox drops equal Message-ID and Date."""

    mails: int
    repeated: int = 0
    lost: int = 0
    unexplained: int = 0
    altered: int = 0
    shown_twice: int = 0
    unsettled: int = 0


def deliver_through_kills(
    sink: Sink, *, at: Sequence[int], chance: random.Random, returns: bool = True
) -> Arrived:
    """Kill one worker after the other, each some milliseconds after that many mails
    have arrived, and let the last one finish. Without `returns`, the control, nobody
    looks at the leases of the dead."""
    code = "from tests.killing import work; work({}, returns={})"
    last_words = []
    with ExitStack() as stack:
        for number in (*at, None):
            worker = Process.of(code.format(number is None, returns))
            stack.enter_context(worker)
            worker.hear()
            if number is None:
                time.sleep(LEASE)
            worker.tell()
            if number is not None:
                wait_for(sink, max(number, sink.count() + 1))
                time.sleep(chance.uniform(0, 0.02))
                worker.kill()
                time.sleep(LAST_BREATH)
                last_words += sink.mails(last=1)
        assert worker.wait() == 0
    return tally(sink.mails(), last_words)


def wait_for(sink: Sink, number: int) -> None:
    limit = time.monotonic() + 120
    while sink.count() < number:
        assert time.monotonic() < limit, f"{number} mails never arrived."
        time.sleep(0.002)


def tally(mails: list[bytes], last_words: list[bytes]) -> Arrived:
    frozen = {bytes(mime) for mime in Delivery.objects.values_list("mime", flat=True)}
    copies = Counter(mails)
    shown = {recognise(mail) for mail in copies}
    repeats = copies - Counter(copies.keys())
    unsettled = Delivery.objects.exclude(status=DeliveryStatus.SENT)
    return Arrived(
        mails=len(mails),
        lost=len(frozen - copies.keys()),
        repeated=repeats.total(),
        unexplained=(repeats - Counter(last_words)).total(),
        altered=len(copies.keys() - frozen),
        shown_twice=len(shown) - len({name for name, _ in shown}),
        unsettled=unsettled.count(),
    )


def recognise(mail: bytes) -> tuple[str, str]:
    """What a mailbox compares."""
    headers = BytesHeaderParser().parsebytes(mail)
    return headers["Message-ID"], headers["Date"]


# In the worker's process


def work(once: bool, *, returns: bool) -> None:
    logging.disable(logging.INFO)
    outbox.LEASE = timedelta(seconds=LEASE)
    if not returns:
        never_back()
    print("ready", flush=True)
    if sys.stdin.readline():
        Thread(target=end_with_parent, daemon=True).start()
        call_command("worker", once=once)


def end_with_parent() -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    os._exit(1)


def never_back() -> None:
    """As if nobody looked at leases that are over."""
    due = DeliveryQuerySet.due
    DeliveryQuerySet.due = lambda rows, now: due(rows, now).filter(leased_until=None)
