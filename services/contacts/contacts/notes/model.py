"""Notes, and what they said before."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Instant, Searchable
from contacts.base import Base


class Note(Entity, Searchable, Base):
    """A note about the record `record_id` of `kind`. `person_id` and `company_id` are that record, or whom it is about:
    whoever reaches one of them reads the note. `text` is Markdown, kept as it was written. `edited_at`: of the last
    change of the text; what it said before is a `NoteVersion`."""

    __tablename__ = "notes"
    __search__ = ("text",)
    __table_args__ = (
        Index("ix_notes_person_id", "person_id", "created_at", postgresql_where=text("person_id IS NOT NULL")),
        Index("ix_notes_company_id", "company_id", "created_at", postgresql_where=text("company_id IS NOT NULL")),
        Index("ix_notes_record_id", "record_id"),
    )

    kind: Mapped[str]
    record_id: Mapped[UUID]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    text: Mapped[str]
    pinned: Mapped[bool] = mapped_column(default=False)
    author_id: Mapped[UUID | None]
    edited_at: Mapped[datetime | None]


class NoteVersion(Base):
    """What a note said as of `version`, until it was changed: `written_at` by `author_id`."""

    __tablename__ = "note_versions"

    note_id: Mapped[UUID] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[Instant]
    author_id: Mapped[UUID | None]
