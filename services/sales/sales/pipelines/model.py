"""Pipelines and their stages."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity
from chassis.ids import uuid7
from sales.base import Base


class Pipeline(Entity, Base):
    """An ordered way from the first talk to won or lost. One is the default."""

    __tablename__ = "pipelines"
    __table_args__ = (Index("uq_pipelines_is_default", "is_default", unique=True, postgresql_where=text("is_default")),)

    name: Mapped[str] = mapped_column(Text, unique=True)
    is_default: Mapped[bool] = mapped_column(default=False)
    stages: Mapped[list[Stage]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Stage.position", back_populates="pipeline"
    )


class Stage(Base):
    """A step of a pipeline. `probability` of winning from here, per cent."""

    __tablename__ = "stages"
    __table_args__ = (
        CheckConstraint("kind IN ('open', 'won', 'lost')", name="kind"),
        CheckConstraint("probability BETWEEN 0 AND 100", name="probability"),
        Index("ix_stages_pipeline_id_position", "pipeline_id", "position"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    pipeline_id: Mapped[UUID] = mapped_column(ForeignKey("pipelines.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    probability: Mapped[int]
    position: Mapped[int]
    pipeline: Mapped[Pipeline] = relationship(back_populates="stages")
