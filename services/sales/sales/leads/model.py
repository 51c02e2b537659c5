"""Leads, and every touch that brought one in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ColumnElement, ForeignKey, Index, Text, literal_column, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.custom import Custom
from chassis.db import Entity, Instant, Json, Owned, Searchable
from chassis.ids import uuid7
from sales.base import ALIASES, REFERENCES, Base
from sales.leads.rules import OPEN, STATUSES, WORKED

_IS_OPEN = f"status IN {OPEN}"
# What may go back to a public pool, and since when its owner has it (`sales.pools.reclaiming`).
_KEPT = f"{_IS_OPEN} AND owner_id IS NOT NULL AND partner_id IS NULL AND NOT protected"
_TAKEN = "coalesce(assigned_at, created_at)"

# In the text of the statement, so that an index of open leads is used.
OPEN_LEADS: ColumnElement[bool] = literal_column(f"leads.{_IS_OPEN}", Boolean)


class Lead(Entity, Owned, Searchable, Custom, Base):
    """Somebody who may buy. `person_id` is the id in contacts, the name and the ways to reach the person are
    copies.

    `assignment` explains who got it: {strategy, territory, reason, ...}; `tried_at` is when the rules last found
    nobody. `last_activity_at` is what silence counts from. `follow_step` counts the steps of the cadence that are done.
    A person has at most one open lead. `pool_id`: the public pool that it lies in while it is nobody's. A `protected`
    one never goes back to a pool; others do at `reclaim_at`, if what was warned of then (`warned_for`) still holds.
    `source` and `campaign_id` are those of the first touch, `last_source` and `last_campaign_id` of the latest.
    `cadence_id` (None: the default) was chosen because of `cadence_choice` {name, reason}, and counts from
    `cadence_since`. `qualification`: criterion -> {level, note, ..., by, at}; `qualification_score` 0 to 100, None:
    nobody asked.
    `recycle_at`: when it comes back into the queue by itself; `recycled`: how often it did.
    """

    __tablename__ = "leads"
    __references__ = REFERENCES
    __aliases__ = ALIASES
    __search__ = ("name", "email", "phone", "company_name")
    __table_args__ = (
        CheckConstraint(f"status IN {STATUSES}", name="status"),
        CheckConstraint("pool_id IS NULL OR owner_id IS NULL", name="pooled"),
        Index(
            "uq_leads_open_person_id_partner_id",
            "person_id",
            "partner_id",
            unique=True,
            postgresql_where=text(_IS_OPEN),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_leads_silence", "last_activity_at", postgresql_where=text(f"status IN {WORKED}")),
        Index("ix_leads_recycle_at", "recycle_at", postgresql_where=text("recycle_at IS NOT NULL")),
        Index("ix_leads_waiting", "created_at", postgresql_where=text(f"owner_id IS NULL AND {_IS_OPEN}")),
        Index("ix_leads_pool_id_score_id", "pool_id", "score", "id", postgresql_where=text("pool_id IS NOT NULL")),
        Index(
            "ix_leads_pool_talked", "team_id", text(f"greatest({_TAKEN}, followed_at)"), postgresql_where=text(_KEPT)
        ),
        Index("ix_leads_pool_taken", "team_id", text(_TAKEN), postgresql_where=text(_KEPT)),
        Index("ix_leads_territory_id", "territory_id", postgresql_where=text(_IS_OPEN)),
        Index("ix_leads_score_id", "score", "id"),
        Index("ix_leads_status_created_at_id", "status", "created_at", "id"),
        Index("ix_leads_owner_id_created_at_id", "owner_id", "created_at", "id"),
    )

    # Indexed together with the order of creation, which lists of one owner's are read in.
    owner_id: Mapped[UUID | None] = mapped_column(sort_order=80)
    person_id: Mapped[UUID] = mapped_column(index=True)
    company_id: Mapped[UUID | None] = mapped_column(index=True)
    name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    company_name: Mapped[str | None] = mapped_column(Text)
    message: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    postcode: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    campaign_id: Mapped[UUID | None] = mapped_column(index=True)
    product: Mapped[str | None] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="new")
    reason: Mapped[str | None] = mapped_column(Text)
    reason_id: Mapped[UUID | None] = mapped_column(ForeignKey("lead_reasons.id"))
    last_source: Mapped[str | None] = mapped_column(Text)
    last_campaign_id: Mapped[UUID | None]
    qualification: Mapped[Json] = mapped_column(default=dict, server_default="{}")
    qualification_score: Mapped[int | None]
    qualified_by: Mapped[UUID | None]
    qualified_at: Mapped[datetime | None]
    recycle_at: Mapped[datetime | None]
    recycled: Mapped[int] = mapped_column(default=0, server_default="0")
    score: Mapped[int]
    territory: Mapped[str | None] = mapped_column(Text)
    territory_id: Mapped[UUID | None]
    assignment: Mapped[dict[str, Any] | None]
    assigned_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    follow_step: Mapped[int] = mapped_column(default=0)
    followed_at: Mapped[datetime | None]
    cadence_id: Mapped[UUID | None] = mapped_column(ForeignKey("cadences.id"))
    cadence_choice: Mapped[dict[str, Any] | None]
    cadence_since: Mapped[datetime | None]
    last_activity_at: Mapped[Instant]
    pool_id: Mapped[UUID | None] = mapped_column(ForeignKey("pools.id"))
    pooled_at: Mapped[datetime | None]
    protected: Mapped[bool] = mapped_column(default=False)
    warned_for: Mapped[datetime | None]
    reclaim_at: Mapped[datetime | None]
    deal_id: Mapped[UUID | None]
    closed_at: Mapped[datetime | None]


class LeadChange(Base):
    """A lead became another status: `cause` says in a word what did it (created, interaction, form, silence, ...),
    `reason` why in the words of who did it, `by` who; None: the platform. `owner_id`: whose it was then."""

    __tablename__ = "lead_changes"
    __table_args__ = (
        Index("ix_lead_changes_lead_id_at", "lead_id", "at"),
        Index("ix_lead_changes_to_status_at", "to_status", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    at: Mapped[Instant]
    from_status: Mapped[str | None] = mapped_column(Text)
    to_status: Mapped[str] = mapped_column(Text)
    cause: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    reason_id: Mapped[UUID | None] = mapped_column(ForeignKey("lead_reasons.id"))
    owner_id: Mapped[UUID | None]
    by: Mapped[UUID | None]


class Touch(Base):
    """A form submission that came to a lead; its id is remembered so that none counts twice."""

    __tablename__ = "touches"

    submission_id: Mapped[UUID] = mapped_column(primary_key=True)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"), index=True)
    form_key: Mapped[str | None] = mapped_column(Text)
    campaign_id: Mapped[UUID | None]
    source: Mapped[str] = mapped_column(Text)
    utm: Mapped[Json]
    at: Mapped[Instant]
