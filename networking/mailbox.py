"""The demonstration's post: mails and text messages become files that a page shows."""

import email
import email.policy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage as ParsedMessage
from email.utils import parseaddr
from pathlib import Path
from textwrap import shorten
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from networking.templatetags.french import e164

KEPT = 500
# A text message is kept as a mail whose recipient stands here, not in To.
TEXT_TO = "X-Text-Message-To"
TITLE_LENGTH = 60
# allauth writes its codes alone on a line.
CODE = re.compile(r"^[ \t]*(\d{6})[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True)
class Letter:
    """A message read back from its file, as a reader sees it. `recipient` is an
    address, or the E.164 number of a text message."""

    name: str
    recipient: str
    sender: str
    subject: str
    date: datetime | None
    text: str
    html: str
    is_sms: bool = False

    @property
    def code(self) -> str:
        """The six digits of a sign-in message; empty in any other."""
        found = CODE.search(self.text)
        return found[1] if found else ""

    def is_for(self, wanted: str) -> bool:
        """Part of the address, or of the number as anybody writes it."""
        digits = e164(wanted)
        if self.is_sms and digits and not re.search("[a-z@]", wanted, re.IGNORECASE):
            return digits in self.recipient
        return wanted.lower() in self.recipient.lower()


class MailboxBackend(BaseEmailBackend):
    """Writes each message to its own .eml file under settings.MAILBOX."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            mime: Any = message.message()
            keep(mime.as_bytes(linesep="\r\n"))
        return len(email_messages)


def keep(content: bytes) -> None:
    settings.MAILBOX.mkdir(parents=True, exist_ok=True)
    name = f"{timezone.now():%Y%m%dT%H%M%S%f}-{uuid4().hex[:8]}.eml"
    (settings.MAILBOX / name).write_bytes(content)


def keep_text(*, to: str, text: str, sender: str) -> None:
    """A text message, `to` an E.164 number. Its first words are its title."""
    message = ParsedMessage()
    message[TEXT_TO] = to
    words = "".join(sign if sign.isprintable() else " " for sign in text)
    message["Subject"] = shorten(words, TITLE_LENGTH, placeholder="…")
    message["From"] = "".join(sign for sign in sender if sign.isalnum()) or "SMS"
    message["Date"] = timezone.now()
    message.set_content(text, charset="utf-8", cte="base64")
    keep(message.as_bytes(policy=email.policy.SMTP))


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
    number = str(message[TEXT_TO] or "")
    return Letter(
        name=path.name,
        recipient=number or parseaddr(str(message["To"]))[1],
        sender=str(message["From"]),
        subject=str(message["Subject"]),
        date=moment(message),
        text=body(message, "plain"),
        html=body(message, "html"),
        is_sms=bool(number),
    )


def moment(message: ParsedMessage) -> datetime | None:
    """Aware: "-0000" is UTC told by somebody without a zone (RFC 5322 3.3)."""
    date = message["Date"].datetime if message["Date"] else None
    return date.replace(tzinfo=UTC) if date and not date.tzinfo else date


def body(message: ParsedMessage, subtype: str) -> str:
    part = message.get_body((subtype,))
    return part.get_content() if part else ""
