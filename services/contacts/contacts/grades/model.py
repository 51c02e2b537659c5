"""What a person bought: the copy of orders that grades are reckoned from."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Money
from contacts.base import Base


class Purchase(Base):
    """One order of a person, from `order.placed`. `worth` is in the currency that grades are reckoned in."""

    __tablename__ = "purchases"

    order_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    worth: Mapped[Money]
    placed_at: Mapped[datetime]
