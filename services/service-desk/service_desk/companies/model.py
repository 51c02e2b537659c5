"""A copy of the companies in contacts, as far as tickets show them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement
from sqlalchemy.orm import Mapped, mapped_column

from chassis.copies import Copied
from service_desk.base import Base
from service_desk.collaborators.model import COMPANY


class Company(Copied, Base):
    """`id` is the company's in contacts, and it is whose it is there. Kept by company.* events, `heard` being the
    sequence of the last; 0 while only a ticket or a merge named it. `deleted`: it is not there any more, for good.
    Never served, never told of: therefore no Entity."""

    __tablename__ = "companies"
    __shares__ = COMPANY

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    deleted: Mapped[bool] = mapped_column(default=False)
    heard: Mapped[int] = mapped_column(BigInteger, default=0)

    @classmethod
    def told(cls) -> ColumnElement[bool]:
        """Which contacts has told of."""
        return cls.heard > 0
