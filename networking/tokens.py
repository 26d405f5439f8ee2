"""Personal links: derived, never stored.

A token is HMAC-SHA256(TOKEN_KEY, purpose, row, version) cut to 128 bits, written in
lower-case base32 (26 signs) since relays and people change case. The database keeps
only its SHA-256, so a dump holds no live link; a higher version revokes.
"""

import base64
import hashlib
import hmac
import logging
import re

from django.conf import settings

# A mail program may glue letters to the link: longer runs are masked too.
PATTERN = re.compile(r"[a-z2-7]{26,}", re.IGNORECASE)

# Base32 has no 0, 1 or 8: who types one has read the letter beside it.
TYPED = str.maketrans("018", "olb", " \t\r\n\u00a0\u202f-.")


def derive(purpose: str, row: object, version: int) -> str:
    message = f"{purpose}:{row}:{version}".encode()
    digest = hmac.new(settings.TOKEN_KEY.encode(), message, hashlib.sha256).digest()
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()


def fingerprint(token: str) -> str:
    """What the database stores and looks up: hexadecimal SHA-256, 64 signs. A token
    copied by hand from paper is read with kindness."""
    typed = token.lower().translate(TYPED)
    return hashlib.sha256(typed.encode()).hexdigest()


class MaskTokens(logging.Formatter):
    """Keeps personal links out of the logs, tracebacks included (ASVS 16.2.5)."""

    def format(self, record: logging.LogRecord) -> str:
        return PATTERN.sub("…", super().format(record))
