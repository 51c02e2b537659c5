"""A user of the platform, as far as sales needs to know one."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Searchable
from sales.base import Base


class Rep(Entity, Searchable, Base):
    """A copy of the gateway's user under the same `id`, kept by user.created, user.updated and
    user.deactivated.

    `takes_leads`: active and in the role sales_rep. `manages`: likewise sales_manager.
    `known_sequence`: of the newest event that was copied.
    """

    __tablename__ = "reps"
    __search__ = ("name", "email")
    __partner_visible__ = False
    __table_args__ = (Index("ix_reps_takes_leads", "id", postgresql_where=text("takes_leads")),)

    name: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    team_id: Mapped[UUID | None]
    active: Mapped[bool]
    takes_leads: Mapped[bool]
    manages: Mapped[bool] = mapped_column(default=False, server_default="false")
    known_sequence: Mapped[int]
