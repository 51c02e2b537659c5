"""What is known here of a person's consent."""

from uuid import UUID

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Instant
from marketing.base import Base


class RestrictedPerson(Base):
    """A person who had the use of their data restricted; `sequence` is the version of them that says so."""

    __tablename__ = "restricted_people"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    restricted: Mapped[bool]
    sequence: Mapped[int]


class ConsentState(Base):
    """The last word of a person on one purpose, as contacts recorded it at `at`, and when a yes ends."""

    __tablename__ = "consent_states"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(Text, primary_key=True)
    given: Mapped[bool]
    at: Mapped[Instant]
    until: Mapped[Instant | None]
