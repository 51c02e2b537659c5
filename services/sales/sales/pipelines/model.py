"""Pipelines and their stages."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity
from chassis.ids import uuid7
from sales.base import Base


class Pipeline(Entity, Base):
    """An ordered way from the first talk to won or lost. One is the default. A deal that nobody talked about for
    `idle_days` is stalled."""

    __tablename__ = "pipelines"
    __table_args__ = (Index("uq_pipelines_is_default", "is_default", unique=True, postgresql_where=text("is_default")),)

    name: Mapped[str] = mapped_column(Text, unique=True)
    is_default: Mapped[bool] = mapped_column(default=False)
    idle_days: Mapped[int | None]
    stages: Mapped[list[Stage]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Stage.position", back_populates="pipeline"
    )


class Stage(Base):
    """A step of a pipeline. `probability` of winning from here, per cent. A deal enters with `required_fields`
    filled in, goes on when all `exit_checks` (as `schema.CheckIn`) are met, and is stalled after `max_days`."""

    __tablename__ = "stages"
    __table_args__ = (
        CheckConstraint("kind IN ('open', 'won', 'lost')", name="kind"),
        CheckConstraint("probability BETWEEN 0 AND 100", name="probability"),
        CheckConstraint("max_days > 0", name="max_days"),
        Index("ix_stages_pipeline_id_position", "pipeline_id", "position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    pipeline_id: Mapped[UUID] = mapped_column(ForeignKey("pipelines.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    probability: Mapped[int]
    position: Mapped[int]
    max_days: Mapped[int | None]
    required_fields: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    exit_checks: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    pipeline: Mapped[Pipeline] = relationship(back_populates="stages")
