"""Access tokens: every service verifies every token itself, against the gateway's published keys (JWKS, RFC 7517)."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import jwt

from chassis.actor import Actor
from chassis.errors import Unauthorized, Unavailable

ISSUER = AUDIENCE = "quintet"
ALGORITHM = "EdDSA"
REQUIRED = ["exp", "iat", "iss", "aud", "sub"]
# Seconds between two looks at the JWKS, so that made-up key ids cannot make us hammer it.
_REFETCH_AFTER = 10.0
_CACHE_SIZE = 10_000


class KeySet:
    """The public keys at `location` (a URL or a file); fetched when first needed, and for an unknown key id."""

    def __init__(self, location: str) -> None:
        self._location = location
        self._keys: dict[str, Any] = {}
        self._fetched = float("-inf")
        self._lock = threading.Lock()

    def key(self, kid: str) -> Any:
        """The key with this id. Unauthorized if there is none, Unavailable if the keys cannot be had."""
        if kid not in self._keys:
            with self._lock:
                if kid not in self._keys and time.monotonic() - self._fetched > _REFETCH_AFTER:
                    self._fetch()
        if kid not in self._keys:
            raise Unauthorized("The token is signed with an unknown key.", "unknown_key")
        return self._keys[kid]

    def _fetch(self) -> None:
        try:
            document = self._read()
        except OSError:
            if not self._keys:
                raise Unavailable("The keys that tokens are verified with cannot be fetched.") from None
            return
        self._keys = {k["kid"]: jwt.PyJWK(k).key for k in document["keys"]}
        self._fetched = time.monotonic()

    def _read(self) -> dict[str, Any]:
        if self._location.startswith(("http://", "https://")):
            with urlopen(self._location, timeout=3) as response:  # noqa: S310 - scheme checked above
                return dict(json.load(response))
        return dict(json.loads(Path(self._location).read_text()))


class TokenVerifier:
    """Turns a bearer token into an Actor; keeps verified ones until they expire, for signatures are dear."""

    def __init__(self, keys: KeySet, service: str) -> None:
        self._keys = keys
        self._service = service
        self._known: OrderedDict[str, tuple[float, Actor]] = OrderedDict()

    def actor(self, token: str) -> Actor:
        """The actor that `token` names. Unauthorized if it is forged, expired, for somebody else or malformed."""
        known = self._known.get(token)
        if known and known[0] > time.time():
            return known[1]
        claims = self._verify(token)
        try:
            actor = Actor.from_claims(claims, self._service)
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Unauthorized("The token's claims make no sense.", "bad_claims") from None
        self._known[token] = (float(claims["exp"]), actor)
        if len(self._known) > _CACHE_SIZE:
            self._known.popitem(last=False)
        return actor

    def _verify(self, token: str) -> dict[str, Any]:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            if not isinstance(kid, str):
                raise Unauthorized("The token names no key.", "unknown_key")
            return dict(
                jwt.decode(
                    token,
                    self._keys.key(kid),
                    [ALGORITHM],
                    audience=AUDIENCE,
                    issuer=ISSUER,
                    options={"require": REQUIRED},
                )
            )
        except jwt.ExpiredSignatureError:
            raise Unauthorized("The token has expired.", "token_expired") from None
        except jwt.InvalidTokenError:
            raise Unauthorized("The token is not valid.", "token_invalid") from None


def bearer_token(authorization: str | None) -> str | None:
    """The token of an `Authorization: Bearer ...` header; None where there is no such header."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None
