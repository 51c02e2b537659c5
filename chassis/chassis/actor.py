"""The one who acts, as the access token tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

Reach = Literal["own", "team", "all", "partner"]
REACHES: tuple[Reach, ...] = ("own", "team", "all", "partner")


@dataclass(frozen=True)
class Actor:
    """A user, an API client, the system itself, or nobody.

    `reach` says which records are seen: one's own, one's team's, all, or those of one's partner company.
    """

    id: UUID | None
    kind: Literal["user", "client", "system", "anonymous"]
    scopes: frozenset[str] = frozenset()
    reach: Reach = "own"
    team_id: UUID | None = None
    partner_id: UUID | None = None
    roles: tuple[str, ...] = ()
    name: str = ""
    claims: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def may(self, scope: str) -> bool:
        """Whether it holds `scope`; the system holds all."""
        return self.kind == "system" or scope in self.scopes

    def reach_in(self, service: str) -> Reach:
        """The reach that it has in another service; `own` where its token says nothing of it."""
        return self.reach if self.kind == "system" else _reach(self.claims, service)

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any], service: str) -> Actor:
        """The actor that a verified token names, with the reach that it has in `service`. ValueError if malformed."""
        reach = _reach(claims, service)
        if reach not in REACHES:
            raise ValueError(f"unknown reach {reach!r}")
        return cls(
            id=UUID(claims["sub"]),
            kind="client" if claims.get("kind") == "client" else "user",
            scopes=frozenset(claims.get("scope", "").split()),
            reach=reach,
            team_id=_uuid(claims.get("team")),
            partner_id=_uuid(claims.get("partner")),
            roles=tuple(claims.get("roles", ())),
            name=claims.get("name", ""),
            claims=claims,
        )


def _reach(claims: Mapping[str, Any], service: str) -> Reach:
    reaches = claims.get("reach") or {}
    reach: Reach = reaches.get(service, reaches.get("default", "own"))
    return reach


def _uuid(value: str | None) -> UUID | None:
    return UUID(value) if value else None


SYSTEM = Actor(id=None, kind="system", reach="all", name="system")
ANONYMOUS = Actor(id=None, kind="anonymous", reach="own")
