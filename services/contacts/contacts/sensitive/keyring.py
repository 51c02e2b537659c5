"""The keys that sensitive values are encrypted with, and the one that their blind index is made with."""

from __future__ import annotations

import hashlib
import hmac
import os
from base64 import b64decode
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from chassis.errors import Unavailable
from chassis.settings import Env, SettingsError, load_settings

_NONCE = 12
_KEY = 32


@dataclass(frozen=True)
class Keyring:
    """AES-256-GCM keys by their ids; `current` is the one that encrypts, the others still read. `index` is the key of
    the blind index (HMAC-SHA256): it is no encryption key and stays when those are rotated.

    Encrypted: one byte with the length of the key's id, the id, a random nonce of 12 bytes, ciphertext and tag.
    """

    keys: dict[str, bytes] = field(repr=False)
    current: str
    index: bytes = field(repr=False)

    @classmethod
    def read(cls, env: Env) -> Self:
        """From `CONTACTS_ENCRYPTION_KEYS` (`2026:BASE64,2025:BASE64`, the current one first) and `CONTACTS_INDEX_KEY`,
        each key 32 bytes in Base64."""
        listed: list[str] = env.list("CONTACTS_ENCRYPTION_KEYS", []) or []
        pairs = [entry.partition(":") for entry in listed]
        keys = {name.strip(): _key("CONTACTS_ENCRYPTION_KEYS", text) for name, _, text in pairs}
        if any(not 0 < len(name.encode()) < 256 for name in keys) or len(keys) < len(pairs):
            raise SettingsError("CONTACTS_ENCRYPTION_KEYS: give every key an id of its own, as in 2026:BASE64")
        index = env.str("CONTACTS_INDEX_KEY", "") or ""
        return cls(keys, next(iter(keys), ""), _key("CONTACTS_INDEX_KEY", index) if index else b"")

    @property
    def prefix(self) -> bytes:
        """What all begins with that the current key encrypts."""
        name = self.current.encode()
        return bytes([len(name)]) + name

    def encrypt(self, content: bytes, about: str) -> bytes:
        """`content` encrypted with the current key and bound to what it is `about`: it reads in no other place."""
        nonce = os.urandom(_NONCE)
        return self.prefix + nonce + AESGCM(self.keys[self.current]).encrypt(nonce, content, about.encode())

    def decrypt(self, encrypted: bytes, about: str) -> bytes:
        """What was encrypted. Unavailable where its key is not here; ValueError where it was changed or moved."""
        name, rest = key_of(encrypted), encrypted[1 + encrypted[0] :]
        if name not in self.keys:
            raise Unavailable(f"The key {name} that this is encrypted with is not in CONTACTS_ENCRYPTION_KEYS.")
        try:
            return AESGCM(self.keys[name]).decrypt(rest[:_NONCE], rest[_NONCE:], about.encode())
        except InvalidTag:
            raise ValueError("changed, or moved here from another record") from None

    def blind(self, kind: str, value: str) -> bytes:
        """What equal values of a kind, and no others, have in common; without the key nobody can tell which."""
        return hmac.digest(self.index, f"{kind}\x00{value}".encode(), hashlib.sha256)


def key_of(encrypted: bytes) -> str:
    """The id of the key that something is encrypted with."""
    return encrypted[1 : 1 + encrypted[0]].decode()


@lru_cache
def _keyring() -> Keyring:
    return load_settings(Keyring)


def keyring() -> Keyring:
    """The keys of this process, read once. Unavailable where none are set."""
    ring = _keyring()
    if not ring.keys or not ring.index:
        raise Unavailable("CONTACTS_ENCRYPTION_KEYS and CONTACTS_INDEX_KEY are not set: nothing can be encrypted.")
    return ring


def _key(variable: str, text: str) -> bytes:
    try:
        key = b64decode(text, validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY:
        raise SettingsError(f"{variable}: a key is {_KEY} bytes in Base64")
    return key
