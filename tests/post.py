"""Mails that come back: those of the corpus, and ones made to measure."""

from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"
TOKEN = "k4x7m2qpa3bcdefghijklmn5op"
REPLY_TO = f"reponse+{TOKEN}@parentheses.example"
UID = "6f0e6d1c-3d0c-4a7e-9b51-2d7f8c0a9e11@parentheses.example"
CHLOE = "chloe@example.org"
OURS = "mx.parentheses.example"


def stored(name: str) -> bytes:
    return (CORPUS / f"{name}.eml").read_bytes()


def ics(
    *lines: str,
    method: str = "REPLY",
    attendee: str = f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{CHLOE}",
    without: str = "",
) -> bytes:
    """An answer of Chloé; `lines` are added to its event, `without` names what goes."""
    event = [
        f"UID:{UID}",
        "DTSTAMP:20260903T071500Z",
        "SEQUENCE:0",
        f"ORGANIZER:mailto:{REPLY_TO}",
        attendee,
    ]
    kept = [
        line for line in event if line and not (without and line.startswith(without))
    ]
    whole = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        *([f"METHOD:{method}"] if method else []),
        "BEGIN:VEVENT",
        *kept,
        *lines,
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "\r\n".join([*whole, ""]).encode()


def mail(
    body: bytes = b"Bonjour,\r\nje viens.\r\n",
    *,
    kind: str = "text/plain; charset=utf-8",
    top: str = "",
    sender: str = f"Chloe Martin <{CHLOE}>",
    to: str = REPLY_TO,
    extra: str = "",
) -> bytes:
    """`top` stands above everything, as what the receiving server adds."""
    head = [
        *top.splitlines(),
        f"From: {sender}",
        f"To: {to}",
        "Subject: Re: Dejeuner",
        "Date: Thu, 3 Sep 2026 09:15:00 +0200",
        "Message-ID: <m1@example.org>",
        *extra.splitlines(),
        f"Content-Type: {kind}",
        "",
        "",
    ]
    return "\r\n".join(head).encode() + body


def answer(body: bytes = b"", *, method: str = "REPLY", **values: str) -> bytes:
    kind = f"text/calendar; method={method}; charset=utf-8"
    return mail(body or ics(method=method), kind=kind, **values)


def multipart(*parts: tuple[str, bytes], subtype: str = "mixed") -> bytes:
    pieces = [f"--b\r\nContent-Type: {k}\r\n\r\n".encode() + p for k, p in parts]
    body = b"\r\n".join([*pieces, b"--b--\r\n"])
    return mail(body, kind=f"multipart/{subtype}; boundary=b")
