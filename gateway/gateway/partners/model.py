from __future__ import annotations

from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Searchable
from gateway.base import Base


class Partner(Entity, Searchable, Base):
    """A company that sells with us; its users reach what belongs to it and nothing else."""

    __tablename__ = "partners"
    __search__ = ("name",)

    name: Mapped[str] = mapped_column(unique=True)
    region: Mapped[str | None]
