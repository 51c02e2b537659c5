"""Passwords, hashed with argon2id (RFC 9106, second recommended option: 64 MiB, 3 passes)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from gevent.monkey import is_module_patched
from gevent.threadpool import ThreadPool

T = TypeVar("T")
AT_ONCE = 2  # each takes 64 MiB and a core for some 50 ms


class Passwords:
    """Hashes and checks passwords, outside the event loop where there is one."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._pool = ThreadPool(AT_ONCE) if is_module_patched("threading") else None
        self._nobodys = self._hasher.hash(secrets.token_urlsafe(16))

    def hash(self, password: str) -> str:
        """The encoded hash of `password`, with salt and parameters."""
        return self._outside(lambda: self._hasher.hash(password))

    def matches(self, password_hash: str | None, password: str) -> bool:
        """Whether `password` is the one. Takes as long where there is no hash, so that nobody learns who exists."""
        fits = self._outside(lambda: self._verify(password_hash or self._nobodys, password))
        return fits and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Whether the hash was made with weaker parameters than are used now."""
        return self._hasher.check_needs_rehash(password_hash)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def _outside(self, work: Callable[[], T]) -> T:
        return work() if self._pool is None else self._pool.apply(work)
