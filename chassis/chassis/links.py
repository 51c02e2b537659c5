"""Links that are a key: who has one needs no login. Only the hash of a token is kept."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """A secret for a link: 256 bits, in characters that need no escaping in an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What is kept of a token, its SHA-256: who reads the table has no link."""
    return hashlib.sha256(token.encode()).digest()
