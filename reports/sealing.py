"""Opinions that wait are not to be read by whoever copies the database: neither its
backups nor two of them compared tell what one person said."""

import hashlib
import hmac
import json
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12
# Longer than any opinion: the length tells nothing either.
SIZE = 2048


def seal(content: dict[str, str | bool], about: str) -> bytes:
    """AES-256-GCM under a key derived from TOKEN_KEY, always of the same length."""
    plain = json.dumps(content, ensure_ascii=False).encode()
    if len(plain) > SIZE:
        raise ValueError(f"an opinion of {len(plain)} octets")
    nonce = secrets.token_bytes(NONCE)
    return nonce + AESGCM(_key()).encrypt(nonce, plain.ljust(SIZE), about.encode())


def unseal(sealed: bytes, about: str) -> dict[str, str | bool] | None:
    """None for what another key sealed, or another meal's."""
    nonce, rest = sealed[:NONCE], sealed[NONCE:]
    try:
        plain = AESGCM(_key()).decrypt(nonce, rest, about.encode())
    except (InvalidTag, ValueError):
        return None
    content: dict[str, str | bool] = json.loads(plain)
    return content


def _key() -> bytes:
    return hmac.new(settings.TOKEN_KEY.encode(), b"opinion", hashlib.sha256).digest()
