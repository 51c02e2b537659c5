"""Bulk edits, and what each did to whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from contacts.base import Base


class BulkEdit(Entity, Base):
    """One change to many people. Its id is that of the job that makes it; `undo_id` is the job that takes it back. It
    is made in the name of `actor`, within what they reach. `counts` says what became of the rows."""

    __tablename__ = "bulk_edits"

    created_by: Mapped[UUID | None]
    actor: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str | None]
    total: Mapped[int]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    undo_id: Mapped[UUID | None]


class BulkEditRow(Base):
    """A person whom an edit is about, at the version at which they were chosen; `outcome` (changed, unchanged, skipped,
    failed) once it was their turn, with what differs `before` and `after`."""

    __tablename__ = "bulk_edit_rows"
    __table_args__ = (Index("ix_bulk_edit_rows_person_id", "person_id"),)

    edit_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_edits.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int]
    outcome: Mapped[str | None]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
