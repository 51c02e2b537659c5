"""Cadences, and the follow-ups planned by them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Instant, Json
from chassis.ids import uuid7
from sales.base import Base


class Cadence(Entity, Base):
    """How leads of some grades (A, B, C, none; empty: any) and sources are followed up: the first active one in the
    order of `position` that is for a lead is its. `steps`: [{days, channel, titles}], `days` after the last step that
    was done. After `dormant_days` of silence the lead sleeps, after `recycle_after_days` more it comes back into the
    queue; a step that is overdue by `escalate_after_days` goes to the manager. None: never."""

    __tablename__ = "cadences"
    __partner_visible__ = False
    __table_args__ = (CheckConstraint("dormant_days > 0", name="dormant_days"),)

    name: Mapped[str] = mapped_column(Text, unique=True)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    grades: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    sources: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    working_days: Mapped[bool] = mapped_column(default=False)
    dormant_days: Mapped[int]
    recycle_after_days: Mapped[int | None]
    escalate_after_days: Mapped[int | None]


class FollowUp(Base):
    """One planned step. `id` is also the id of the task that contacts makes of it; `state` is planned, done
    or cancelled; `interaction_id` is what it was done by. Overdue, it was escalated to `escalated_to` (None: nobody
    manages the team) as the task `escalation_id`."""

    __tablename__ = "follow_ups"
    __table_args__ = (
        Index(
            "uq_follow_ups_planned",
            "lead_id",
            "step",
            unique=True,
            postgresql_where=text("state = 'planned'"),
        ),
        Index("ix_follow_ups_due_at", "due_at", "id", postgresql_where=text("state = 'planned'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    step: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    titles: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    channel: Mapped[str | None] = mapped_column(Text)
    due_at: Mapped[Instant]
    state: Mapped[str] = mapped_column(Text, default="planned")
    interaction_id: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    escalated_to: Mapped[UUID | None]
    escalation_id: Mapped[UUID | None]
