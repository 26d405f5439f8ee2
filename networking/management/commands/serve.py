"""The web server and the worker, started together and stopped together."""

import contextlib
import hashlib
import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse

from networking import machine
from networking.demo import PEOPLE

# Seconds to answer the first time, to finish when asked, and between two looks.
PATIENCE, FAREWELL, PULSE = 60, 10, 0.2

STOPPED = "{} s’est arrêté, donc tout est arrêté : relancez « make run »."
SILENT_SERVER = "Le serveur ne répond pas sur le port {} : relancez « make run »."

Process = subprocess.Popen[bytes]


class Command(BaseCommand):
    help = "Prepare the database, then run the web server and the worker together."

    def handle(self, *args: Any, **options: Any) -> None:
        port = machine.wanted_port()
        machine.check_port(port)
        try:
            prepare()
        except KeyboardInterrupt:
            return
        asked = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: asked.set())
        children = start(port)
        try:
            failure = wait_for_answer(children, port, asked)
            if not failure and not asked.is_set():
                self.stdout.write(welcome(port))
                self.stdout.flush()
                failure = watch(children, asked)
        finally:
            stop(children.values())
        if failure:
            sys.exit(failure)


def prepare() -> None:
    """Database, demonstration people on the first run, static files."""
    settings.VAR.mkdir(mode=0o700, exist_ok=True)
    if is_behind():
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    if settings.DEMO and not get_user_model().objects.exists():
        call_command("demo")
    collect_static_files()


def is_behind() -> bool:
    """Whether the database lacks a migration; migrating for nothing takes a second."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect_static_files() -> None:
    """Compressing them takes seconds: only when ours or a library's changed."""
    files = sorted(path for path in (settings.ROOT / "static").rglob("*"))
    seen = [f"{path} {path.stat().st_mtime_ns}" for path in files]
    seen.append((settings.ROOT / "requirements.txt").read_text())
    mark = hashlib.sha256("\n".join(seen).encode()).hexdigest()
    note = settings.STATIC_ROOT / ".collected"
    if not note.is_file() or note.read_text() != mark:
        call_command("collectstatic", interactive=False, verbosity=0)
        note.write_text(mark)


def start(port: int) -> dict[str, Process]:
    """Each child by the name it has for people, in a process group of its own.

    So a Ctrl-C in the terminal reaches this command alone, which then stops them in
    order and with all that they started.
    """
    server = [sys.executable, "-m", "gunicorn", "networking.wsgi:application"]
    server += ["--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    server += ["--workers", "2", "--threads", "4", "--graceful-timeout", "5"]
    server += ["--umask", "0o077", "--log-level", "warning", "--no-control-socket"]
    worker = [sys.executable, "manage.py", "worker"]
    return {
        name: subprocess.Popen(
            command,
            cwd=settings.ROOT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        for name, command in (("Le serveur", server), ("Le facteur", worker))
    }


def dead(children: dict[str, Process]) -> str:
    """The sentence about the first child that ended, or nothing."""
    for name, child in children.items():
        if child.poll() is not None:
            return STOPPED.format(name)
    return ""


def answers(port: int) -> bool:
    """Whether an HTTP answer comes back, whatever it says."""
    connection = http.client.HTTPConnection("localhost", port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def wait_for_answer(
    children: dict[str, Process], port: int, asked: threading.Event
) -> str:
    """Returns at the first answer, or when asked to stop; a sentence on failure."""
    limit = time.monotonic() + PATIENCE
    while not asked.is_set() and time.monotonic() < limit:
        if failure := dead(children):
            return failure
        if answers(port):
            return ""
        asked.wait(PULSE)
    return "" if asked.is_set() else SILENT_SERVER.format(port)


def watch(children: dict[str, Process], asked: threading.Event) -> str:
    """Returns when asked to stop; a sentence if a child ended before."""
    while not asked.wait(PULSE):
        if failure := dead(children):
            return failure
    return ""


def stop(children: Collection[Process]) -> None:
    """Asks every group to end, waits, then ends what is left of it."""
    for child in children:
        signal_group(child, signal.SIGTERM)
    limit = time.monotonic() + FAREWELL
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(max(0, limit - time.monotonic()))
        signal_group(child, signal.SIGKILL)
        child.wait()


def signal_group(child: Process, number: int) -> None:
    try:
        os.killpg(child.pid, number)
    except (ProcessLookupError, PermissionError):
        # The group is gone already; macOS says so with PermissionError.
        return


def welcome(port: int) -> str:
    """What to open and, in the demonstration, who to be."""
    site = f"http://localhost:{port}"
    lines = ["", f"Parenthèses Réseau est ouvert : {site}/", ""]
    if settings.DEMO:
        width = max(len(label) for label, _email in PEOPLE)
        lines.append("Pour essayer, connectez-vous avec l’une de ces adresses :")
        lines += [f"  {label:{width}}  {email}" for label, email in PEOPLE]
        lines += ["", f"Le code de connexion arrive sur {site}{reverse('mailbox')}", ""]
    lines.append("Pour arrêter : Ctrl-C")
    return "\n".join(lines)
