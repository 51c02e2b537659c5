from uuid import UUID

from sqlalchemy import BigInteger, Identity
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import new_base
from chassis.service import Service

SERVICE = Service("depot", "depot")
Base = new_base()


class Applied(Base):
    """One row per event that took effect: no constraint keeps a second one out, so that a double shows."""

    __tablename__ = "applied"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    event_id: Mapped[UUID]
    type: Mapped[str]
    position: Mapped[int | None]


class Copy(Base):
    """The depot's copy of a thing, kept at its newest sequence."""

    __tablename__ = "copies"
    thing_id: Mapped[UUID] = mapped_column(primary_key=True)
    colour: Mapped[str]
    sequence: Mapped[int]
