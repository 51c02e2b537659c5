"""What partners register, and the terms of their programmes."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Sequence, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Money, Owned, Searchable
from sales.approvals.model import ASKED
from sales.base import Base
from sales.registrations.rules import HOLDING, STATUSES

NUMBERS = Sequence("registration_numbers", metadata=Base.metadata)
_HOLDS = text(f"status IN {HOLDING}")
_APPROVED = text("status = 'approved'")


class Programme(Entity, Base):
    """The terms of a partner; `partner_id` None: of all who have none of their own. A customer is protected for
    `protection_days`, `renewals` times more on demand; `warn_days` before its end all are warned. `manager_id`: the
    channel manager, whose the registrations are. The house decides within `decision_days`, the partner answers what
    it is asked within `answer_days`."""

    __tablename__ = "partner_programmes"
    __table_args__ = (
        CheckConstraint("protection_days > 0 AND warn_days >= 0 AND renewals >= 0", name="terms"),
        CheckConstraint("decision_days > 0 AND answer_days > 0", name="deadlines"),
        Index("uq_partner_programmes_partner_id", "partner_id", unique=True, postgresql_nulls_not_distinct=True),
    )

    partner_id: Mapped[UUID | None]
    protection_days: Mapped[int]
    warn_days: Mapped[int]
    renewals: Mapped[int]
    decision_days: Mapped[int] = mapped_column(server_default="5")
    answer_days: Mapped[int] = mapped_column(server_default="14")
    manager_id: Mapped[UUID | None]


class Registration(Entity, Owned, Searchable, Base):
    """A chance to sell that a partner tells of before anybody else does. `partner_id` is the partner, `registered_by`
    its user or API client; the owner is the channel manager.

    The customer is known by `company_key`, `domains`, `contact_email` and `contact_phone`; while the status is
    submitted, returned or approved, nobody else registers who is known by one of them. `conflict`: when it was
    submitted somebody else had the customer already. An approved one has `deal_id`, and protects the customer until
    `protected_until`; of that the partner is warned at `warn_at` (None: done), `renewed` counts how often it was
    put off. Before, it is to be decided on, or answered, by `due_at`: then a manager is asked, too (`escalated_at`), or
    it lapses; of a question `warn_at` reminds."""

    __tablename__ = "registrations"
    __search__ = ("number", "name", "company_name", "contact_name")
    __shares__ = ASKED
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint(
            "status <> 'approved' OR (deal_id IS NOT NULL AND protected_until IS NOT NULL)", name="approved"
        ),
        Index("ix_registrations_company_key", "company_key", postgresql_where=_HOLDS),
        Index("ix_registrations_contact_email", "contact_email", postgresql_where=_HOLDS),
        Index("ix_registrations_contact_phone", "contact_phone", postgresql_where=_HOLDS),
        Index("ix_registrations_domains", "domains", postgresql_using="gin", postgresql_where=_HOLDS),
        Index("ix_registrations_protected_until", "protected_until", postgresql_where=_APPROVED),
        Index("ix_registrations_due_at", "due_at", postgresql_where=text("due_at IS NOT NULL")),
        Index("ix_registrations_warn_at", "warn_at", postgresql_where=text("warn_at IS NOT NULL")),
        Index("uq_registrations_approved_deal_id", "deal_id", unique=True, postgresql_where=_APPROVED),
    )

    number: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    registered_by: Mapped[UUID | None]
    company_name: Mapped[str] = mapped_column(Text)
    company_key: Mapped[str] = mapped_column(Text)
    domain: Mapped[str | None] = mapped_column(Text)
    domains: Mapped[list[str]] = mapped_column(ARRAY(Text))
    contact_name: Mapped[str | None] = mapped_column(Text)
    contact_email: Mapped[str | None] = mapped_column(Text)
    contact_phone: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[UUID] = mapped_column(index=True)
    company_id: Mapped[UUID | None] = mapped_column(index=True)
    product_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    amount: Mapped[Money]
    currency: Mapped[str] = mapped_column(Text)
    expected_close: Mapped[date | None]
    note: Mapped[str | None] = mapped_column(Text)
    conflict: Mapped[bool]
    question: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deals.id"), index=True)
    protected_until: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    escalated_at: Mapped[datetime | None]
    renewed: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
