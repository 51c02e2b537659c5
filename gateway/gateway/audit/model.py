from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from gateway.base import Base


class AuditEntry(Entity, Base):
    """A change that came through the gateway, or somebody who was turned away; `created_at` is when it came.

    `status` is empty where the gateway ended before it saw the outcome.
    """

    __tablename__ = "audit_entries"
    __partner_visible__ = False

    actor_id: Mapped[UUID | None]
    actor_kind: Mapped[str]
    actor_name: Mapped[str | None]
    method: Mapped[str]
    path: Mapped[str]
    service: Mapped[str]
    entity: Mapped[str | None]
    entity_id: Mapped[UUID | None]
    action: Mapped[str | None]
    status: Mapped[int | None]
    duration_ms: Mapped[int | None]
    address: Mapped[str]
    user_agent: Mapped[str | None]
    trace_id: Mapped[str | None]
    details: Mapped[dict[str, object] | None] = mapped_column(JSONB)

    __table_args__ = (
        Index("ix_audit_entries_actor_id", "actor_id", "created_at", "id"),
        Index("ix_audit_entries_entity_id", "entity_id", "created_at", "id"),
        Index("ix_audit_entries_service", "service", "entity", "created_at", "id"),
        Index("ix_audit_entries_status", "status", "created_at", "id"),
        Index("ix_audit_entries_trace_id", "trace_id"),
    )
