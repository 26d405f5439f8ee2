"""The PostgreSQL of one command comes and goes with it."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from bench import cluster

pytestmark = pytest.mark.skipif(
    not any(cluster.PROGRAMS.glob("*/bin/initdb")), reason="no PostgreSQL here"
)

ASK = """
import os, psycopg
with psycopg.connect(os.environ["DATABASE_URL"]) as asked:
    print(asked.execute("show data_directory").fetchone()[0], flush=True)
"""


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """Where the account that runs PostgreSQL may look, unlike in pytest's folders."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def start(code: str, folder: Path) -> subprocess.Popen[str]:
    """A command that asks its server where it lives, then does what `code` says."""
    words = [sys.executable, cluster.__file__, sys.executable, "-c"]
    return subprocess.Popen(
        [*words, ASK + code],
        env=os.environ | {"TMPDIR": str(folder)},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_command_finds_its_server_and_gives_its_status_back(
    shared_folder: Path,
) -> None:
    with start("raise SystemExit(3)", shared_folder) as process:
        home, _ = process.communicate(timeout=60)
    assert Path(home).is_relative_to(shared_folder)
    assert process.returncode == 3
    assert list(shared_folder.iterdir()) == []


def test_a_command_that_is_stopped_takes_its_server_along(shared_folder: Path) -> None:
    with start("import time; time.sleep(600)", shared_folder) as process:
        assert process.stdout
        home = Path(process.stdout.readline().strip())
        # Line 4 of postmaster.pid is the port.
        port = int((home / "postmaster.pid").read_text().splitlines()[3])
        process.terminate()
        assert process.wait(timeout=60) == 128 + signal.SIGTERM
    assert list(shared_folder.iterdir()) == []
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
