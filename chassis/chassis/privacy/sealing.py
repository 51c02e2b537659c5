"""Sealing: what only the holder of one private key can open.

An ephemeral X25519 key agrees on a secret with the receiver's public key, HKDF-SHA256 makes a key of it, AES-256-GCM
encrypts; `about` is bound to it (AAD). Sealed: the ephemeral public key (32 bytes), then ciphertext and tag. The key is
used once, so a fixed nonce is safe.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = bytes(12)
_PUBLIC = 32


def new_pair() -> tuple[bytes, bytes]:
    """A private key and its public key, 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def seal(public: bytes, content: bytes, about: bytes) -> bytes:
    """`content` for the holder of the private key only. ValueError for what is no public key."""
    once = X25519PrivateKey.generate()
    secret = once.exchange(X25519PublicKey.from_public_bytes(public))
    sender = once.public_key().public_bytes_raw()
    return sender + AESGCM(_key(secret, sender, public)).encrypt(_NONCE, content, about)


def unseal(private: bytes, sealed: bytes, about: bytes) -> bytes:
    """What was sealed. ValueError where it was changed, or is of another key or about something else."""
    own = X25519PrivateKey.from_private_bytes(private)
    sender, content = sealed[:_PUBLIC], sealed[_PUBLIC:]
    try:
        secret = own.exchange(X25519PublicKey.from_public_bytes(sender))
        return AESGCM(_key(secret, sender, own.public_key().public_bytes_raw())).decrypt(_NONCE, content, about)
    except InvalidTag:
        raise ValueError("not sealed for this key, or changed") from None


def _key(secret: bytes, sender: bytes, receiver: bytes) -> bytes:
    return HKDF(SHA256(), length=32, salt=None, info=b"quintet sealing" + sender + receiver).derive(secret)
