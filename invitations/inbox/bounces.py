"""Messages of mail servers about a message of ours (RFC 3464), and their imitations."""

import re
from dataclasses import dataclass

from invitations.inbox import headers
from invitations.inbox.headers import Headers
from invitations.inbox.parts import MAX_RAW, Part, split
from invitations.mime import one_line
from networking.tokens import PATTERN

MAX_RECIPIENTS = 100
MAX_READ = 64 * 1024
REPORT = "multipart/report"
STATUSES = ("message/delivery-status", "message/global-delivery-status")
RETURNED = ("message/rfc822", "message/global", "text/rfc822-headers")
ROBOTS = (
    "mailer-daemon",
    "postmaster",
    "mail-daemon",
    "mdaemon",
    "bounce-notification",
)

STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b", re.ASCII)
CODE = re.compile(r"(?<![\w.-])([45]\d\d)(?=[ -])", re.ASCII)
WRITTEN = re.compile(r"[A-Za-z0-9!#$%&'*+/=^_`{|}~.-]{1,64}@[A-Za-z0-9.-]{1,253}")
WRITTEN_ID = re.compile(r"^[ \t>]*Message-ID: ?(<[^<>\s]{3,250}>)", re.I | re.MULTILINE)
GROUPS = re.compile(rb"(?:\r?\n){2,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What became of our message for one recipient.

    `action` is one of RFC 3464 section 2.3.3. `permanent` means that another attempt
    is useless: a failure of class 5, not one of waiting too long.
    """

    recipient: str
    action: str
    status: str = ""
    permanent: bool = False
    diagnostic: str = ""
    original_message_id: str = ""


def bounces_in(parts: list[Part]) -> tuple[Bounce, ...]:
    """One for each recipient that a report tells about; empty for any other mail."""
    top = parts[0]
    is_report = is_delivery_report(top)
    if not is_report and (top.kind == REPORT or not _is_robot(top.headers)):
        return ()
    message_id = _original(parts)
    report = next((part for part in parts if part.kind in STATUSES), None)
    if is_report and report:
        found = _reported(report.content()[:MAX_READ], message_id)
        return tuple(found) or _told(parts, message_id)
    return _told(parts, message_id)


def is_delivery_report(top: Part) -> bool:
    said = top.params.get("report-type", "delivery-status").strip().lower()
    return top.kind == REPORT and said == "delivery-status"


def _reported(content: bytes, message_id: str) -> list[Bounce]:
    groups = [headers.read(group) for group in GROUPS.split(content.strip())]
    found = []
    for group in groups[: MAX_RECIPIENTS + 1]:
        final, original = group.get("final-recipient"), group.get("original-recipient")
        # Ours is the original one; the other is where it was forwarded to.
        recipient = _recipient(original) or _recipient(final)
        action = headers.bare(group.get("action")).strip().lower()
        if not recipient or not action:
            continue
        diagnostic = _masked(group.get("diagnostic-code"))
        status = _status(group.get("status")) or _status(diagnostic)
        found.append(
            Bounce(
                recipient=recipient,
                action=action[:20],
                status=status,
                permanent=action == "failed" and status.startswith("5"),
                diagnostic=diagnostic,
                original_message_id=message_id,
            )
        )
    return found


def _told(parts: list[Part], message_id: str) -> tuple[Bounce, ...]:
    """A server that writes no report: "550 5.1.1" somewhere in its words."""
    written = next((part for part in parts if part.kind == "text/plain"), None)
    text = written.text()[:MAX_READ] if written else ""
    status = _status(text)
    if not status.startswith(("4", "5")):
        return ()
    own = re.split(r"^-{3,}|^Received:", text, maxsplit=1, flags=re.MULTILINE)
    named = headers.addresses(parts[0].headers.get("x-failed-recipients"))
    written_ones = [one.lower().rstrip(".") for one in WRITTEN.findall(own[0])]
    ours = headers.addresses(parts[0].headers.get("to"))
    people = [one for one in named or written_ones if one not in ours]
    people = [one for one in people if not one.startswith(ROBOTS)]
    line = next((line for line in text.splitlines() if _status(line)), "")
    later = WRITTEN_ID.search(text)
    return (
        Bounce(
            recipient=people[0] if people else "",
            action="failed" if status.startswith("5") else "delayed",
            status=status,
            permanent=status.startswith("5"),
            diagnostic=_masked(line),
            original_message_id=message_id or (later[1] if later else ""),
        ),
    )


def _is_robot(block: Headers) -> bool:
    sender = "".join(headers.addresses(block.get("from"))[:1])
    return sender.startswith(ROBOTS)


def _recipient(value: str) -> str:
    """ "rfc822; chloe@example.org", or without the type."""
    address = value.rpartition(";")[2].strip()
    return next(iter(headers.addresses(address)), "")


def _status(text: str) -> str:
    """An enhanced code (RFC 3463), or the class of an SMTP code as one."""
    if found := STATUS.search(text):
        return found[1]
    code = CODE.search(text)
    return f"{code[1][0]}.0.0" if code else ""


def _masked(text: str) -> str:
    return PATTERN.sub("…", one_line(text))


def _original(parts: list[Part]) -> str:
    """Message-ID of the message that comes back, from its own header block."""
    for part in parts[1:]:
        if part.kind in RETURNED:
            head, _ = split(part.content()[:MAX_RAW])
            if message_id := headers.message_id(headers.read(head)):
                return message_id
    return ""
