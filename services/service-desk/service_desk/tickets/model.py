"""What a ticket is made of."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Sequence, text
from sqlalchemy.orm import Mapped, attribute_keyed_dict, mapped_column, relationship, synonym
from sqlalchemy.orm.attributes import flag_modified

from chassis.db import Entity, Owned, Searchable
from service_desk.base import Base
from service_desk.sla.model import SlaClock

SERIALS = Sequence("ticket_serials", metadata=Base.metadata)

_IS_UNRESOLVED = text("state IN ('new', 'open', 'pending')")


class Ticket(Entity, Owned, Searchable, Base):
    """One request of a customer. `owner_id` is the agent who has it (`assignee_id` in the API).

    `person_id`, `company_id` and `deal_id` point into other services; the names are copies kept by their events.
    `origin` names what a ticket was made from by machine, once: `deal.won:<deal id>`.
    `next_due` is the earliest due instant of its running clocks; `closes_at` is set while it is resolved.
    """

    __tablename__ = "tickets"
    __search__ = ("number", "subject", "requester_name", "requester_email", "requester_phone", "company_name")
    __table_args__ = (
        CheckConstraint("state IN ('new', 'open', 'pending', 'resolved', 'closed')", name="state"),
        CheckConstraint("priority IN ('low', 'normal', 'high', 'urgent')", name="priority"),
        Index("ix_tickets_state_created_at_id", "state", "created_at", "id"),
        Index("ix_tickets_unresolved_by_owner", "owner_id", postgresql_where=_IS_UNRESOLVED),
        Index("ix_tickets_next_due", "next_due", postgresql_where=text("next_due IS NOT NULL")),
        Index("ix_tickets_closes_at", "closes_at", postgresql_where=text("closes_at IS NOT NULL")),
    )

    number: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    state: Mapped[str] = mapped_column(default="new")
    priority: Mapped[str] = mapped_column(default="normal")
    kind: Mapped[str] = mapped_column(default="question")
    channel: Mapped[str]
    product: Mapped[str | None]
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    company_id: Mapped[UUID | None] = mapped_column(index=True)
    deal_id: Mapped[UUID | None] = mapped_column(index=True)
    requester_name: Mapped[str | None]
    requester_email: Mapped[str | None]
    requester_phone: Mapped[str | None]
    company_name: Mapped[str | None]
    origin: Mapped[str | None] = mapped_column(unique=True)
    entitlement_id: Mapped[UUID | None] = mapped_column(ForeignKey("entitlements.id"), index=True)
    policy_id: Mapped[UUID | None] = mapped_column(ForeignKey("sla_policies.id"))
    sla_state: Mapped[str] = mapped_column(default="none")
    next_due: Mapped[datetime | None]
    level: Mapped[int] = mapped_column(default=0)
    times_reopened: Mapped[int] = mapped_column(default=0)
    resolution: Mapped[str | None]
    first_responded_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    assignee_id: Mapped[UUID | None] = synonym("owner_id")
    clocks: Mapped[dict[str, SlaClock]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", collection_class=attribute_keyed_dict("metric")
    )

    @property
    def first_response_due(self) -> datetime | None:
        """When the first public answer is due; None without a service level or while the clock rests."""
        return self._clock("first_response").due_at

    @property
    def resolution_due(self) -> datetime | None:
        """When the ticket is to be resolved; None without a service level or while the clock rests."""
        return self._clock("resolution").due_at

    @property
    def first_response_met(self) -> bool | None:
        """Whether the first answer came in time; None while that is open."""
        return self._clock("first_response").met

    @property
    def resolution_met(self) -> bool | None:
        """Whether it was resolved in time; None while that is open."""
        return self._clock("resolution").met

    def _clock(self, metric: str) -> SlaClock:
        return self.clocks.get(metric) or SlaClock()

    def touch(self) -> None:
        """Raise the version even where no column changes: every event about a ticket has a sequence of its own."""
        flag_modified(self, "state")
