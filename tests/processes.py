"""Processes of their own, on the database of this one: for races and for kills."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection


def database_url() -> str:
    """The database of this process, for another one."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def environment(**more: str) -> dict[str, str]:
    server = f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    mail_url = server if settings.EMAIL_PORT else "dummymail://"
    ours = {"DATABASE_URL": database_url(), "EMAIL_URL": mail_url, "DEMO": "0"}
    ours["MAIL_PER_MINUTE_AND_DOMAIN"] = "0"
    return os.environ | ours | {"PYTHONWARNINGS": "ignore"} | more


class Process:
    """A Python process that reads one order a line and answers on one line. It leads
    a group of its own, and ends when its standard input does: nothing outlives us."""

    def __init__(self, *words: str) -> None:
        self.popen = subprocess.Popen(
            [sys.executable, *words],
            cwd=settings.ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    @classmethod
    def of(cls, code: str) -> Self:
        """With Django set up."""
        return cls("manage.py", "shell", "--no-imports", "-c", code)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.kill()

    def tell(self, order: str = "") -> None:
        assert self.popen.stdin
        self.popen.stdin.write(f"{order}\n")
        self.popen.stdin.flush()

    def hear(self) -> str:
        assert self.popen.stdout
        line = self.popen.stdout.readline()
        assert line, f"The process ended with {self.popen.wait()}."
        return line

    def wait(self) -> int:
        return self.popen.wait(timeout=600)

    def kill(self) -> None:
        """SIGKILL to the whole group, as often as one likes."""
        with suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait()
        for pipe in (self.popen.stdin, self.popen.stdout):
            # What was said to the dead is lost.
            with suppress(BrokenPipeError):
                pipe.close()
