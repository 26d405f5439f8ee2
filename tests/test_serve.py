import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django import Settings

from networking.demo import PEOPLE
from networking.management.commands import serve

Process = subprocess.Popen[bytes]


class Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(404)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        return


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def web_port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def sleeper() -> Iterator[Process]:
    child = subprocess.Popen(["sleep", "60"], start_new_session=True)
    yield child
    serve.stop([child])


def test_any_answer_is_an_answer(web_port: int, free_port: int) -> None:
    assert serve.answers(web_port)
    assert not serve.answers(free_port)


def test_the_first_child_that_ends_is_named(sleeper: Process) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    assert serve.dead({"Le serveur": sleeper}) == ""
    sentence = serve.dead({"Le serveur": sleeper, "Le facteur": ended})
    assert sentence.startswith("Le facteur s’est arrêté")


def test_a_child_that_ends_stops_the_waiting(free_port: int) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    children = {"Le serveur": ended}
    assert serve.wait_for_answer(children, free_port, threading.Event())
    assert serve.watch(children, threading.Event())


def test_waiting_ends_with_the_answer(sleeper: Process, web_port: int) -> None:
    children = {"Le serveur": sleeper}
    assert serve.wait_for_answer(children, web_port, threading.Event()) == ""


def test_asking_to_stop_is_no_failure(sleeper: Process, free_port: int) -> None:
    asked = threading.Event()
    asked.set()
    children = {"Le serveur": sleeper}
    assert serve.wait_for_answer(children, free_port, asked) == ""
    assert serve.watch(children, asked) == ""


def test_stopping_leaves_no_grandchild(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "FAREWELL", 0.5)
    # Both refuse to go when asked, so only the last word can end them.
    script = "trap '' TERM; sleep 60 & echo ready; wait"
    child = subprocess.Popen(
        ["sh", "-c", script], stdout=subprocess.PIPE, start_new_session=True
    )
    assert child.stdout is not None
    with child.stdout:
        assert child.stdout.readline() == b"ready\n"
        serve.stop([child])
        assert child.returncode == -signal.SIGKILL
        # The pipe ends when nobody holds its other side any more.
        assert child.stdout.read() == b""


def test_the_demonstration_says_who_to_be(settings: Settings) -> None:
    settings.DEMO = True
    text = serve.welcome(8123)
    assert "http://localhost:8123/" in text
    for label, email in PEOPLE:
        assert label in text
        assert email in text


def test_outside_the_demonstration_nobody_is_named(settings: Settings) -> None:
    settings.DEMO = False
    text = serve.welcome(8000)
    assert not any(email in text for _label, email in PEOPLE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One place for all: only the first start fills it, as on a person's machine."""
    return tmp_path_factory.mktemp("var")


@pytest.fixture
def site(folder: Path, free_port: int) -> Iterator[Process]:
    """`manage.py serve` on a database of its own, once it has said that it is open."""
    environment = {
        **os.environ,
        "DEMO": "0",
        "PORT": str(free_port),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "VAR_FOLDER": str(folder),
        "PYTHONUTF8": "1",
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=settings.ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout as said:
        while b"Ctrl-C" not in (line := said.readline()):
            assert line, "the site ended before it opened"
        yield process
        serve.stop([process])


def ended_whole(site: Process, port: int) -> bool:
    """Whether nobody is left to write, nor to answer."""
    assert site.stdout is not None
    site.stdout.read()
    return not serve.answers(port)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_site_opens_and_stops_with_all_it_started(
    site: Process, free_port: int, number: signal.Signals
) -> None:
    assert serve.answers(free_port)
    site.send_signal(number)
    assert site.wait(20) == 0
    assert ended_whole(site, free_port)


def worker_of(site: Process) -> int:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
            command = (folder / "cmdline").read_bytes()
            if parent == str(site.pid) and command.endswith(b"\0worker\0"):
                return int(folder.name)
    raise AssertionError("the site has no worker")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="asks Linux")
def test_the_site_closes_when_a_part_of_it_dies(site: Process, free_port: int) -> None:
    os.kill(worker_of(site), signal.SIGKILL)
    assert site.wait(20) == 1
    assert ended_whole(site, free_port)
