"""Territories, their members, and whose turn it was."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Json, Searchable
from sales.base import Base
from sales.territories.rules import ROLES


class Territory(Entity, Searchable, Base):
    """A part of the market, in a tree by `parent_id`: who is in its `country` (ISO 3166 alpha-2; None: any), whose
    postcode begins with `postcode_prefix`, and who fulfils `when` (`sales.matching.rules`) belongs to it.

    Of several that hold a customer the highest `priority` wins, then the most specific, then the lowest `position`. It
    is in force from `starts_on` to `ends_on`, both included.
    """

    __tablename__ = "territories"
    __search__ = ("name",)
    __partner_visible__ = False
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on", name="dates"),
        Index("ix_territories_position_id", "position", "id"),
    )

    name: Mapped[str] = mapped_column(Text, unique=True)
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("territories.id"), index=True)
    position: Mapped[int]
    priority: Mapped[int] = mapped_column(default=0)
    country: Mapped[str | None] = mapped_column(Text)
    postcode_prefix: Mapped[str | None] = mapped_column(Text)
    when: Mapped[Json | None]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    active: Mapped[bool]
    members: Mapped[list[Member]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Member.rep_id"
    )

    @property
    def member_ids(self) -> list[UUID]:
        """The reps who take its leads."""
        return [member.rep_id for member in self.members if member.role == "rep"]


class Member(Base):
    """A rep's place in a territory: the manager, a rep with a `weight` of its leads, or a backup who takes them when no
    rep can."""

    __tablename__ = "territory_members"
    __table_args__ = (
        CheckConstraint(f"role IN {ROLES}", name="role"),
        CheckConstraint("weight > 0", name="weight"),
    )

    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id", ondelete="CASCADE"), primary_key=True)
    rep_id: Mapped[UUID] = mapped_column(ForeignKey("reps.id"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(Text, default="rep")
    weight: Mapped[int] = mapped_column(default=1)


class Turn(Base):
    """Who got the last lead of a round (a territory's id, `everyone`, ...), and what is owed to whom by weight. Its row
    lock puts simultaneous assignments in a line, which is what makes the shares even."""

    __tablename__ = "turns"

    round: Mapped[str] = mapped_column(Text, primary_key=True)
    last_rep_id: Mapped[UUID | None]
    owed: Mapped[dict[str, Any]] = mapped_column(default=dict)
