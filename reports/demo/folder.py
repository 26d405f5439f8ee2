"""What the story leaves: numbered files whose names say whose they are."""

import email
import email.policy
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path

from reports.demo.sink import Sink

LINK = re.compile(r"https?://\S+/i/[a-z2-7]{26}/")


@dataclass
class Step:
    """One line of the table that the command prints; `seconds` is wall time."""

    what: str
    seconds: float = 0
    files: list[str] = field(default_factory=list)


@dataclass
class Letter:
    """A mail as it arrived."""

    content: bytes
    message: EmailMessage

    @property
    def recipient(self) -> str:
        return parseaddr(str(self.message["To"]))[1]

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part else ""

    @property
    def calendar(self) -> bytes:
        """The object inside, byte for byte; empty without one."""
        for part in self.message.walk():
            if part.get_content_type() == "text/calendar":
                return bytes(part.get_payload(decode=True) or b"")
        return b""


class Folder:
    """Writes what arrives while a step is told."""

    def __init__(self, path: Path, mail: Sink, tell: Callable[[Step], None]) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path, self.mail, self.tell = path, mail, tell
        self.read, self.number = 0, -1
        self.step = Step("")

    @contextmanager
    def writes(self, what: str) -> Iterator[None]:
        self.step, started = Step(what), time.monotonic()
        yield
        self.step.seconds = time.monotonic() - started
        self.tell(self.step)

    def write(self, name: str, content: bytes) -> None:
        self.path.joinpath(name).write_bytes(content)
        self.step.files.append(name)

    def number_for(self, title: str) -> str:
        """« 03-nouvelle-heure »: files in the order of the story."""
        self.number += 1
        return f"{self.number:02}-{title}"

    def take(self, title: str) -> dict[str, Letter]:
        """The mails that came since the last time, by first name of the address."""
        fresh = self.mail.letters[self.read :]
        self.read += len(fresh)
        stem, letters = self.number_for(title), {}
        for content in fresh:
            parsed = email.message_from_bytes(content, policy=email.policy.default)
            letter = Letter(content, parsed)
            name = letter.recipient.partition("@")[0].partition(".")[0]
            letters[name] = letter
            self.write(f"{stem}-{name}.eml", content)
            if letter.calendar:
                self.write(f"{stem}-{name}.ics", letter.calendar)
        return letters


def found(pattern: re.Pattern[str], letter: Letter) -> str:
    """Raises LookupError when the mail does not hold what it promises."""
    match = pattern.search(letter.text)
    if match is None:
        raise LookupError(f"{pattern.pattern} in the mail for {letter.recipient}")
    return match.group()


def link(letter: Letter) -> str:
    """The personal page."""
    return found(LINK, letter)
