"""Access tokens that are taken back before they expire.

Services trust a signed token until it expires, ten minutes at most. The gateway, through which all come, turns it away
within a second or two of a log-out, a deactivation or a change of roles.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.db import Database
from gateway.auth.model import Revocation
from gateway.tokens.real_time import real_now


def revoke(session: Session, ids: Iterable[UUID]) -> None:
    """Tokens issued until now for these users, clients or sessions count no more."""
    rows = [{"id": id_, "before": real_now()} for id_ in sorted(set(ids))]
    if rows:
        statement = insert(Revocation).values(rows)
        later = {"before": statement.excluded.before}
        session.execute(statement.on_conflict_do_update(index_elements=[Revocation.id], set_=later))


class RevokedTokens:
    """The revocations that matter still, as this process last read them."""

    def __init__(self, database: Database, access_ttl: int) -> None:
        self._database = database
        self._kept = timedelta(seconds=access_ttl + 60)
        self._before: dict[str, float] = {}

    def refresh(self) -> None:
        """Read them anew."""
        recent = select(Revocation.id, Revocation.before).where(Revocation.before > real_now() - self._kept)
        with self._database.reading() as session:
            self._before = {str(id_): before.timestamp() for id_, before in session.execute(recent)}

    def covers(self, who: Actor) -> bool:
        """Whether the token that `who` came with was taken back."""
        before = self._before
        if not before:
            return False
        claims = who.claims
        return any(claims["iat"] < before.get(id_, 0.0) for id_ in (claims["sub"], claims.get("sid", "")))
