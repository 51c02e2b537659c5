from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from chassis.ids import uuid7
from gateway.base import Base
from gateway.users.model import User


class LoginSession(Base):
    """One log-in on one device, and the family of refresh tokens that continue it."""

    __tablename__ = "login_sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    user_id: Mapped[UUID] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime]
    used_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str | None]
    address: Mapped[str]
    user_agent: Mapped[str]


class RefreshToken(Base):
    """One link of a session's chain, kept as a SHA-256. Used once; a second use ends the session."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    session_id: Mapped[UUID] = mapped_column(ForeignKey(LoginSession.id, ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginAttempts(Base):
    """Log-ins that failed in a row for one e-mail address, whether or not anybody has it."""

    __tablename__ = "login_attempts"

    email_hash: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    blocked_until: Mapped[datetime | None]
    last_at: Mapped[datetime] = mapped_column(index=True)


class Revocation(Base):
    """Access tokens of a user, client or session that were issued before an instant count no more at the gateway."""

    __tablename__ = "revocations"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    before: Mapped[datetime] = mapped_column(index=True)
