"""Further addresses of people and companies."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from contacts.base import Base


class Address(Entity, Base):
    """One address besides the primary one, which stands in the columns of the person or company itself: there it is
    filtered, sorted and told of, and nothing has to be kept in step. `import_id`: the import that brought it."""

    __tablename__ = "addresses"
    __table_args__ = (
        Index("ix_addresses_person_id", "person_id", postgresql_where=text("person_id IS NOT NULL")),
        Index("ix_addresses_company_id", "company_id", postgresql_where=text("company_id IS NOT NULL")),
        Index("ix_addresses_import_id", "import_id", postgresql_where=text("import_id IS NOT NULL")),
    )

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("companies.id", ondelete="CASCADE"))
    kind: Mapped[str]
    country: Mapped[str | None]
    region: Mapped[str | None]
    city: Mapped[str | None]
    postcode: Mapped[str | None]
    address: Mapped[str | None]
    import_id: Mapped[UUID | None]

    primary = False
