"""Interactions: every contact with a customer, whoever had it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Json, Owned, Searchable
from chassis.ids import uuid7
from contacts.base import Base
from contacts.collaborators.model import ABOUT
from contacts.interactions.rules import NOTE


class Participant(Base):
    """Another customer who took part. Not unique per person: after a merge both rows are of the survivor, and an
    unmerge parts them again. Its id is also that of the entry on their timeline."""

    __tablename__ = "interaction_people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    interaction_id: Mapped[UUID] = mapped_column(ForeignKey("interactions.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)


class Interaction(Entity, Owned, Searchable, Base):
    """A call, mail, meeting, visit, chat, message, form or note.

    It belongs (`owner_id`, `team_id`, `partner_id`) to whom the customer belongs, else to its author: whoever reaches
    the customer sees what was said. `person_id` is whom it was with, `people` who took part besides, `user_ids` the
    colleagues of its author. `next_step` with `next_step_at` is what was agreed to come, `task_id` the task that was
    made of it. `appointment_id`: what it was the log of.
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
        Index(
            "uq_interactions_appointment_id", "appointment_id", unique=True,
            postgresql_where=text("appointment_id IS NOT NULL"),
        ),
    )  # fmt: skip

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
    user_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list, server_default="{}")
    task_id: Mapped[UUID | None]
    appointment_id: Mapped[UUID | None]

    people: Mapped[list[Participant]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", passive_deletes=True, order_by=Participant.id
    )

    @property
    def person_ids(self) -> list[UUID]:
        """The customers who took part, each once, the one whom it was with first."""
        first = [self.person_id] if self.person_id else []
        return list(dict.fromkeys([*first, *(row.person_id for row in self.people)]))

    @classmethod
    def internal(cls) -> ColumnElement[bool]:
        """A note is what colleagues tell one another."""
        return cls.channel == NOTE


class Correction(Base):
    """What somebody changed about an interaction afterwards: field -> [before, after]."""

    __tablename__ = "interaction_corrections"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    interaction_id: Mapped[UUID] = mapped_column(ForeignKey("interactions.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    changes: Mapped[Json]


class Outcome(Entity, Base):
    """What may come of an interaction by one of `channels` (empty: any). A retired one is not chosen any more."""

    __tablename__ = "interaction_outcomes"

    name: Mapped[str] = mapped_column(unique=True)
    channels: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    active: Mapped[bool] = mapped_column(default=True)
