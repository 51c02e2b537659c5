"""Tokens that are a key: a link that needs no login, a refresh token, the secret of a client. Only the hash of one is
kept."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """A secret: 256 bits, in characters that need no escaping in an address."""
    return secrets.token_urlsafe(32)


def hash_of(token: str) -> bytes:
    """What is kept of a token, its SHA-256: who reads the table has none. Right for what nobody can guess; a password
    needs a slow hash."""
    return hashlib.sha256(token.encode()).digest()
