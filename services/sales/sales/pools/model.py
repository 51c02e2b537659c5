"""Public pools, the teams that share them, and all that went in and out."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Instant, Searchable
from chassis.ids import uuid7
from sales.base import Base
from sales.pools.rules import DEALS, KINDS, RULES

_OF_CUSTOMER = "customer_id IS NOT NULL"


class Pool(Entity, Searchable, Base):
    """Where the leads and customers of some teams go that nobody follows up, and where the members of these teams claim
    them.

    A lead goes back `no_follow_up_days` after the last follow-up, or `no_deal_days` after its owner got it (None: not
    for that), and `warn_days` after its owner was warned. A member claims at most `claims_per_day` (days of `zone`)
    while having fewer than `max_held` open leads, and none that went back from them within `cool_down_days`. `masked`:
    how to reach the person is shown only to who has claimed the lead. Customers go back by rules of their own
    (`sales.customer_pools`); a member may have `max_customers` of them. The quota is of leads and customers together.
    `deals`: whether the open deals of a customer stay with who lost it, or follow it to who takes it out of the pool.
    """

    __tablename__ = "pools"
    __search__ = ("name",)
    __partner_visible__ = False
    __table_args__ = (
        CheckConstraint("no_follow_up_days > 0 AND no_deal_days > 0", name="days"),
        CheckConstraint("warn_days >= 0 AND cool_down_days >= 0", name="waits"),
        CheckConstraint("claims_per_day >= 0 AND max_held >= 0", name="limits"),
        CheckConstraint(
            "customer_no_follow_up_days > 0 AND customer_no_deal_days > 0 AND customer_no_close_days > 0"
            " AND max_customers >= 0",
            name="customers",
        ),
        CheckConstraint(f"deals IN {DEALS}", name="deals"),
    )

    name: Mapped[str] = mapped_column(Text, unique=True)
    active: Mapped[bool]
    no_follow_up_days: Mapped[int | None]
    no_deal_days: Mapped[int | None]
    customer_no_follow_up_days: Mapped[int | None]
    customer_no_deal_days: Mapped[int | None]
    customer_no_close_days: Mapped[int | None]
    warn_days: Mapped[int]
    claims_per_day: Mapped[int | None]
    max_held: Mapped[int | None]
    max_customers: Mapped[int | None]
    cool_down_days: Mapped[int]
    masked: Mapped[bool]
    zone: Mapped[str] = mapped_column(Text)
    deals: Mapped[str] = mapped_column(Text, default="stay", server_default="stay")
    teams: Mapped[list[PoolTeam]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="PoolTeam.team_id"
    )

    @property
    def team_ids(self) -> list[UUID]:
        """The teams whose leads go here, and whose members claim them."""
        return [one.team_id for one in self.teams]


class PoolTeam(Base):
    """A team of the gateway and its pool; it has one."""

    __tablename__ = "pool_teams"

    team_id: Mapped[UUID] = mapped_column(primary_key=True)
    pool_id: Mapped[UUID] = mapped_column(ForeignKey("pools.id", ondelete="CASCADE"), index=True)


class PoolMove(Base):
    """A lead or a customer came into a pool, left it, or was kept out of it: the history.

    `rep_id` is who had it before, or who got it; `by_id` who did it (None: the clock); `rule` what a clock took it by;
    `from_pool_id` where it lay before; `refused` why contacts, who owns the owner of a customer, did not follow.
    """

    __tablename__ = "pool_moves"
    __partner_visible__ = False
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint(f"rule IN {RULES}", name="rule"),
        CheckConstraint("num_nonnulls(lead_id, customer_id) = 1", name="of_one"),
        Index("ix_pool_moves_pool_id_at_id", "pool_id", "at", "id"),
        Index("ix_pool_moves_from_pool_id", "from_pool_id", postgresql_where=text("from_pool_id IS NOT NULL")),
        Index("ix_pool_moves_lead_id_at_id", "lead_id", "at", "id"),
        Index("ix_pool_moves_customer_id_at_id", "customer_id", "at", "id", postgresql_where=text(_OF_CUSTOMER)),
        Index("ix_pool_moves_claims", "rep_id", "at", postgresql_where=text("kind = 'claimed'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    lead_id: Mapped[UUID | None] = mapped_column(ForeignKey("leads.id", ondelete="CASCADE"))
    customer_id: Mapped[UUID | None]
    pool_id: Mapped[UUID | None] = mapped_column(ForeignKey("pools.id"))
    from_pool_id: Mapped[UUID | None] = mapped_column(ForeignKey("pools.id"))
    kind: Mapped[str] = mapped_column(Text)
    rule: Mapped[str | None] = mapped_column(Text)
    rep_id: Mapped[UUID | None]
    by_id: Mapped[UUID | None]
    reason: Mapped[str | None] = mapped_column(Text)
    refused: Mapped[str | None] = mapped_column(Text)
    at: Mapped[Instant]
