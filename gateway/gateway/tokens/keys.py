"""The gateway's Ed25519 keys: files in one folder. The newest signs, all verify, JWKS publishes all.

A key is retired by taking its file away once the last token that it signed has expired.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from chassis.errors import Unauthorized
from chassis.http.tokens import KeySet
from gateway.tokens.real_time import real_now

LOOK_EVERY = 5.0


class NoKeys(Exception):
    """The folder holds no usable key; the message says what to do."""


@dataclass(frozen=True)
class SigningKey:
    """A private key and the id under which its public half is published."""

    kid: str
    private: Ed25519PrivateKey
    jwk: dict[str, str]


class FolderKeys(KeySet):
    """The keys in `folder`, looked at again every few seconds, so that a new one needs no restart."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._looked = 0.0
        self._look()

    def key(self, kid: str) -> Any:
        """The public key with this id. Unauthorized where there is none."""
        found = self._by_id().get(kid)
        if found is None:
            raise Unauthorized("The token is signed with an unknown key.", "unknown_key")
        return found.private.public_key()

    def signing(self) -> SigningKey:
        """The key that signs: the last by file name, which begins with the time of its making."""
        return list(self._by_id().values())[-1]

    def jwks(self) -> dict[str, Any]:
        """All public keys as a JSON Web Key Set (RFC 7517, RFC 8037), as the folder is now: a replica may sign with
        a key that came a moment ago."""
        return {"keys": [key.jwk for key in self._by_id(at_most=0.0).values()]}

    def _by_id(self, at_most: float = LOOK_EVERY) -> dict[str, SigningKey]:
        """The keys as they were `at_most` seconds ago."""
        if time.monotonic() - self._looked >= at_most:
            with self._lock:
                if self._names() != self._seen:
                    self._look()
                self._looked = time.monotonic()
        return self._signing

    def _names(self) -> list[str]:
        return sorted(path.name for path in self._folder.glob("*.pem"))

    def _look(self) -> None:
        self._seen, self._looked = self._names(), time.monotonic()
        loaded = [load_key(self._folder / name) for name in self._seen]
        if not loaded:
            raise NoKeys(f"no signing key in {self._folder}: run `python -m gateway keys new`")
        self._signing = {key.kid: key for key in loaded}


def load_key(path: Path) -> SigningKey:
    """The key in a PEM file. NoKeys names the file that holds none."""
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, OSError) as error:
        raise NoKeys(f"{path} holds no readable private key: {error}") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise NoKeys(f"{path} holds no Ed25519 key")
    return signing_key(private)


def signing_key(private: Ed25519PrivateKey) -> SigningKey:
    """`private` with its JWK; the id is the JWK's thumbprint (RFC 7638)."""
    x = _base64url(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    members = {"crv": "Ed25519", "kty": "OKP", "x": x}
    digest = hashlib.sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode()).digest()
    kid = _base64url(digest)
    return SigningKey(kid, private, members | {"kid": kid, "use": "sig", "alg": "EdDSA"})


def new_key(folder: Path) -> Path:
    """Make a key in `folder`, readable by this user alone; it is complete before it has its name."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = signing_key(Ed25519PrivateKey.generate())
    pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = folder / f"{real_now():%Y%m%dT%H%M%S.%fZ}-{key.kid[:8]}.pem"
    unfinished = path.with_suffix(".new")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    return path


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
