"""Files: what is attached to a record, each version of it, and the links by which browsers fetch one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Instant
from contacts.base import Base


class File(Entity, Base):
    """A file on the record `record_id` of `kind`. `person_id` and `company_id` are that record, or whom it is about:
    whoever reaches one of them reads the file. `number`, `media_type`, `size` and `sha256` are those of the version
    that counts, the latest. Partners see what they attached themselves, and what is `partner_visible`."""

    __tablename__ = "files"
    __table_args__ = (
        Index("ix_files_person_id", "person_id", "created_at", postgresql_where=text("person_id IS NOT NULL")),
        Index("ix_files_company_id", "company_id", "created_at", postgresql_where=text("company_id IS NOT NULL")),
        Index("ix_files_record_id", "record_id"),
    )

    kind: Mapped[str]
    record_id: Mapped[UUID]
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    name: Mapped[str]
    number: Mapped[int]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    partner_visible: Mapped[bool]
    author_id: Mapped[UUID | None]


class FileVersion(Base):
    """Version `number` of a file, as it was sent by `author_id`. `restored`: the number of the version that it is the
    same as, where it was brought back. Its content lies in the storage under `sha256`."""

    __tablename__ = "file_versions"
    __table_args__ = (Index("ix_file_versions_sha256", "sha256"),)

    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    author_id: Mapped[UUID | None]
    restored: Mapped[int | None]
    created_at: Mapped[Instant]


class FileLink(Base):
    """A link by which whoever has it fetches one version without a token, until `expires_at`."""

    __tablename__ = "file_links"
    __table_args__ = (
        Index("ix_file_links_file_id", "file_id"),
        Index("ix_file_links_expires_at", "expires_at"),
    )

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"))
    number: Mapped[int]
    created_by: Mapped[UUID | None]
    expires_at: Mapped[datetime]
