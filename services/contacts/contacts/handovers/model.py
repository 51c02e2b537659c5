"""Hand-overs, and what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Text, func, literal, or_, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, JSONPATH
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Json
from contacts.asking import Answer, outstanding
from contacts.base import Base


class HandOverAnswer(Answer, Base):
    """What one service was asked to move, and how many of each kind it `moved`."""

    __tablename__ = "hand_over_answers"

    hand_over_id: Mapped[UUID] = mapped_column(ForeignKey("hand_overs.id", ondelete="CASCADE"), primary_key=True)
    moved: Mapped[Json] = mapped_column(default=dict)


class HandOver(Entity, Base):
    """All that is `from_user_id`'s goes to `to_user_ids` in turn, but for what is a team's of `by_team` (team -> user).

    It is running while contacts moves its part, of which `moved` counts each kind; waiting until every other service
    has said what it moved; then done.
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
    # What the version before kept the answers in: to be dropped with the next.
    _elsewhere: Mapped[Json] = mapped_column("elsewhere", default=dict)
    job_id: Mapped[UUID]
    requested_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]

    services: Mapped[list[HandOverAnswer]] = relationship(
        order_by=HandOverAnswer.service, lazy="selectin", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def outstanding(self) -> list[str]:
        """The services that have not said yet what they moved."""
        return outstanding(self.services)

    @classmethod
    def concerns(cls, user_id: UUID | None) -> ColumnElement[bool]:
        """Which a user gets something of, or asked for."""
        wanted = func.jsonb_build_object("id", str(user_id))
        by_team = func.jsonb_path_exists(cls.by_team, literal("$.* ? (@ == $id)").cast(JSONPATH), wanted)
        return or_(cls.requested_by == user_id, cls.to_user_ids.contains([str(user_id)]), by_team)


class Deputy(Entity, Base):
    """Who takes over what is the user `id`'s when that user leaves."""

    __tablename__ = "deputies"
    __table_args__ = (CheckConstraint("id <> deputy_id", name="other"),)
    __partner_visible__ = False

    deputy_id: Mapped[UUID]
