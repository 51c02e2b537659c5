"""Pairs of records that may be one person."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from contacts.base import Base


class Duplicate(Entity, Base):
    """Two people (`low_id` < `high_id`) who may be one. `score` runs from 0 to 100, `reasons` say why, `state` is open
    or dismissed. A pair goes with either of its people: a merge settles it."""

    __tablename__ = "duplicates"
    __table_args__ = (
        Index("uq_duplicates_low_id_high_id", "low_id", "high_id", unique=True),
        Index("ix_duplicates_high_id", "high_id"),
        Index("ix_duplicates_state_score_id", "state", "score", "id"),
    )
    __partner_visible__ = False

    low_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    high_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    score: Mapped[int] = mapped_column(SmallInteger)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(server_default=text("'open'"), default="open")
    dismissed_by: Mapped[UUID | None]
    dismissed_at: Mapped[datetime | None]


class SweepMark(Base):
    """How far the sweep over changed people has come: all up to (`at`, `person_id`) is done."""

    __tablename__ = "duplicate_sweeps"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    person_id: Mapped[UUID]
