"""Why a message did not leave: for a machine that decides, and for a volunteer."""

import re
import smtplib
from typing import NamedTuple

from invitations.mime import one_line
from invitations.sms import SmsRefused, SmsUnavailable

GIVEN_UP = "Pas arrivé après plusieurs essais."
TOO_LATE = "Trop tard."
ANSWERED = "La personne a répondu."
CANCELLED = "La rencontre est annulée."
OBJECTED = "La personne ne veut plus de messages."
PAUSED = "La personne fait une pause."
RETURNED = "L’adresse ne reçoit plus rien."
# What these say is about our account or the server, not about the message.
SERVER_AT_FAULT = (
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
)
TOO_LARGE = 552  # the one refusal of a sender that is about the message (RFC 1870)
NO_SUCH_ADDRESS = (550, 551, 553)  # RFC 5321 4.2.3
ENHANCED = re.compile(r"\b5\.(\d{1,3})\.(\d{1,3})\b")
# RFC 3463: a disabled mailbox; 5.4.1 is what a large host says of an unknown one.
GONE = ("2.1", "4.1")
# RFC 3463: 5.1.7 and 5.1.8 are about the sender's address.
OF_THE_SENDER = ("1.7", "1.8")
IN_WORDS = (
    (re.compile(r"5\.2\.2\b|^552\b|\bquota", re.I), "Sa boîte est pleine."),
    (re.compile(r"5\.7\.\d|^554\b|spam|block", re.I), "Son serveur nous a refusés."),
    (re.compile(r"5\.1\.\d|5\.4\.1\b|5\.2\.1\b|^55[013]\b"), "L’adresse n’existe pas."),
    (re.compile(r"^4\d\d\b"), "Son serveur demande d’attendre."),
)


class Refusal(NamedTuple):
    """`code` is about this message, 0 when there is none. `is_expected` unless the
    fault is a bug of ours; `is_final` when no later try can succeed; `is_bounce` when
    nothing will ever arrive at this address."""

    code: int
    reason: str
    is_expected: bool = True
    is_final: bool = False
    is_bounce: bool = False


def explain(error: Exception) -> Refusal:
    if isinstance(error, SmsRefused):
        return Refusal(error.code, error.reason[:300], is_final=True)
    if isinstance(error, SmsUnavailable):
        return Refusal(0, error.reason[:300])
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        words = readable(said)
        return Refusal(
            code,
            f"{code} {words}",
            is_final=is_permanent(code),
            is_bounce=is_permanent(code) and is_about_the_address(code, words),
        )
    if isinstance(error, smtplib.SMTPResponseException):
        return _of_a_response(error)
    if isinstance(error, OSError):
        return Refusal(0, f"Serveur de courrier injoignable ({type(error).__name__}).")
    name = type(error).__name__
    return Refusal(0, f"Message impossible à envoyer ({name}).", is_expected=False)


def _of_a_response(error: smtplib.SMTPResponseException) -> Refusal:
    code, text = error.smtp_code, readable(error.smtp_error)
    refuses_us = isinstance(error, smtplib.SMTPSenderRefused) and code != TOO_LARGE
    if refuses_us or isinstance(error, SERVER_AT_FAULT):
        return Refusal(0, f"Le serveur de courrier nous refuse ({code} {text})."[:300])
    return Refusal(code, f"{code} {text}", is_final=is_permanent(code))


def is_permanent(code: int) -> bool:
    return 500 <= code < 600


def is_about_the_address(code: int, words: str) -> bool:
    """A finer code decides when there is one: 550 5.7.1 refuses us, not the
    address."""
    if found := ENHANCED.search(words):
        subject = f"{int(found[1])}.{int(found[2])}"
        of_the_address = subject.startswith("1.") and subject not in OF_THE_SENDER
        return of_the_address or subject in GONE
    return code in NO_SUCH_ADDRESS


def in_words(reason: str) -> str:
    """One short sentence for a server's answer; "" when it is French already."""
    return next((words for said, words in IN_WORDS if said.search(reason)), "")


def readable(said: bytes | str) -> str:
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    return one_line(words, limit=200)
