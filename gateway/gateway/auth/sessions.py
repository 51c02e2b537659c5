"""Sessions and their refresh tokens.

Each use of a refresh token spends it and gives the next. A spent one that turns up again was stolen, from one side or
the other: then the whole session ends (RFC 9700, section 4.14.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.errors import Unauthorized
from chassis.links import hash_of, new_token
from gateway.auth.model import LoginSession, RefreshToken
from gateway.auth.revocations import revoke
from gateway.settings import GatewaySettings
from gateway.tokens.real_time import real_now


class InvalidRefreshToken(Unauthorized):
    """401, the same for a token that is unknown, spent, expired or of an ended session."""

    def __init__(self) -> None:
        super().__init__("The refresh token is not valid; log in again.", "invalid_refresh_token")


def begin(
    session: Session, user_id: UUID, settings: GatewaySettings, *, address: str, user_agent: str
) -> tuple[LoginSession, str]:
    """A new session, and the first refresh token of it."""
    now = real_now()
    begun = LoginSession(
        user_id=user_id, began_at=now, used_at=now, expires_at=now + timedelta(seconds=settings.session_ttl),
        address=address, user_agent=user_agent[:300],
    )  # fmt: skip
    session.add(begun)
    session.flush()
    return begun, _next_token(session, begun, settings.refresh_ttl, now)


def spend(session: Session, token: str, settings: GatewaySettings) -> tuple[LoginSession, str] | None:
    """The session that `token` continues, and its next token; None where it does not.

    Commit either way: a token that was spent before has ended its session.
    """
    now = real_now()
    spent = session.get(RefreshToken, hash_of(token))
    if spent is None:
        return None
    current = session.get_one(LoginSession, spent.session_id, with_for_update=True, populate_existing=True)
    session.refresh(spent)  # only the session's lock says who came first
    if spent.used_at is not None:
        end(session, [current.id], "a refresh token was used twice")
        return None
    if current.ended_at is not None or min(spent.expires_at, current.expires_at) <= now:
        return None
    spent.used_at = current.used_at = now
    return current, _next_token(session, current, settings.refresh_ttl, now)


def session_of(session: Session, token: str) -> LoginSession | None:
    """The session that a refresh token belongs to, whether or not it is spent."""
    found = session.get(RefreshToken, hash_of(token))
    return session.get(LoginSession, found.session_id) if found else None


def end(session: Session, ids: Iterable[UUID], because: str) -> None:
    """End these sessions; their access tokens count no more."""
    ended = list(ids)
    alive = (LoginSession.id.in_(ended), LoginSession.ended_at.is_(None))
    session.execute(update(LoginSession).where(*alive).values(ended_at=real_now(), ended_because=because))
    revoke(session, ended)


def end_all(session: Session, user_id: UUID, because: str, *, but: UUID | None = None) -> None:
    """End every session of a user, except `but`."""
    alive = select(LoginSession.id).where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None))
    end(session, [id_ for id_ in session.scalars(alive) if id_ != but], because)


def _next_token(session: Session, of: LoginSession, ttl: int, now: datetime) -> str:
    token = new_token()
    expires_at = min(now + timedelta(seconds=ttl), of.expires_at)
    session.add(RefreshToken(token_hash=hash_of(token), session_id=of.id, expires_at=expires_at))
    return token
