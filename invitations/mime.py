"""Mails as bytes: the parts calendar programs look for, and nothing else.

Whatever people typed reaches a header only through `one_line` or `mailbox`.
"""

import copy
import hashlib
import re
from datetime import datetime
from email import message_from_bytes
from email.encoders import encode_base64
from email.header import Header, decode_header, make_header
from email.message import Message
from email.mime.base import MIMEBase
from email.parser import BytesParser
from email.policy import Policy
from email.utils import format_datetime
from functools import cached_property
from typing import Any

from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives
from django.core.mail.message import SafeMIMEMultipart

AUTO_SUBMITTED = "Auto-Submitted"
MESSAGE_ID = "Message-ID"
DATE = "Date"
WORDED = ("Subject", "From", "To", "Cc", "Reply-To")

MAX_NAME = 75
WORD = 68  # leaves room for what Header adds
MAX_TEXT = 255  # Exchange cuts titles and places there, in mid-word.
MAX_OCTETS = 998  # RFC 5322 section 2.1.1

NEWLINES = re.compile("\r\n|[\n\r\x0b\x0c\x85\u2028\u2029]")
NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")
BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# In a display name these open a list, a group, a comment or a second address.
TRAPS = re.compile(r"[@:;,<>()\[\]\"\\]|=\?")
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~.-]{1,64}@[\w.-]{1,253}")
HEADER_NAME = re.compile(r"[!-9;-~]+")
HEADER_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
BARE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")


def plain_text(text: str) -> str:
    r"""Text every reader gives back unchanged; lines end with "\n".

    The backslash becomes a slash: calendars disagree on an escaped one before "n".
    """
    text = NEWLINES.sub("\n", text).replace("\t", " ").replace("\\", "/")
    return NOT_TEXT.sub("", text).strip()


def one_line(text: str, *, limit: int = MAX_TEXT) -> str:
    """`plain_text` without line breaks, cut with an ellipsis after `limit`.

    The no-break spaces of French stay.
    """
    line = re.sub("[ \n]+", " ", plain_text(text)).strip()
    if len(line) <= limit:
        return line
    # Never end on half an emoji: joiner and variation selectors go too.
    return line[: limit - 1].rstrip(" \u200d\ufe0e\ufe0f") + "…"


def mailbox(name: str, email: str) -> str:
    """`"name" <email>`, whatever the name holds.

    Raises ValueError when `email` is not one bare address.
    """
    if not ADDRESS.fullmatch(email):
        raise ValueError(f"not an address: {email!r}")
    name = TRAPS.sub(" ", BIDI.sub("", plain_text(name)))
    shown = one_line(name, limit=MAX_NAME)
    return f'"{shown}" <{email}>' if shown else email


