"""A question put to a customer, and the answer."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Owned
from service_desk.base import Base


class Survey(Entity, Owned, Base):
    """Sent once per resolution; belongs to whoever the ticket belonged to. Of the token only the SHA-256 is kept."""

    __tablename__ = "surveys"
    __table_args__ = (CheckConstraint("score BETWEEN 1 AND 5", name="score"),)

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(default="csat")
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    score: Mapped[int | None]
    comment: Mapped[str | None]
    answered_at: Mapped[datetime | None]
