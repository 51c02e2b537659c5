"""What was said."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from service_desk.base import Base


class Message(Entity, Base):
    """One message; never changed. `direction`: `in` from the customer, `out` from the desk. A note is not `public`."""

    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("direction IN ('in', 'out')", name="direction"),
        CheckConstraint("public OR direction = 'out'", name="note"),
        Index("ix_messages_ticket_id_created_at_id", "ticket_id", "created_at", "id"),
    )

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    direction: Mapped[str]
    public: Mapped[bool]
    channel: Mapped[str]
    author_id: Mapped[UUID | None]
    author_name: Mapped[str | None]
    body: Mapped[str]
