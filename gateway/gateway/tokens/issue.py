"""Access tokens: short-lived JWTs that say who somebody is and what they may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import jwt

from chassis.http.tokens import ALGORITHM, AUDIENCE, ISSUER
from chassis.ids import uuid7
from gateway.tokens.keys import FolderKeys
from gateway.tokens.real_time import real_now


@dataclass(frozen=True)
class Bearer:
    """Whom a token is for. `session` lets the gateway end it before it expires; `rate` is a limit of its own."""

    id: UUID
    kind: Literal["user", "client"]
    name: str
    scopes: Sequence[str]
    reach: Mapping[str, str]
    roles: Sequence[str] = ()
    email: str | None = None
    team_id: UUID | None = None
    partner_id: UUID | None = None
    session: UUID | None = None
    rate: str | None = None


def issue(keys: FolderKeys, bearer: Bearer, ttl: int) -> str:
    """A token for `bearer`, valid for `ttl` seconds. `iat` has fractions: revocations compare with it."""
    key, now = keys.signing(), real_now().timestamp()
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(bearer.id),
        "kind": bearer.kind,
        "name": bearer.name,
        "scope": " ".join(sorted(bearer.scopes)),
        "roles": sorted(bearer.roles),
        "reach": dict(bearer.reach),
        "team": str(bearer.team_id) if bearer.team_id else None,
        "partner": str(bearer.partner_id) if bearer.partner_id else None,
        "iat": round(now, 3),
        "exp": int(now) + ttl,
        "jti": str(uuid7()),
    }
    optional = {"email": bearer.email, "sid": bearer.session and str(bearer.session), "rate": bearer.rate}
    claims |= {name: value for name, value in optional.items() if value is not None}
    return jwt.encode(claims, key.private, ALGORITHM, headers={"kid": key.kid})
