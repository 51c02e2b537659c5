"""A copy of the people in contacts, as far as tickets show them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from chassis.copies import Copied
from chassis.db import Entity
from service_desk.base import Base
from service_desk.collaborators.model import PERSON


class Person(Entity, Copied, Base):
    """`id` is the person's in contacts, and they are whose they are there. Kept by contact.* events, `heard` being the
    sequence of the last."""

    __tablename__ = "people"
    __shares__ = PERSON

    name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    company_id: Mapped[UUID | None] = mapped_column(index=True)
    company_name: Mapped[str | None]
    erased: Mapped[bool] = mapped_column(default=False)
    heard: Mapped[int] = mapped_column(BigInteger, default=0)

    @classmethod
    def told(cls) -> ColumnElement[bool]:
        """Whom contacts has told of."""
        return cls.heard > 0
