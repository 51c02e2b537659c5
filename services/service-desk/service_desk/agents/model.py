"""A copy of the users, as far as the desk needs them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Sequence
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Searchable
from service_desk.base import Base

TURNS = Sequence("assignment_turns", metadata=Base.metadata)


class Agent(Entity, Searchable, Base):
    """A user of the platform; `id` is the user's. Kept by user.* events, `heard` being the sequence of the last.

    `available` is the desk's own: off while somebody is on leave or takes no more.
    """

    __tablename__ = "agents"
    __search__ = ("name", "email")

    name: Mapped[str]
    email: Mapped[str | None]
    roles: Mapped[list[Any]] = mapped_column(JSONB, default=list)
    team_id: Mapped[UUID | None] = mapped_column(index=True)
    active: Mapped[bool] = mapped_column(default=True)
    available: Mapped[bool] = mapped_column(default=True)
    heard: Mapped[int] = mapped_column(BigInteger, default=0)
