"""The customers that sales knows an owner of, and what the pools have to do with them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, ForeignKey, Index, Text, text, true
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Instant, Owned
from sales.base import Base
from sales.customer_pools.rules import KINDS, state_of

_KEPT = "owner_id IS NOT NULL AND partner_id IS NULL AND pool_id IS NULL AND NOT protected"


class Customer(Entity, Owned, Base):
    """A company of contacts, or a person there who belongs to no company, under the same `id`: one who has or had an
    owner. The people of a company go with it.

    Whose it is says contacts (`told_sequence`: of the newest that it told). `idle_since` is the last talk,
    `no_deal_since` the last deal that was opened or closed, `no_close_since` the last one that was won; each no earlier
    than its owner got it. `pool_id`: the pool that it lies in. `move_id`: the move that contacts has not answered yet,
    `taker_id` who is to have it by that. A `protected` one never goes to a pool; others do at `reclaim_at`, if what was
    warned of then (`warned_for`, by the task `warning_id` of contacts) still holds.
    """

    __tablename__ = "customers"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS}", name="kind"),
        CheckConstraint("taker_id IS NULL OR move_id IS NOT NULL", name="taker"),
        CheckConstraint("move_id IS NULL OR pool_id IS NOT NULL", name="move"),
        Index("ix_customers_idle", "team_id", "idle_since", postgresql_where=text(_KEPT)),
        Index("ix_customers_no_deal", "team_id", "no_deal_since", postgresql_where=text(_KEPT)),
        Index("ix_customers_no_close", "team_id", "no_close_since", postgresql_where=text(_KEPT)),
        Index("ix_customers_warned", "id", postgresql_where=text("warned_for IS NOT NULL")),
        Index(
            "ix_customers_pool_id_pooled_at_id", "pool_id", "pooled_at", "id",
            postgresql_where=text("pool_id IS NOT NULL"),
        ),
        Index("ix_customers_taker_id", "taker_id", postgresql_where=text("taker_id IS NOT NULL")),
    )  # fmt: skip

    kind: Mapped[str] = mapped_column(Text)
    partner_id: Mapped[UUID | None] = mapped_column(sort_order=82)
    told_sequence: Mapped[int] = mapped_column(BigInteger)
    idle_since: Mapped[Instant]
    no_deal_since: Mapped[Instant]
    no_close_since: Mapped[Instant]
    protected: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    pool_id: Mapped[UUID | None] = mapped_column(ForeignKey("pools.id"))
    pooled_at: Mapped[datetime | None]
    move_id: Mapped[UUID | None]
    taker_id: Mapped[UUID | None]
    warned_for: Mapped[datetime | None]
    reclaim_at: Mapped[datetime | None]
    warning_id: Mapped[UUID | None]

    @property
    def state(self) -> str:
        """One of `rules.STATES`."""
        ids = {"owner_id": self.owner_id, "pool_id": self.pool_id, "move_id": self.move_id, "taker_id": self.taker_id}
        return state_of(**ids)

    @classmethod
    def internal(cls) -> ColumnElement[bool]:
        """Who is to lose a customer is the enterprise's own affair: partners see none."""
        return true()
