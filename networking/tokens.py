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

PATTERN = re.compile(r"(?<![a-z2-7])[a-z2-7]{26}(?![a-z2-7])", re.IGNORECASE)


def derive(purpose: str, row: object, version: int) -> str:
    message = f"{purpose}:{row}:{version}".encode()
    digest = hmac.new(settings.TOKEN_KEY.encode(), message, hashlib.sha256).digest()
    return base64.b32encode(digest[:16]).decode().rstrip("=").lower()


def fingerprint(token: str) -> str:
    """What the database stores and looks up: hexadecimal SHA-256, 64 signs."""
    return hashlib.sha256(token.strip().lower().encode()).hexdigest()


class MaskTokens(logging.Filter):
    """Keeps personal links out of the logs (ASVS 5.0 16.2.5)."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        masked = PATTERN.sub("…", message)
        if masked != message:
            record.msg, record.args = masked, ()
        return True
