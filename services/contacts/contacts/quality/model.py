"""That somebody has looked at a record and found it right."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from contacts.base import Base


class PersonVerified(Base):
    """When and by whom a person's record was last found right. A row of its own: finding it right changes nothing."""

    __tablename__ = "people_verified"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]
    by: Mapped[UUID | None]


class CompanyVerified(Base):
    """The same of a company."""

    __tablename__ = "companies_verified"

    company_id: Mapped[UUID] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]
    by: Mapped[UUID | None]
