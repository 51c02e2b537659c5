"""Pairs of records that may be one person or one company, and how they are found."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from contacts.base import Base


class Pair(Entity):
    """Two records (`low_id` < `high_id`) that may be one. `score` runs from 0 to 100, `reasons` say why, `exact` that
    nothing speaks against it; `state` is open or dismissed. A pair goes with either of its records: a merge settles
    it."""

    __partner_visible__ = False

    low_id: Mapped[UUID]
    high_id: Mapped[UUID]
    score: Mapped[int] = mapped_column(SmallInteger)
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    exact: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    state: Mapped[str] = mapped_column(server_default=text("'open'"), default="open")
    dismissed_by: Mapped[UUID | None]
    dismissed_at: Mapped[datetime | None]


def _indexes(table: str) -> tuple[Index, ...]:
    return (
        Index(f"uq_{table}_low_id_high_id", "low_id", "high_id", unique=True),
        Index(f"ix_{table}_high_id", "high_id"),
        Index(f"ix_{table}_state_score_id", "state", "score", "id"),
        Index(f"ix_{table}_exact", "id", postgresql_where=text("exact AND state = 'open'")),
    )


class Duplicate(Pair, Base):
    """Two people."""

    __tablename__ = "duplicates"
    __table_args__ = _indexes("duplicates")

    low_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    high_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))


class CompanyDuplicate(Pair, Base):
    """Two companies."""

    __tablename__ = "company_duplicates"
    __table_args__ = _indexes("company_duplicates")

    low_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    high_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))


class MatchKey:
    """A record bears a key: those that share one are compared. `key` is the hash of what `candidates.keys` makes.
    Without a foreign key, which would lock the records that a sweep looks at; keys of who is gone go when met."""

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    record_id: Mapped[UUID] = mapped_column(primary_key=True, index=True)


class PersonKey(MatchKey, Base):
    """The keys of people."""

    __tablename__ = "match_keys_of_people"


class CompanyKey(MatchKey, Base):
    """The keys of companies."""

    __tablename__ = "match_keys_of_companies"


class SweepMark(Base):
    """How far the sweep over changed records has come: all up to (`at`, `last_id`) is done."""

    __tablename__ = "duplicate_sweeps"

    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    last_id: Mapped[UUID] = mapped_column("person_id")


class MergeRule(Base):
    """Whether exact pairs of a `kind` (person, company) are merged without asking. No row: they are not."""

    __tablename__ = "merge_rules"

    kind: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[datetime]
