"""The team of a deal."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Grant, SharedBy
from chassis.ids import uuid7
from sales.base import Base


class DealMember(Grant, Base):
    """A user or a team that works on a deal, with a part (`rules.ROLES`) in it, and reaches it by that."""

    __tablename__ = "deal_members"
    __table_args__ = (
        CheckConstraint("(user_id IS NULL) <> (team_id IS NULL)", name="grantee"),
        Index(
            "uq_deal_members_deal_id_user_id_team_id", "deal_id", "user_id", "team_id", unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(Text)
    granted_by: Mapped[UUID | None]


SHARED = (SharedBy("id", DealMember.deal_id),)
