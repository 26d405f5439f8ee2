"""Unread mails of a mailbox, by IMAP over TLS (RFC 9051, RFC 3501)."""

import imaplib
import logging
import re
import ssl
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from invitations.inbox.sources import LIMIT, Incoming

TIMEOUT = 30
FOLDER = re.compile(r"[ !#-\[\]-~]{1,200}")

log = logging.getLogger("parentheses.inbox")


class MailboxRefused(Exception):
    """The mailbox cannot be read; the sentence holds no password and no address."""


def unread(url: str) -> Generator[Incoming]:
    r"""Messages without \Seen; each gets it only when acknowledged.

    `url` is imaps://user:password@host:port/FOLDER. Nothing else changes in the
    mailbox, so a message that is not acknowledged comes again. One that the server
    cannot give is left unread, named in the log by its number, and stops nothing.
    Raises MailboxRefused.
    """
    with _mailbox(url) as client:
        for number in _search(client):
            raw = _fetch(client, number)
            if raw is None:
                log.warning("message %s of the mailbox was not read", number)
                continue
            mark = partial(_mark, client, number)
            yield Incoming(raw, mark, cut=len(raw) == LIMIT)


@contextmanager
def _mailbox(url: str) -> Iterator[imaplib.IMAP4_SSL]:
    """Signed in, with the folder open. A consumer's own error passes through."""
    client = _connect(url)
    try:
        yield client
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxRefused(f"the connection broke: {type(error).__name__}") from error
    finally:
        _leave(client)


def _connect(url: str) -> imaplib.IMAP4_SSL:
    parts = urlsplit(url)
    folder = unquote(parts.path.lstrip("/")) or "INBOX"
    if parts.scheme != "imaps" or not parts.hostname or not FOLDER.fullmatch(folder):
        raise MailboxRefused("not an address like imaps://user:password@host/INBOX")
    user, word = unquote(parts.username or ""), unquote(parts.password or "")
    try:
        client = imaplib.IMAP4_SSL(
            parts.hostname,
            parts.port or 993,
            ssl_context=ssl.create_default_context(),
            timeout=TIMEOUT,
        )
    except (OSError, imaplib.IMAP4.error) as error:
        raise MailboxRefused(f"no connection: {type(error).__name__}") from error
    try:
        # PLAIN (RFC 4616) takes any letter, LOGIN only ASCII.
        client.authenticate("PLAIN", lambda _: f"\0{user}\0{word}".encode())
        status, _ = client.select(f'"{folder}"')
    except (OSError, imaplib.IMAP4.error) as error:
        _leave(client)
        raise MailboxRefused("the server refuses the account") from error
    if status != "OK":
        _leave(client)
        raise MailboxRefused("the server has no such folder")
    return client


def _search(client: imaplib.IMAP4_SSL) -> list[str]:
    status, found = client.uid("SEARCH", "UNSEEN")
    if status != "OK":
        raise MailboxRefused("the server does not search")
    return [number.decode("ascii") for number in (found[0] or b"").split()]


def _fetch(client: imaplib.IMAP4_SSL, number: str) -> bytes | None:
    """The first LIMIT bytes; PEEK, since plain BODY would mark it as read."""
    try:
        status, found = client.uid("FETCH", number, f"(BODY.PEEK[]<0.{LIMIT}>)")
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:  # BAD, about this one only
        return None
    pieces: list[Any] = [piece for piece in found or () if isinstance(piece, tuple)]
    return pieces[0][1][:LIMIT] if status == "OK" and pieces else None


def _mark(client: imaplib.IMAP4_SSL, number: str) -> None:
    try:
        status, _ = client.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxRefused(f"the connection broke: {type(error).__name__}") from error
    if status != "OK":
        log.warning("message %s of the mailbox was not marked as read", number)


def _leave(client: imaplib.IMAP4_SSL) -> None:
    try:
        client.logout()
    except (OSError, imaplib.IMAP4.error):
        # It ended before the goodbye; the socket still has to be closed.
        client.shutdown()
