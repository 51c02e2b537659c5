"""The timeline: all that happened with a person or company, in the order in which it happened."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Json
from contacts.base import Base


class TimelineEntry(Base):
    """One entry. Its id is that of what it shows (an interaction, a task, a consent record, or the event that told of
    it), so that writing it again changes nothing. `data` holds ids and figures for a client to link to.

    No foreign keys: what sales and the service desk tell may name people that are not here (any more).
    """

    __tablename__ = "timeline"
    __table_args__ = (
        Index("ix_timeline_person_id_at_id", "person_id", "at", "id", postgresql_where=text("person_id IS NOT NULL")),
        Index(
            "ix_timeline_company_id_at_id", "company_id", "at", "id", postgresql_where=text("company_id IS NOT NULL")
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None]
    company_id: Mapped[UUID | None]
    at: Mapped[datetime]
    kind: Mapped[str]
    type: Mapped[str]
    title: Mapped[str]
    actor_id: Mapped[UUID | None]
    data: Mapped[Json]
