"""Access tokens for tests, signed with a key of the test session's own and verified the ordinary way."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chassis.http.tokens import ALGORITHM, AUDIENCE, ISSUER
from chassis.ids import uuid7

KID = "test"
_KEY = Ed25519PrivateKey.generate()


def write_jwks(file: Path) -> None:
    """Write the key set that verifies the tokens of tests, as the gateway publishes its own."""
    x = base64.urlsafe_b64encode(_KEY.public_key().public_bytes_raw()).decode().rstrip("=")
    key = {"kty": "OKP", "crv": "Ed25519", "alg": ALGORITHM, "use": "sig", "kid": KID, "x": x}
    file.write_text(json.dumps({"keys": [key]}))


@dataclass(frozen=True)
class Caller:
    """Somebody who calls the API in a test; `token` is a valid access token with these claims. `reaches`: by service,
    where it is another than `reach`."""

    scopes: str
    reach: str = "all"
    reaches: Mapping[str, str] = field(default_factory=dict, hash=False)
    id: UUID = field(default_factory=uuid7)
    kind: str = "user"
    name: str = "Test User"
    roles: tuple[str, ...] = ()
    team_id: UUID | None = None
    partner_id: UUID | None = None
    lifetime: float = 3600

    @property
    def claims(self) -> dict[str, Any]:
        """The token's claims."""
        return {
            "iss": ISSUER, "aud": AUDIENCE, "sub": str(self.id), "kind": self.kind, "name": self.name,
            "scope": self.scopes, "roles": list(self.roles), "reach": {"default": self.reach, **self.reaches},
            "team": str(self.team_id) if self.team_id else None,
            "partner": str(self.partner_id) if self.partner_id else None,
            "iat": int(time.time()), "exp": int(time.time() + self.lifetime), "jti": str(uuid7()),
        }  # fmt: skip

    @property
    def token(self) -> str:
        """A signed access token."""
        return jwt.encode(self.claims, _KEY, ALGORITHM, headers={"kid": KID})
