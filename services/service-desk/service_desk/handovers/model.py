"""Hand-overs that contacts has asked for, and how far they are here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Json
from service_desk.base import Base


class HandOver(Base):
    """What is `from_user_id`'s here goes to `to_user_ids` in turn, or to the taker of its team; `moved` counts it."""

    __tablename__ = "hand_overs"
    __table_args__ = (Index("ix_hand_overs_open", "id", postgresql_where=text("NOT done")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    from_user_id: Mapped[UUID]
    to_user_ids: Mapped[list[str]] = mapped_column(ARRAY(Text))
    by_team: Mapped[dict[str, Any]] = mapped_column(JSONB)
    moved: Mapped[Json]
    done: Mapped[bool] = mapped_column(default=False)
