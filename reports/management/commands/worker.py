import logging
import os
import signal
import socket
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from itertools import islice
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone

from invitations.actions import expire_offers
from invitations.actions.replies import receive_all
from invitations.inbox.imap import unread
from invitations.outbox import DATABASE_AWAY, deliver_due
from invitations.queueing import drop_stale_calls
from invitations.reminders import queue_due
from reports.actions.follow_ups import remind_due
from reports.actions.nudges import nudge_due
from reports.actions.opinions import release_opinions
from reports.digests import queue_digests
from reports.purge import purge

log = logging.getLogger("parentheses.worker")

REST = 1.0
MAILS_AT_ONCE = 50
EACH_MINUTE = timedelta(minutes=1)
EACH_HOUR = timedelta(hours=1)


def read_mailbox(now: datetime) -> None:
    """The rest of a full mailbox comes in a minute: mail that leaves waits behind."""
    with closing(unread(settings.IMAP_URL)) as mailbox:
        for _ in receive_all(islice(mailbox, MAILS_AT_ONCE)):
            pass


class Command(BaseCommand):
    help = "Sends the mail that is due, queues reminders and purges old data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="do what is due now, then stop"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.running = True
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, self.stop)
        self.name = f"{socket.gethostname()[:20]}-{os.getpid()}"
        self.next_reminders = self.next_purge = timezone.now()
        while self.running:
            busy = self.work()
            if options["once"] and not busy:
                return
            if not busy:
                time.sleep(REST)

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Finish the message in hand, give the others back."""
        self.running = False

    def work(self) -> bool:
        """One turn; True when there may be more to do at once."""
        close_old_connections()
        try:
            self.keep_schedules()
            return deliver_due(self.name, keep_going=lambda: self.running) > 0
        except DATABASE_AWAY as error:
            # The database restarts or is busy: the worker outlives it.
            self.stderr.write(f"database: {error}")
            time.sleep(REST)
            return False

    def keep_schedules(self) -> None:
        """All are safe to run twice, so two workers need not agree on who does."""
        now = timezone.now()
        if now >= self.next_reminders:
            self.next_reminders = now + EACH_MINUTE
            self.run_carefully(queue_due, now)
            self.run_carefully(expire_offers, now)
            self.run_carefully(remind_due, now)
            self.run_carefully(nudge_due, now)
            self.run_carefully(drop_stale_calls, now)
            self.run_carefully(queue_digests, now)
            if settings.IMAP_URL:
                self.run_carefully(read_mailbox, now)
        if now >= self.next_purge:
            self.next_purge = now + EACH_HOUR
            self.run_carefully(release_opinions, now)
            self.run_carefully(purge, now)

    def run_carefully(self, chore: Callable[[datetime], object], now: datetime) -> None:
        """A chore that fails is tried again in its turn; the mail leaves all the
        same."""
        try:
            chore(now)
        except DATABASE_AWAY:
            raise
        except Exception:
            log.exception("%s failed", chore.__name__)
