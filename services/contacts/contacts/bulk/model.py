"""Bulk edits, and what each did to whom."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, synonym

from chassis.db import Entity
from contacts.base import Base
from contacts.bulk.rules import Edited


class BulkEdit(Entity, Base):
    """One change to many `entity` (people or companies). Its id is that of the job that makes it; `undo_id` is the job
    that takes it back. It is made in the name of `actor`, within what they reach. `counts` says what became of the
    rows."""

    __tablename__ = "bulk_edits"

    entity: Mapped[Edited] = mapped_column(Text, default="people", server_default="people")
    created_by: Mapped[UUID | None]
    actor: Mapped[dict[str, Any]] = mapped_column(JSONB)
    changes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str | None]
    total: Mapped[int]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    undo_id: Mapped[UUID | None]


class EditedRow:
    """A record that an edit is about, at the version at which it was chosen (0: it had been changed already); `outcome`
    (changed, unchanged, skipped, restricted, failed) once it was its turn, with what differs `before` and `after`."""

    version: Mapped[int] = mapped_column(sort_order=1)
    outcome: Mapped[str | None] = mapped_column(sort_order=1)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), sort_order=1)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), sort_order=1)


class BulkEditRow(EditedRow, Base):
    """A person whom an edit is about."""

    __tablename__ = "bulk_edit_rows"
    __table_args__ = (Index("ix_bulk_edit_rows_person_id", "person_id"),)

    edit_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_edits.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    record_id = synonym("person_id")


class BulkEditCompanyRow(EditedRow, Base):
    """A company that an edit is about."""

    __tablename__ = "bulk_edit_company_rows"
    __table_args__ = (Index("ix_bulk_edit_company_rows_company_id", "company_id"),)

    edit_id: Mapped[UUID] = mapped_column(ForeignKey("bulk_edits.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True)
    record_id = synonym("company_id")
