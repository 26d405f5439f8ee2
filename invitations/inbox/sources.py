"""Where received mails lie: a Maildir, an mbox file, the standard input.

A message is never deleted, and is put aside only once `acknowledge` is called, after
it was stored. One that nobody acknowledges comes again. Nothing above `LIMIT` is read,
and a longer message still comes, cut one byte above what a letter may have.
"""

import fcntl
import logging
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

from invitations.inbox.parts import MAX_RAW

LIMIT = MAX_RAW + 1
CHUNK = 64 * 1024
READ_FOLDER = ".Lus"

log = logging.getLogger("parentheses.inbox")


@dataclass(frozen=True, slots=True)
class Incoming:
    raw: bytes
    acknowledge: Callable[[], None]
    cut: bool = False


def standard_input(stream: BinaryIO) -> Iterator[Incoming]:
    """One message. What is too much is read and left, so that the mail server does
    not take a closed pipe for a refusal."""
    raw = stream.read(LIMIT)
    while stream.read(CHUNK):
        pass
    yield Incoming(raw, lambda: None, cut=len(raw) == LIMIT)


def maildir(folder: Path) -> Iterator[Incoming]:
    """Messages of new/ and cur/; those acknowledged move to the subfolder .Lus, which
    a mail program shows as « Lus ». Links and what is no file are left alone."""
    for place in ("new", "cur"):
        for path in sorted((folder / place).iterdir()):
            try:
                raw = _content(path)
            except OSError as error:
                log.warning("a message of %s/ was not read: %s", place, error.strerror)
                continue
            if raw is not None:
                aside = partial(_put_aside, path, folder)
                yield Incoming(raw, aside, cut=len(raw) == LIMIT)


def mbox(path: Path) -> Iterator[Incoming]:
    """Messages of an mbox file, which is first renamed so that new ones go elsewhere.

    Once all are acknowledged it becomes NAME.read-MOMENT. If not, or if some server
    added to it meanwhile, the next run reads it again, before the new one.
    """
    reading = path.with_name(path.name + ".reading")
    if not reading.exists() and not _take(path, reading):
        return
    given, done = 0, set[int]()
    with reading.open("rb") as stream:
        for raw in _messages(stream):
            given += 1
            yield Incoming(raw, partial(done.add, given), cut=len(raw) == LIMIT)
        end = stream.tell()
    if len(done) == given and reading.stat().st_size == end:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        reading.rename(path.with_name(f"{path.name}.read-{moment}"))


def _content(path: Path) -> bytes | None:
    # O_NONBLOCK: opening a pipe would wait for somebody to write.
    number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(number, "rb") as stream:
        if not stat.S_ISREG(os.fstat(number).st_mode):
            return None
        return stream.read(LIMIT)


def _put_aside(path: Path, folder: Path) -> None:
    for place in ("cur", "new", "tmp"):
        (folder / READ_FOLDER / place).mkdir(mode=0o700, parents=True, exist_ok=True)
    unique, _, flags = path.name.partition(":2,")
    seen = "".join(sorted({*flags, "S"}))
    try:
        path.rename(folder / READ_FOLDER / "cur" / f"{unique}:2,{seen}")
    except FileNotFoundError:
        log.warning("a message was moved by somebody else while it was read")


def _take(path: Path, reading: Path) -> bool:
    try:
        with path.open("r+b") as stream:
            # Mail servers lock in one way or the other while they write.
            fcntl.lockf(stream, fcntl.LOCK_EX)
            fcntl.flock(stream, fcntl.LOCK_EX)
            if not os.fstat(stream.fileno()).st_size:
                return False
            path.rename(reading)
    except FileNotFoundError:
        return False
    return True


def _messages(stream: BinaryIO) -> Iterator[bytes]:
    """Cut at "From " after an empty line, ">From " undone (mboxrd)."""
    kept, size, was_empty, fresh = bytearray(), 0, True, True
    while piece := stream.readline(CHUNK):
        if fresh and was_empty and piece.startswith(b"From "):
            if size:
                yield _finished(kept)
            kept, size = bytearray(), 0
            was_empty, fresh = False, piece.endswith(b"\n")
            continue
        size += len(piece)
        if fresh and piece.lstrip(b">").startswith(b"From ") and piece[:1] == b">":
            piece = piece[1:]
        kept += piece[: LIMIT - len(kept)]
        was_empty = fresh and piece in (b"\n", b"\r\n")
        fresh = piece.endswith(b"\n")
    if size:
        yield _finished(kept)


def _finished(kept: bytearray) -> bytes:
    # The empty line before the next "From " belongs to the file.
    whole = bytes(kept)
    for line in (b"\r\n", b"\n"):
        if len(whole) < LIMIT and whole.endswith(b"\n" + line):
            return whole.removesuffix(line)
    return whole
