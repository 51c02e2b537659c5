from decimal import Decimal
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Owned, Searchable
from notebook.base import Base


class Shelf(Entity, Base):
    __tablename__ = "shelves"
    name: Mapped[str]


class Note(Entity, Owned, Searchable, Base):
    __tablename__ = "notes"
    __search__ = ("title", "phone")
    __table_args__ = (UniqueConstraint("code"),)

    title: Mapped[str]
    code: Mapped[str | None]
    phone: Mapped[str | None]
    price: Mapped[Decimal]
    grade: Mapped[str | None]
    shelf_id: Mapped[UUID | None]
    lines: Mapped[list["Line"]] = relationship(lazy="raise", cascade="all, delete-orphan")


class Line(Entity, Base):
    __tablename__ = "lines"
    note_id: Mapped[UUID] = mapped_column(ForeignKey("notes.id"), index=True)
    text: Mapped[str]
