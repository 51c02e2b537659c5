"""Territories, their members, and whose turn it was."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Searchable
from sales.base import Base


class Territory(Entity, Searchable, Base):
    """A rule of assignment: leads of `country` (ISO 3166 alpha-2; None: any) whose postcode begins with
    `postcode_prefix` go to its members by turns. Tried in the order of `position`."""

    __tablename__ = "territories"
    __search__ = ("name",)
    __partner_visible__ = False
    __table_args__ = (Index("ix_territories_position_id", "position", "id"),)

    name: Mapped[str] = mapped_column(Text, unique=True)
    position: Mapped[int]
    country: Mapped[str | None] = mapped_column(Text)
    postcode_prefix: Mapped[str | None] = mapped_column(Text)
    active: Mapped[bool]
    members: Mapped[list[Member]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="Member.rep_id"
    )

    @property
    def member_ids(self) -> list[UUID]:
        """The reps who take its leads."""
        return [member.rep_id for member in self.members]


class Member(Base):
    """A rep's place in a territory."""

    __tablename__ = "territory_members"

    territory_id: Mapped[UUID] = mapped_column(ForeignKey("territories.id", ondelete="CASCADE"), primary_key=True)
    rep_id: Mapped[UUID] = mapped_column(ForeignKey("reps.id"), primary_key=True, index=True)


class Turn(Base):
    """Who got the last lead of a round (a territory's id, or `everyone`). Its row lock puts simultaneous
    assignments in a line, which is what makes the shares even."""

    __tablename__ = "turns"

    round: Mapped[str] = mapped_column(Text, primary_key=True)
    last_rep_id: Mapped[UUID | None]
