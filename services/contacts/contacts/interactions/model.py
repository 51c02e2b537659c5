"""Interactions: every contact with a customer, whoever had it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Owned, Searchable
from contacts.base import Base
from contacts.collaborators.model import ABOUT


class Interaction(Entity, Owned, Searchable, Base):
    """A call, mail, meeting, visit, chat, message, form or note.

    It belongs (`owner_id`, `team_id`, `partner_id`) to whom the customer belongs, else to its author: whoever reaches
    the customer sees what was said. `next_step` with `next_step_at` is what was agreed to come.
    """

    __tablename__ = "interactions"
    __search__ = ("summary", "content")
    __shares__ = ABOUT
    __table_args__ = (
        Index("ix_interactions_person_id_at_id", "person_id", "at", "id"),
        Index("ix_interactions_company_id_at_id", "company_id", "at", "id"),
        Index("ix_interactions_at_id", "at", "id"),
        Index("ix_interactions_lead_id", "lead_id", postgresql_where=text("lead_id IS NOT NULL")),
        Index("ix_interactions_deal_id", "deal_id", postgresql_where=text("deal_id IS NOT NULL")),
        Index("ix_interactions_ticket_id", "ticket_id", postgresql_where=text("ticket_id IS NOT NULL")),
    )

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="SET NULL"))
    lead_id: Mapped[UUID | None]
    deal_id: Mapped[UUID | None]
    ticket_id: Mapped[UUID | None]
    channel: Mapped[str]
    direction: Mapped[str]
    at: Mapped[datetime]
    duration_minutes: Mapped[int | None]
    summary: Mapped[str]
    content: Mapped[str | None]
    outcome: Mapped[str | None]
    next_step: Mapped[str | None]
    next_step_at: Mapped[datetime | None]
    author_id: Mapped[UUID | None]
    source: Mapped[str]
