"""Deals and the stages they passed through."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column

from chassis import clock
from chassis.custom import Custom
from chassis.db import Entity, Instant, Money, Owned, Searchable
from chassis.ids import uuid7
from sales.base import ALIASES, REFERENCES, Base
from sales.deals.rules import days_left
from sales.members.model import SHARED
from sales.pipelines.model import Stage

_OPEN = text("status = 'open'")
_UNDER_WAY = text("status = 'open' AND NOT stalled AND held_until IS NULL")


class Deal(Entity, Owned, Searchable, Custom, Base):
    """A chance to sell. `status` repeats the kind of its stage, for the indexes; `amount` is in `currency`
    (ISO 4217), and came to `base_amount` in the base currency at `base_rate`: for a closed deal, when it was
    closed; None where there is no rate. `credited` of it, `base_credited` at that rate, counts no more: its orders were
    cancelled or credited. `contact_name` and `company_name` are copies of what contacts calls
    `person_id` and `company_id`; `stage` and `probability` (per cent) are those of the stage it stands in;
    `ordered`: an order was placed from it. `closed_from`: the stage in which it stood when it was closed, as it was
    called then. `rank` is its place in the column of a board, lowest first: where nobody
    dragged it, the newest are first. `close_pushes` counts how often the close date was put off. A deal on hold
    (`held_until`) stays in its stage. `aging_since`: from when its days in the stage count; `last_activity_at`: of the
    last interaction, or move; both decide whether it is `stalled`."""

    __tablename__ = "deals"
    __references__ = REFERENCES
    __aliases__ = ALIASES
    __search__ = ("name", "contact_name", "company_name")
    __shares__ = SHARED
    __table_args__ = (
        CheckConstraint("status IN ('open', 'won', 'lost')", name="status"),
        CheckConstraint("amount >= 0", name="amount"),
        CheckConstraint("credited BETWEEN 0 AND amount", name="credited"),
        CheckConstraint("held_until IS NULL OR status = 'open'", name="held_until"),
        Index("ix_deals_stage", "stage_id", "rank", "id"),
        Index("ix_deals_stage_aging", "stage_id", "aging_since", postgresql_where=_UNDER_WAY),
        Index("ix_deals_stage_activity", "stage_id", "last_activity_at", postgresql_where=_UNDER_WAY),
        Index("ix_deals_stalled", "created_at", "id", postgresql_where=text("stalled")),
        Index("ix_deals_held_until", "held_until", postgresql_where=text("held_until IS NOT NULL")),
        Index(
            "ix_deals_board", "pipeline_id", "stage_id", "currency",
            postgresql_include=["amount", "owner_id", "team_id"], postgresql_where=_OPEN,
        ),
        Index("ix_deals_status_created_at_id", "status", "created_at", "id"),
        Index("ix_deals_owner_id_created_at_id", "owner_id", "created_at", "id"),
        Index("ix_deals_amount_id", "amount", "id"),
        Index("ix_deals_expected_close_id", "expected_close", "id"),
        Index("ix_deals_currency_base_rate", "currency", "base_rate", postgresql_where=_OPEN),
        Index(
            "ix_deals_unvalued", "currency", "closed_at",
            postgresql_where=text("base_rate IS NULL AND closed_at IS NOT NULL"),
        ),
        Index("ix_deals_reason_id", "reason_id", postgresql_where=text("reason_id IS NOT NULL")),
        Index("ix_deals_territory_id", "territory_id", postgresql_where=_OPEN),
        # What the forecast and the study count, so that they need not read the deals. Nothing that people write: a
        # long text has no place in an index.
        Index(
            "ix_deals_due", "expected_close", postgresql_where=_OPEN,
            postgresql_include=["id", "status", "stage_id", "pipeline_id", "base_amount", "owner_id", "team_id"],
        ),
        Index(
            "ix_deals_closed", "closed_at", postgresql_where=text("closed_at IS NOT NULL"),
            postgresql_include=[
                "id", "status", "stage_id", "pipeline_id", "base_amount", "base_credited", "created_at", "owner_id",
                "team_id",
            ],
        ),
    )  # fmt: skip

    # Indexed together with the order of creation, which lists of one owner's are read in.
    owner_id: Mapped[UUID | None] = mapped_column(sort_order=80)
    name: Mapped[str] = mapped_column(Text)
    amount: Mapped[Money]
    currency: Mapped[str] = mapped_column(Text)
    base_amount: Mapped[Money | None]
    base_rate: Mapped[Decimal | None] = mapped_column(Numeric(18, 8))
    credited: Mapped[Money] = mapped_column(server_default="0")
    base_credited: Mapped[Money] = mapped_column(server_default="0")
    pipeline_id: Mapped[UUID] = mapped_column(ForeignKey("pipelines.id"))
    stage_id: Mapped[UUID] = mapped_column(ForeignKey("stages.id"))
    status: Mapped[str] = mapped_column(Text, default="open")
    stage_entered_at: Mapped[Instant]
    rank: Mapped[Decimal] = mapped_column(Numeric(30, 12))
    amount_from_lines: Mapped[bool] = mapped_column(default=False)
    expected_close: Mapped[date | None]
    close_pushes: Mapped[int] = mapped_column(default=0)
    priority: Mapped[str] = mapped_column(Text, default="normal")
    next_step: Mapped[str | None] = mapped_column(Text)
    next_step_on: Mapped[date | None]
    held_until: Mapped[date | None]
    hold_reason: Mapped[str | None] = mapped_column(Text)
    aging_since: Mapped[Instant]
    last_activity_at: Mapped[Instant]
    last_interaction_at: Mapped[datetime | None]
    stalled: Mapped[bool] = mapped_column(default=False)
    stalled_because: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[UUID | None] = mapped_column(index=True)
    company_id: Mapped[UUID | None] = mapped_column(index=True)
    contact_name: Mapped[str | None] = mapped_column(Text)
    company_name: Mapped[str | None] = mapped_column(Text)
    lead_id: Mapped[UUID | None] = mapped_column(ForeignKey("leads.id"), unique=True)
    campaign_id: Mapped[UUID | None] = mapped_column(index=True)
    source: Mapped[str | None] = mapped_column(Text)
    product: Mapped[str | None] = mapped_column(Text)
    reason_id: Mapped[UUID | None] = mapped_column(ForeignKey("close_reasons.id"))
    won_reason: Mapped[str | None] = mapped_column(Text)
    lost_reason: Mapped[str | None] = mapped_column(Text)
    reason_detail: Mapped[str | None] = mapped_column(Text)
    territory_id: Mapped[UUID | None]
    ordered: Mapped[bool] = mapped_column(default=False)
    closed_at: Mapped[datetime | None]
    closed_from_id: Mapped[UUID | None]
    closed_from: Mapped[str | None] = mapped_column(Text)

    @property
    def days_left(self) -> int | None:
        """Days until it is expected to be closed."""
        return days_left(self.expected_close, clock.now().date())

    # Read with the row rather than joined, so that lists can load plain columns; whoever changes `stage_id`
    # sets them too.
    stage: Mapped[str] = column_property(
        select(Stage.name).where(Stage.id == stage_id).correlate_except(Stage).scalar_subquery(), expire_on_flush=False
    )
    probability: Mapped[int] = column_property(
        select(Stage.probability).where(Stage.id == stage_id).correlate_except(Stage).scalar_subquery(),
        expire_on_flush=False,
    )


class StagePassage(Base):
    """A deal's stay in a stage; `left_at` None: it is there now. `stalled_at`: when it first stalled there. The stage's
    name is kept as it was, also when the stage is gone."""

    __tablename__ = "stage_passages"
    __table_args__ = (
        Index("uq_stage_passages_current", "deal_id", unique=True, postgresql_where=text("left_at IS NULL")),
        Index("ix_stage_passages_deal_id_entered_at", "deal_id", "entered_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    stage_id: Mapped[UUID]
    stage: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[Instant]
    left_at: Mapped[datetime | None]
    stalled_at: Mapped[datetime | None]
    moved_by: Mapped[UUID | None]


class DealLine(Base):
    """What is to be sold, in the currency of the deal. `amount` is quantity times unit price, less the discount."""

    __tablename__ = "deal_lines"
    __table_args__ = (CheckConstraint("quantity > 0 AND amount >= 0", name="amount"),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("products.id"), index=True)
    description: Mapped[str] = mapped_column(Text)
    unit: Mapped[str] = mapped_column(Text)
    quantity: Mapped[Decimal] = mapped_column(Numeric(14, 3))
    unit_price: Mapped[Money]
    discount_percent: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    amount: Mapped[Money]


class DealTick(Base):
    """An item of a stage's exit checks that somebody ticked for a deal."""

    __tablename__ = "deal_ticks"

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), primary_key=True)
    stage_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    ticked_by: Mapped[UUID | None]
    ticked_at: Mapped[Instant]
