"""A PostgreSQL that lives as long as one command, which finds it in DATABASE_URL.

    python bench/cluster.py python -m pytest -m "not browser"

Uses the standard library alone. Nothing in it outlives the command, so nothing needs
to reach the disk: only what is measured inside one run may be compared.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = Path("/usr/lib/postgresql")
MISSING = "PostgreSQL is not installed: python3 networking/machine.py postgresql"
OPTIONS = "-c fsync=off -c max_connections=200"


def programs() -> Path:
    """The folder of the newest PostgreSQL of this machine."""
    found = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if not found:
        raise SystemExit(MISSING)
    return found[-1].parent


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def run(folder: Path, name: str, *arguments: str) -> None:
    """PostgreSQL refuses to run as root."""
    command = [str(programs() / name), *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def cluster() -> Iterator[str]:
    """The address of an empty database."""
    folder, port = Path(tempfile.mkdtemp(prefix="parentheses-pg-")), free_port()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data, log = str(folder / "data"), str(folder / "log")
    try:
        locale = ("-E", "UTF8", "--locale=C.UTF-8")
        run(folder, "initdb", "-D", data, "-U", "postgres", "--auth=trust", *locale)
        options = f"-p {port} -h 127.0.0.1 -k {folder} {OPTIONS}"
        run(folder, "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
        yield f"postgres://postgres@127.0.0.1:{port}/postgres"
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            run(folder, "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def main() -> int:
    # Ended from outside, it still takes the cluster down.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with cluster() as url:
        environment = os.environ | {"DATABASE_URL": url}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
