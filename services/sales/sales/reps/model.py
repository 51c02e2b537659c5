"""A user of the platform, as far as sales needs to know one."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Searchable
from sales.base import Base


class Rep(Entity, Searchable, Base):
    """A copy of the gateway's user under the same `id`, kept by user.created, user.updated and
    user.deactivated.

    `takes_leads`: active and in the role sales_rep. `manages`: likewise sales_manager. `roles`: all, as told last.
    `time_zone`: where their days begin; None: where the platform has it.
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
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    time_zone: Mapped[str | None] = mapped_column(Text)
    known_sequence: Mapped[int]


class ReportingLine(Entity, Base):
    """Whom the rep `id` reports to, where that is not whoever manages their team."""

    __tablename__ = "reporting_lines"
    __partner_visible__ = False
    __table_args__ = (CheckConstraint("id <> manager_id", name="manager"),)

    id: Mapped[UUID] = mapped_column(ForeignKey("reps.id"), primary_key=True, sort_order=-10)
    manager_id: Mapped[UUID] = mapped_column(ForeignKey("reps.id"), index=True)
