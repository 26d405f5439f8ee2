"""kill -9 in each place on a mail's way, on a real database file and a real server:
how many copies arrive in the end. RFC 1047 explains the one repeat."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import LazySettings, settings
from django.db.models import QuerySet
from django.utils import timezone

from invitations import outbox
from invitations.actions import send_invitations
from invitations.models import Delivery, DeliveryStatus
from networking.models import Meetup, Professional
from tests.processes import environment

pytestmark = pytest.mark.django_db(transaction=True)

# What the process that will die does, after it knows how to die.
DIE = """
import os, signal, smtplib, time
from django.core.management import call_command
from django.db import connection, transaction
from invitations import actions, outbox
from networking.models import Meetup, Professional

def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)

def then_die(function):
    return lambda *args, **kwargs: (function(*args, **kwargs), die())

def die_after_writing_the_lease(execute, sql, *rest):
    result = execute(sql, *rest)
    if sql.startswith("UPDATE") and "leased_by" in sql:
        die()
    return result

def die_after_the_last_dot(self, data, send=smtplib.SMTP.send):
    send(self, data)
    if isinstance(data, bytes) and data.endswith(b"\\r\\n.\\r\\n"):
        time.sleep(0.3)
        die()

def invite():
    people = Professional.objects.filter(email="chloe@example.org")
    actions.send_invitations(meetup=Meetup.objects.get(), people=people)

def work():
    call_command("worker", "--once")
"""


class Sink:
    def __init__(self) -> None:
        self.contents: list[bytes] = []

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.contents.append(bytes(envelope.content or b""))
        return "250 OK"


@pytest.fixture
def sink(settings: LazySettings) -> Iterator[Sink]:
    sink = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    yield sink
    controller.stop()


def kill(story: str) -> None:
    """Run the story in a process of its own, and see it die."""
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", DIE + story],
        cwd=settings.ROOT,
        env=environment(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def recover() -> None:
    """What the next worker does, once the lease of the dead one is over."""
    Delivery.objects.exclude(leased_until=None).update(
        leased_until=timezone.now() - timedelta(seconds=1)
    )
    outbox.deliver_due("next")


def frozen() -> bytes:
    return bytes(Delivery.objects.get().mime)


def test_1_before_the_business_commit_there_is_no_message(
    meetup: Meetup, sink: Sink
) -> None:
    kill("with transaction.atomic():\n    invite()\n    die()")
    assert not meetup.invitations.exists()
    recover()
    assert sink.contents == []


def test_2_after_the_commit_the_message_is_safe(meetup: Meetup, sink: Sink) -> None:
    kill("invite()\ndie()")
    recover()
    assert sink.contents == [frozen()]


@pytest.mark.parametrize(
    ("place", "copies"),
    [
        pytest.param("outbox.attempt = die", 1, id="4 before connecting"),
        pytest.param("smtplib.SMTP.send = die_after_the_last_dot", 2, id="5 no 250"),
        pytest.param("outbox.settle = die", 2, id="6 after 250, before our commit"),
        pytest.param("outbox.settle = then_die(outbox.settle)", 1, id="7 all done"),
        pytest.param(
            "connection.execute_wrappers.append(die_after_writing_the_lease)",
            1,
            id="8 while it claims",
        ),
    ],
)
def test_a_worker_killed_there_leaves_so_many_copies(
    meetup: Meetup, chloe: Professional, sink: Sink, place: str, copies: int
) -> None:
    send_invitations(meetup=meetup, people=[chloe])
    kill(f"{place}\nwork()")
    recover()
    assert sink.contents == [frozen()] * copies
    assert Delivery.objects.get().status == DeliveryStatus.SENT
    assert outbox.deliver_due("next") == 0


def never_back(rows: QuerySet[Delivery], now: datetime) -> QuerySet[Delivery]:
    """The control: as if nobody looked at leases that are over."""
    return rows.filter(leased_until=None, status=DeliveryStatus.QUEUED)


def test_3_what_a_dead_worker_claimed_comes_back_by_its_lease_alone(
    meetup: Meetup,
    chloe: Professional,
    sink: Sink,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    send_invitations(meetup=meetup, people=[chloe])
    kill("outbox.still_ours = die\nwork()")
    assert outbox.deliver_due("too early") == 0
    with monkeypatch.context() as patch:
        patch.setattr(type(Delivery.objects.all()), "due", never_back)
        recover()
        assert sink.contents == []
    recover()
    assert sink.contents == [frozen()]
