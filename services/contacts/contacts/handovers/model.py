"""Hand-overs, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Json
from contacts.base import Base
from contacts.handovers.rules import SERVICES


class HandOver(Entity, Base):
    """All that is `from_user_id`'s goes to `to_user_ids` in turn, but for what is a team's of `by_team` (team -> user).

    `state` is running or done, `moved` counts by kind what moved here, `elsewhere` by service what moved there.
    """

    __tablename__ = "hand_overs"
    __table_args__ = (
        Index("uq_hand_overs_running", "from_user_id", unique=True, postgresql_where=text("state = 'running'")),
    )
    __partner_visible__ = False

    from_user_id: Mapped[UUID]
    to_user_ids: Mapped[list[str]] = mapped_column(ARRAY(Text))
    by_team: Mapped[dict[str, Any]] = mapped_column(JSONB)
    include: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(default="running")
    moved: Mapped[Json]
    elsewhere: Mapped[Json]
    job_id: Mapped[UUID]
    requested_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]

    @property
    def outstanding(self) -> list[str]:
        """The services that have not said yet what they moved."""
        return [name for name in SERVICES if name in self.include and name not in self.elsewhere]


class Deputy(Entity, Base):
    """Who takes over what is the user `id`'s when that user leaves."""

    __tablename__ = "deputies"
    __table_args__ = (CheckConstraint("id <> deputy_id", name="other"),)
    __partner_visible__ = False

    deputy_id: Mapped[UUID]
