"""Re-alignments, and what each of them moves."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Json, Money, Searchable
from chassis.ids import uuid7
from sales.base import Base
from sales.realignments.rules import RECORDS, STATES, STATUSES


class Realignment(Entity, Searchable, Base):
    """A set of `changes` of territories ([{territory_id, set}]; none: they stay) and the open `records` that follow:
    those of which `when` holds (None: all). `keep` names what stays with its owner: `manual` what was given by hand,
    `members` what a member of its territory owns.

    `basis` tells the territories and rules it was planned on; `before` holds what its changes replaced.
    """

    __tablename__ = "realignments"
    __search__ = ("name",)
    __partner_visible__ = False
    __table_args__ = (CheckConstraint(f"status IN {STATUSES}", name="status"),)

    name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="draft")
    changes: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    records: Mapped[list[str]] = mapped_column(ARRAY(Text))
    keep: Mapped[list[str]] = mapped_column(ARRAY(Text))
    when: Mapped[Json | None]
    basis: Mapped[str | None] = mapped_column(Text)
    before: Mapped[list[Any] | None] = mapped_column(JSONB)
    job_id: Mapped[UUID | None]
    created_by: Mapped[UUID | None]
    run_at: Mapped[datetime | None]


class Move(Base):
    """A lead or deal that another owner or territory is planned for. `value` is that of a deal in the base currency.
    `state`: planned, moved, skipped (it had changed by then), undone, kept (it had changed since)."""

    __tablename__ = "realignment_moves"
    __partner_visible__ = False
    __table_args__ = (
        CheckConstraint(f"kind IN {RECORDS}", name="kind"),
        CheckConstraint(f"state IN {STATES}", name="state"),
        Index("uq_realignment_moves_record", "realignment_id", "kind", "record_id", unique=True),
        Index("ix_realignment_moves_state", "realignment_id", "state", "kind", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    realignment_id: Mapped[UUID] = mapped_column(ForeignKey("realignments.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    record_id: Mapped[UUID]
    from_owner: Mapped[UUID | None]
    to_owner: Mapped[UUID | None]
    from_territory: Mapped[UUID | None]
    to_territory: Mapped[UUID | None]
    value: Mapped[Money | None]
    state: Mapped[str] = mapped_column(Text)
