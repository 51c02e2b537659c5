"""The people and companies of contacts: the few columns that sales shows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.copies import Copied, CopiedGrant
from chassis.db import SharedBy
from sales.base import Base


class Collaborator(CopiedGrant, Base):
    """With whom contacts shares a person or a company: they may name them here, too."""


class Person(Copied, Base):
    """A person of contacts under the same `id`, and whose they are there. `known_sequence`: of the newest event that
    was copied; 0 while only a lead or a form told of the person, who is then of the partner that brought them. `grade`
    (A, B, C), as the event `graded_sequence` told, is never for partners. `erased`: nothing is to be known of the
    person any more. Never served, never told of: therefore no Entity."""

    __tablename__ = "people"
    __shares__ = (
        SharedBy("id", Collaborator.person_id),
        SharedBy("company_id", Collaborator.company_id, Collaborator.include_people),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text, index=True)
    phone: Mapped[str | None] = mapped_column(Text, index=True)
    company_id: Mapped[UUID | None] = mapped_column(index=True)
    company_name: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    postcode: Mapped[str | None] = mapped_column(Text)
    grade: Mapped[str | None] = mapped_column(Text)
    graded_sequence: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    erased: Mapped[bool] = mapped_column(default=False)
    known_sequence: Mapped[int] = mapped_column(BigInteger)

    @classmethod
    def told(cls) -> ColumnElement[bool]:
        """Whom contacts has told of."""
        return cls.known_sequence > 0


class Company(Copied, Base):
    """A company of contacts under the same `id`, and whose it is there; where it is and what it does, for territories.
    `name_key` is what its name is matched by (`chassis.company_names`)."""

    __tablename__ = "companies"
    __shares__ = (SharedBy("id", Collaborator.company_id),)
    __table_args__ = (Index("ix_companies_lower_name", text("lower(name)")),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None] = mapped_column(Text)
    name_key: Mapped[str | None] = mapped_column(Text, index=True)
    domain: Mapped[str | None] = mapped_column(Text, index=True)
    country: Mapped[str | None] = mapped_column(Text)
    region: Mapped[str | None] = mapped_column(Text)
    postcode: Mapped[str | None] = mapped_column(Text)
    industry: Mapped[str | None] = mapped_column(Text)
    employees: Mapped[int | None]
    known_sequence: Mapped[int] = mapped_column(BigInteger)

    @classmethod
    def told(cls) -> ColumnElement[bool]:
        """Which contacts has told of."""
        return cls.known_sequence > 0
