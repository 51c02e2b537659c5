from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Searchable
from gateway.base import Base


class Team(Entity, Searchable, Base):
    """People who work together; reach `team` means the records of one's team."""

    __tablename__ = "teams"
    __search__ = ("name",)

    name: Mapped[str] = mapped_column(unique=True)
    region: Mapped[str | None]
