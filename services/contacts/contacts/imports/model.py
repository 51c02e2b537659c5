"""What an import touched, and how columns are to be read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from chassis.db.references import reference
from contacts.base import Base
from contacts.imports.rules import Listed


class ImportedPerson(Base):
    """A person that an import made or changed: the first row of a file that names somebody counts, later ones only
    fill in what is blank. Without a foreign key to people: the record of an import outlives them."""

    __tablename__ = "imported_people"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    created: Mapped[bool]


class ImportChange(Base):
    """What an import changed about somebody, for its undo: the `version` that it left them in, the columns as they were
    `before`, the keys of the contact points that it added. It holds what names a person, and goes with them."""

    __tablename__ = "import_changes"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True)
    version: Mapped[int]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    points: Mapped[list[str]] = mapped_column(ARRAY(Text))


class ImportedCompany(Base):
    """A company that an import made or, as a row of a list of companies, changed or read: in which `version` it left
    it, and the columns as they were `before`."""

    __tablename__ = "imported_companies"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    company_id: Mapped[UUID] = mapped_column(
        reference("companies.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    created: Mapped[bool] = mapped_column(server_default="true")
    version: Mapped[int] = mapped_column(server_default="1")
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")


class RehearsedKey(Base):
    """A contact point that a dry run has met: what would be found again further down. Dropped at the end."""

    __tablename__ = "rehearsed_keys"

    job_id: Mapped[UUID] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)


class ImportProfile(Entity, Base):
    """A mapping of columns to fields under a name: `{"Kd-Nr": null, "Kontakt": "email"}`, null for what is left out.
    `entity` says which fields are meant: those of `people` or `companies`."""

    __tablename__ = "import_profiles"
    __table_args__ = (Index("uq_import_profiles_name", "name", unique=True),)

    name: Mapped[str]
    entity: Mapped[Listed] = mapped_column(Text, default="people", server_default="people")
    mapping: Mapped[dict[str, Any]] = mapped_column(JSONB)
