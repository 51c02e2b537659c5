"""What people are found by, beside them: an import of a million need not write it, nor a change of anything else."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db.beside import Grams, WithoutGrams
from contacts.base import Base


class PeopleWithoutGrams(WithoutGrams, Base):
    """People whom a step of an import has made, for the clock that makes their n-grams."""

    __tablename__ = "people_without_grams"


class PersonGrams(Grams, Base):
    """The n-grams of a person's names, company and contact points."""

    __tablename__ = "people_grams"
    __behind__ = PeopleWithoutGrams

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
