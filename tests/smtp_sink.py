"""A mail server in a process of its own, which keeps what it accepts.

    python -m tests.smtp_sink FILE SECONDS

It ends with its standard input. SECONDS is how long its 250 takes at most: a mail is
kept first and acknowledged later, so that a sender may die in between.
"""

import asyncio
import os
import random
import struct
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings

from tests.processes import Process

LENGTH = struct.Struct(">I")
THIS_SERVER = {
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_USE_TLS": False,
    "EMAIL_USE_SSL": False,
    "EMAIL_HOST_USER": "",
    "EMAIL_HOST_PASSWORD": "",
}


class Keeper:
    def __init__(self, path: str, seconds: float) -> None:
        self.file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.seconds = seconds

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        content = bytes(envelope.content or b"")
        os.write(self.file, LENGTH.pack(len(content)) + content)
        if self.seconds:
            pause = random.uniform(self.seconds / 2, self.seconds)  # noqa: S311
            await asyncio.sleep(pause)
        return "250 OK"


class Sink:
    """The other end: what has arrived, in its order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ends = [0]

    def count(self) -> int:
        with self.path.open("rb") as kept:
            size, end = os.fstat(kept.fileno()).st_size, self.ends[-1]
            while end + LENGTH.size <= size:
                kept.seek(end)
                end += LENGTH.size + LENGTH.unpack(kept.read(LENGTH.size))[0]
                if end <= size:
                    self.ends.append(end)
        return len(self.ends) - 1

    def mails(self, *, last: int = 0) -> list[bytes]:
        """All of them, or the last ones."""
        count, kept = self.count(), self.path.read_bytes()
        ends = self.ends[max(count - last, 0) if last else 0 :]
        return [kept[start + LENGTH.size : end] for start, end in pairwise(ends)]

    def forget(self) -> None:
        os.truncate(self.path, 0)
        self.ends = [0]


@contextmanager
def open_sink(*, seconds: float = 0) -> Iterator[Sink]:
    """Django here, and the processes started from here, send to it."""
    with tempfile.TemporaryDirectory(prefix="parentheses-sink-") as folder:
        path = Path(folder) / "mails"
        with Process("-m", "tests.smtp_sink", str(path), str(seconds)) as process:
            port = int(process.hear())
            with override_settings(EMAIL_PORT=port, **THIS_SERVER):
                yield Sink(path)


async def serve(path: str, seconds: float) -> None:
    keeper, loop = Keeper(path, seconds), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(keeper), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], float(sys.argv[2])))
