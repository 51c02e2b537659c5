"""What is kept encrypted of a person, and who read it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from chassis.ids import uuid7
from contacts.base import Base


class SensitiveValue(Entity, Base):
    """One field of one person, encrypted and bound to this row (`sensitive.actions.about`), so that it follows a merge.

    `key_id` names the key; `digest` is its blind index: equal values of a field have the same.
    """

    __tablename__ = "sensitive_values"
    __table_args__ = (
        Index("uq_sensitive_values_person_id_field", "person_id", "field", unique=True),
        Index("ix_sensitive_values_field_digest", "field", "digest"),
        Index("ix_sensitive_values_key_id_id", "key_id", "id"),
    )
    __partner_visible__ = False

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    field: Mapped[str]
    content: Mapped[bytes]
    key_id: Mapped[str]
    digest: Mapped[bytes]


class SensitiveAccess(Base):
    """Who read, or searched by, which field of whom, when and why. Never changed; no foreign key: it outlives all."""

    __tablename__ = "sensitive_accesses"
    __table_args__ = (
        Index("ix_sensitive_accesses_at_id", "at", "id"),
        Index("ix_sensitive_accesses_person_id_at", "person_id", "at"),
    )
    __partner_visible__ = False

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    person_id: Mapped[UUID | None]
    field: Mapped[str]
    how: Mapped[str]
    reason: Mapped[str]
    user_id: Mapped[UUID | None]
    at: Mapped[datetime]
