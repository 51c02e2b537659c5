"""The reasons to choose from."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from sales.base import Base


class CloseReason(Entity, Base):
    """Why deals are won, or lost. One that is not `active` stays with the deals that have it."""

    __tablename__ = "close_reasons"
    __table_args__ = (CheckConstraint("kind IN ('won', 'lost')", name="kind"),)

    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    position: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)


Index("uq_close_reasons_kind_name", CloseReason.kind, func.lower(CloseReason.name), unique=True)
