"""Where states and counters are kept. Each row belongs to a generation: one is live, a rebuild fills another."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, Numeric, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Money
from reporting.base import Base


class Generation(Base):
    """A complete set of states and counters, folded from the log up to `position`.

    `state` is building, live (exactly one) or retired (its rows are being removed).
    """

    __tablename__ = "generations"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str]
    position: Mapped[int] = mapped_column(BigInteger)
    started_at: Mapped[datetime]
    folded_at: Mapped[datetime]

    __table_args__ = (
        Index("uq_generations_live", "state", unique=True, postgresql_where=text("state = 'live'")),
        Index("uq_generations_building", "state", unique=True, postgresql_where=text("state = 'building'")),
    )


class Counter(Base):
    """How many and how much, of one figure, for one scope, in one period (`grain`: ever, month or day)."""

    __tablename__ = "counters"

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scope: Mapped[str] = mapped_column(primary_key=True)
    grain: Mapped[str] = mapped_column(primary_key=True)
    period: Mapped[date] = mapped_column(primary_key=True)
    figure: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[Decimal] = mapped_column(Numeric())


class RefusedFact(Base):
    """An event in the log that a fold could make no sense of, and why."""

    __tablename__ = "refused_facts"

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    reason: Mapped[str]


class State:
    """What every state has: its generation, its id, and the mark of the newest event in it."""

    generation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, sort_order=-10)
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    mark: Mapped[str] = mapped_column(sort_order=-8)


class LeadRow(State, Base):
    """`reporting.leads.rules.LeadState`."""

    __tablename__ = "lead_states"

    status: Mapped[str]
    source: Mapped[str]
    campaign_id: Mapped[UUID | None]
    owner_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    converted_at: Mapped[datetime | None]


class DealRow(State, Base):
    """`reporting.deals.rules.DealState`."""

    __tablename__ = "deal_states"

    amount: Mapped[Money]
    credited: Mapped[Money] = mapped_column(server_default="0")
    currency: Mapped[str]
    stage_id: Mapped[UUID | None]
    stage_kind: Mapped[str]
    probability: Mapped[int]
    campaign_id: Mapped[UUID | None]
    owner_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class StageRow(State, Base):
    """`reporting.deals.rules.StageState`."""

    __tablename__ = "stage_states"

    name: Mapped[str]
    pipeline_id: Mapped[UUID | None]
    probability: Mapped[int]


class OrderRow(State, Base):
    """`reporting.orders.rules.OrderState`."""

    __tablename__ = "order_states"

    total: Mapped[Money]
    credited: Mapped[Money]
    currency: Mapped[str]
    cancelled: Mapped[bool]
    placed_at: Mapped[datetime | None]
    owner_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]


class TicketRow(State, Base):
    """`reporting.tickets.rules.TicketState`."""

    __tablename__ = "ticket_states"

    state: Mapped[str]
    priority: Mapped[str]
    kind: Mapped[str]
    owner_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    partner_id: Mapped[UUID | None]
    created_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    first_response_on: Mapped[date | None]
    first_response_met: Mapped[bool | None]
    resolution_on: Mapped[date | None]
    resolution_met: Mapped[bool | None]
    breaches: Mapped[dict[str, Any]]
    surveys: Mapped[dict[str, Any]]


class CampaignRow(State, Base):
    """`reporting.campaigns.rules.CampaignState`."""

    __tablename__ = "campaign_states"

    name: Mapped[str]
    budget: Mapped[Money]
    currency: Mapped[str]
    launched_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_campaign_states_generation_launched_at_id", "generation", "launched_at", "id"),)


ROWS: dict[str, Any] = {
    "lead": LeadRow,
    "deal": DealRow,
    "stage": StageRow,
    "order": OrderRow,
    "ticket": TicketRow,
    "campaign": CampaignRow,
}
