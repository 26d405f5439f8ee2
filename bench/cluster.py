"""A PostgreSQL that lives as long as one command, from the system's own packages.

    python bench/cluster.py COMMAND…            # its address is in DATABASE_URL
    python bench/cluster.py --durable COMMAND…  # commits reach the disk, as on a site

Needs neither Django nor a running server, and leaves nothing behind.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

PROGRAMS = Path("/usr/lib/postgresql")
MISSING = "PostgreSQL is not installed: « apt-get install postgresql », then again."
# Nothing outlives the run, so nothing needs to reach the disk.
HASTY = "-c fsync=off"


def newest() -> Path:
    """The folder of the newest version's programs."""
    found = PROGRAMS.glob("*/bin/initdb")
    versions = {tuple(map(int, re.findall(r"\d+", str(p)))): p.parent for p in found}
    if not versions:
        raise SystemExit(MISSING)
    return versions[max(versions)]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[str]:
    """The address of its only database."""
    programs, port = newest(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="parentheses-cluster-"))
    as_whom: tuple[str, ...] = ()
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root.
        shutil.chown(folder, "postgres")
        as_whom = ("runuser", "-u", "postgres", "--")

    def call(program: str, *words: str, check: bool = True) -> None:
        subprocess.run(
            [*as_whom, programs / program, "-D", folder / "data", *words],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            check=check,
        )

    options = f"-p {port} -h 127.0.0.1 -k {folder} -c max_connections=200"
    try:
        call(
            "initdb", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"
        )
        options += "" if durable else f" {HASTY}"
        call("pg_ctl", "-l", str(folder / "log"), "-w", "-o", options, "start")
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            call("pg_ctl", "-m", "immediate", "stop", check=False)
        shutil.rmtree(folder)


def stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def run(command: list[str], *, durable: bool = False) -> int:
    """The command's exit status. Asked to stop, it stops the command first."""
    signal.signal(signal.SIGTERM, stop)
    with cluster(durable=durable) as url:
        process = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": url})
        try:
            return process.wait()
        finally:
            process.terminate()
            process.wait()


if __name__ == "__main__":
    words = sys.argv[1:]
    durable = words[:1] == ["--durable"]
    if not words[durable:]:
        raise SystemExit(__doc__)
    try:
        sys.exit(run(words[durable:], durable=durable))
    except KeyboardInterrupt:
        sys.exit(130)
