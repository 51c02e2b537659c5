"""Campaigns, what they cost and what came of them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Instant, Money, Searchable
from marketing.base import Base
from marketing.campaigns import rules


class Campaign(Entity, Searchable, Base):
    """`responses`, `leads`, `won_deals`, `spent`, `attributed_revenue` and `credited_revenue`, which is taken off that
    already (in the campaign's currency), are sums that are kept beside the rows they count, in the same transaction and
    without raising `version`.
    """

    __tablename__ = "campaigns"
    __search__ = ("name", "code")
    __partner_visible__ = False

    code: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, index=True)
    budget: Mapped[Money]
    currency: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    launched_at: Mapped[Instant | None]
    completed_at: Mapped[Instant | None]
    responses: Mapped[int]
    leads: Mapped[int]
    won_deals: Mapped[int]
    spent: Mapped[Money]
    attributed_revenue: Mapped[Money]
    credited_revenue: Mapped[Money] = mapped_column(server_default="0")

    @property
    def roi(self) -> Decimal | None:
        """See `rules.roi`."""
        return rules.roi(self.attributed_revenue, self.spent, self.budget)


class Expense(Entity, Base):
    """Money spent on a campaign, in the campaign's currency."""

    __tablename__ = "expenses"
    __table_args__ = (Index("ix_expenses_campaign_id_created_at_id", "campaign_id", "created_at", "id"),)
    __partner_visible__ = False

    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"))
    description: Mapped[str] = mapped_column(Text)
    amount: Mapped[Money]
    spent_on: Mapped[date]


class CampaignLead(Base):
    """A lead of sales that a campaign brought."""

    __tablename__ = "campaign_leads"

    lead_id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), index=True)


class CampaignDeal(Base):
    """A deal of sales that a campaign brought. It counts while it is `won`, less what is `credited` of its amount;
    `sequence` is the version of the deal that is counted."""

    __tablename__ = "campaign_deals"

    deal_id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), index=True)
    amount: Mapped[Money]
    credited: Mapped[Money] = mapped_column(server_default="0")
    currency: Mapped[str] = mapped_column(Text)
    won: Mapped[bool] = mapped_column(server_default="true")
    sequence: Mapped[int]


class CampaignReport(Base):
    """What an approved expense report of sales spent on a campaign; 0 once the approval was taken back. `sequence` is
    the version of the report that is counted."""

    __tablename__ = "campaign_reports"

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    campaign_id: Mapped[UUID] = mapped_column(ForeignKey("campaigns.id"), primary_key=True, index=True)
    amount: Mapped[Money]
    currency: Mapped[str] = mapped_column(Text)
    sequence: Mapped[int]
