"""The demonstration's post: mails become files that a page shows."""

import email
import email.policy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage as ParsedMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

KEPT = 500
# allauth writes its codes alone on a line.
CODE = re.compile(r"^[ \t]*(\d{6})[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True)
class Letter:
    """A mail read back from its file, as a reader sees it."""

    name: str
    recipient: str
    sender: str
    subject: str
    date: datetime | None
    text: str
    html: str

    @property
    def code(self) -> str:
        """The six digits of a sign-in message; empty in any other."""
        found = CODE.search(self.text)
        return found[1] if found else ""


class MailboxBackend(BaseEmailBackend):
    """Writes each message to its own .eml file under settings.MAILBOX."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        settings.MAILBOX.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            mime: Any = message.message()
            content = mime.as_bytes(linesep="\r\n")
            name = f"{timezone.now():%Y%m%dT%H%M%S%f}-{uuid4().hex[:8]}.eml"
            (settings.MAILBOX / name).write_bytes(content)
        return len(email_messages)


def letters() -> Iterator[Letter]:
    """The newest first, at most KEPT of them."""
    files = sorted(settings.MAILBOX.glob("*.eml"), reverse=True)
    return (read(path) for path in files[:KEPT])


def letter(name: str) -> Letter | None:
    """One mail by its file name; None when there is no such file."""
    path = settings.MAILBOX / Path(name).name
    known = path.suffix == ".eml" and path in settings.MAILBOX.glob("*.eml")
    return read(path) if known else None


def read(path: Path) -> Letter:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return Letter(
        name=path.name,
        recipient=parseaddr(str(message["To"]))[1],
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        date=moment(message),
        text=body(message, "plain"),
        html=body(message, "html"),
    )


def moment(message: ParsedMessage) -> datetime | None:
    """Aware: "-0000" is UTC told by somebody without a zone (RFC 5322 3.3)."""
    date = message["Date"].datetime if message["Date"] else None
    return date.replace(tzinfo=UTC) if date and not date.tzinfo else date


def body(message: ParsedMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    return part.get_content() if part else ""
