"""The people of a deal."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.ids import uuid7
from sales.base import Base


class Stakeholder(Base):
    """A person of contacts with a part (`rules.ROLES`) in a deal. What they are called stands in the copy of people."""

    __tablename__ = "stakeholders"
    __table_args__ = (Index("uq_stakeholders_deal_id_person_id", "deal_id", "person_id", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(index=True)
    role: Mapped[str] = mapped_column(Text)