class CalendarEmail(EmailMultiAlternatives):
    """mixed(alternative(plain, html, calendar), invite.ics), all of it base64.

    Outlook and Evolution only act on the inline part, some others only on the file.
    Without `calendar` and attachments the alternative stands alone.
    """

    def __init__(
        self, *args: Any, calendar: bytes = b"", method: str = "REQUEST", **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.calendar = calendar
        self.method = method
        subject = BIDI.sub("", str(self.subject)).replace("=?", "= ?")
        self.subject = one_line(subject)
        self.body = _encodable(str(self.body))
        if AUTO_SUBMITTED.lower() not in map(str.lower, self.extra_headers):
            headers = {AUTO_SUBMITTED: "auto-generated", **self.extra_headers}
            self.extra_headers = headers

    def message(self, **options: Any) -> Any:
        # Django checks values for CR and LF, names for nothing.
        for name in self.extra_headers:
            if not HEADER_NAME.fullmatch(name):
                raise BadHeaderError(f"not a header name: {name!r}")
        people = [self.from_email, *self.to, *self.cc, *self.bcc, *self.reply_to]
        for value in [*people, *self.extra_headers.values()]:
            if HEADER_CONTROL.search(str(value)):
                raise BadHeaderError(f"control character in a header: {value!r}")
        mime: Any = super().message(**options)
        for name in WORDED:
            if "=?" in mime.get(name, ""):
                mime.replace_header(name, _short_words(mime[name]))
        return mime

    def _create_message(self, msg: Message) -> SafeMIMEMultipart:
        alternative = self._multipart("alternative")
        alternative.attach(_text_part("text/plain", str(self.body)))
        for content, mimetype in self.alternatives:
            alternative.attach(_text_part(mimetype, str(content)))
        if not self.calendar and not self.attachments:
            return alternative
        mixed = self._multipart("mixed")
        mixed.attach(alternative)
        if self.calendar:
            # `method` must equal METHOD (RFC 6047 section 2.4); no name, no
            # disposition: either turns the part into a file.
            params = {"charset": "UTF-8", "method": self.method}
            alternative.attach(_part("text/calendar", self.calendar, **params))
            # The same name for cancellations: some clients match on it.
            mixed.attach(_file_part("invite.ics", self.calendar, "application/ics"))
        for attachment in self.attachments:
            ready = isinstance(attachment, MIMEBase)
            mixed.attach(attachment if ready else _file_part(*attachment))
        return mixed

    def _multipart(self, subtype: str) -> SafeMIMEMultipart:
        # Drawn from the content, so that the same mail has the same bytes.
        content = [str(self.body), *(str(text) for text, _ in self.alternatives)]
        digest = hashlib.sha256(self.calendar)
        digest.update(repr(content).encode(errors="surrogatepass"))
        boundary = f"=_{digest.hexdigest()[:32]}.{subtype}"
        return SafeMIMEMultipart(subtype, boundary=boundary, encoding="utf-8")


def _short_words(header: str) -> str:
    # Django lets a first word grow to 77 characters; RFC 2047 section 2 allows 75.
    words: list[str] = []
    for text, charset in decode_header(header):
        plain = text if isinstance(text, str) else text.decode(charset or "ascii")
        encoded = Header(plain, charset, maxlinelen=WORD).encode() if charset else plain
        words += encoded.split()
    return " ".join(words)


def _encodable(text: str) -> str:
    # Half a surrogate pair has no UTF-8.
    return text.encode(errors="replace").decode()


def _part(mimetype: str, data: bytes, **params: Any) -> MIMEBase:
    maintype, subtype = mimetype.split("/", 1)
    part = MIMEBase(maintype, subtype, **params)
    part.set_payload(data)
    encode_base64(part)
    del part["MIME-Version"]
    return part


def _text_part(mimetype: str, text: str) -> MIMEBase:
    # RFC 2045 section 6.8: line breaks are CRLF before base64.
    text = re.sub("\r\n|[\r\n]", "\r\n", text)
    return _part(mimetype, _encodable(text).encode(), charset="UTF-8")


def _file_part(filename: str, content: str | bytes, mimetype: str) -> MIMEBase:
    data = content.encode() if isinstance(content, str) else content
    filename = one_line(filename)
    # RFC 2231, for a name that is not ASCII
    name = filename if filename.isascii() else ("utf-8", "", filename)
    part = _part(mimetype, data, name=name)
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part


def freeze(message: EmailMessage, *, message_id: str, date: datetime) -> bytes:
    """The mail as it will be sent, once for all attempts; `date` is aware.

    A second attempt then carries the same Message-ID and the same bytes, and a
    mailbox that got the first one can tell. Raises ValueError on 8-bit or overlong
    lines: relays rewrap them.
    """
    if not BARE_ID.fullmatch(message_id):
        raise ValueError(f"not a message id: {message_id!r}")
    fixed = {MESSAGE_ID: message_id, DATE: format_datetime(date)}
    taken = {name.lower() for name in fixed}
    kept = {k: v for k, v in message.extra_headers.items() if k.lower() not in taken}
    built = copy.copy(message)
    built.extra_headers = {**kept, **fixed}
    mime: Any = built.message()
    data: bytes = mime.as_bytes(linesep="\r\n")
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    if not data.isascii() or max(map(len, data.split(b"\r\n"))) > MAX_OCTETS:
        raise ValueError("8-bit or overlong lines; use CalendarEmail")
    return data


class _Frozen(Message):
    data = b""

    def as_bytes(
        self, unixfrom: bool = False, policy: Policy | None = None, linesep: str = ""
    ) -> bytes:
        return self.data or super().as_bytes(unixfrom, policy or self.policy)

    def as_string(
        self,
        unixfrom: bool = False,
        maxheaderlen: int = 0,
        policy: Policy | None = None,
        linesep: str = "",
    ) -> str:
        return self.as_bytes(unixfrom, policy).decode("ascii")


class FrozenMessage(EmailMessage):
    """Bytes already built, for one recipient, through any Django mail backend.

    `sender` and `recipient` are the envelope (RFC 5321); the headers are not touched.
    `subject` and `body` are read back from the bytes.
    """

    def __init__(self, frozen: bytes, *, sender: str, recipient: str) -> None:
        for address in (sender, recipient):
            if not ADDRESS.fullmatch(address):
                raise ValueError(f"not an address: {address!r}")
        # The headers alone: the parts cost as much to read as the mail to send.
        self._frozen = BytesParser(_class=_Frozen).parsebytes(frozen, headersonly=True)
        self._frozen.data = frozen
        subject = str(make_header(decode_header(self._frozen.get("Subject", ""))))
        super().__init__(subject, "", sender, [recipient])
        # Django's constructor wrote over the one that reads them when asked.
        del self.__dict__["body"]

    @cached_property
    def body(self) -> str:  # type: ignore[override]
        for part in message_from_bytes(self._frozen.data).walk():
            if part.get_content_type() == "text/plain":
                data = part.get_payload(decode=True)
                return bytes(data).decode(errors="replace").replace("\r\n", "\n")
        return ""

    def message(self, **options: Any) -> Any:
        return self._frozen
