"""Tags, who has them, and whose are to be looked at again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from contacts.base import Base


class Tag(Entity, Base):
    """A tag. `label` is how it stands in the `tags` of people and companies. One with a `rule` is given and taken by
    that alone; `timed` if the mere passing of time changes who has it; `run_id` is the job that applies it to all."""

    __tablename__ = "tags"
    __table_args__ = (
        Index("uq_tags_label", "label", unique=True),
        Index("uq_tags_kind_name", "kind", func.lower(text("name")), unique=True),
    )

    kind: Mapped[str]
    name: Mapped[str]
    label: Mapped[str]
    colour: Mapped[str]
    description: Mapped[str | None]
    rule: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    timed: Mapped[bool] = mapped_column(default=False)
    run_id: Mapped[UUID | None]
    run_at: Mapped[datetime | None]


class TagGiving(Entity, Base):
    """That somebody has, or had, a tag: when, by whom and why it was given, and taken.

    `given_how` and `taken_how`: `hand`, `rule`, or `record` where `tags` of the record itself was changed (an edit,
    an import, a merge).
    """

    __tablename__ = "tag_givings"
    __table_args__ = (
        Index(
            "uq_tag_givings_person", "tag_id", "person_id",
            unique=True, postgresql_where=text("taken_at IS NULL AND person_id IS NOT NULL"),
        ),
        Index(
            "uq_tag_givings_company", "tag_id", "company_id",
            unique=True, postgresql_where=text("taken_at IS NULL AND company_id IS NOT NULL"),
        ),
        Index("ix_tag_givings_person_id", "person_id", "created_at"),
        Index("ix_tag_givings_company_id", "company_id", "created_at"),
    )  # fmt: skip

    tag_id: Mapped[UUID] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    given_how: Mapped[str]
    given_by: Mapped[UUID | None]
    given_why: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    taken_how: Mapped[str | None]
    taken_by: Mapped[UUID | None]
    taken_why: Mapped[str | None]


class TagDirty(Base):
    """A person about whom something changed since their tags were reckoned. Written by the triggers of migration
    0003, by whatever door the change came; a row goes when it is dealt with."""

    __tablename__ = "tag_dirty"

    seq: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    person_id: Mapped[UUID]
