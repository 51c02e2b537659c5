"""Contact points: e-mails, phones, social handles and membership numbers, one row each, found by their key."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from sqlalchemy import ColumnElement, Index, SmallInteger, Text, and_, or_, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db.references import reference
from contacts.base import Base
from contacts.points.rules import Kind, Point, bare, key_of


class ContactPoint(Base):
    """One e-mail, phone, handle or membership of a person. The primary key is what identification finds it by
    (`points.rules.Point.key`): the database itself refuses a second owner, whoever comes first."""

    __tablename__ = "contact_points"
    __table_args__ = (Index("ix_contact_points_shared_value", "value", postgresql_where=text("shared")),)

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(reference("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    typed: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)
    shared: Mapped[bool]
    position: Mapped[int] = mapped_column(SmallInteger)

    @classmethod
    def of(cls, point: Point, name: str, position: int) -> ContactPoint:
        """The row of `point` for a person of that name; position 0 is the primary one of its kind."""
        return cls(
            key=point.key(name),
            kind=point.kind,
            value=point.value,
            typed=point.typed,
            label=point.label,
            shared=point.shared,
            position=position,
        )

    @classmethod
    def reaches(cls, kind: Kind, value: str) -> ColumnElement[bool]:
        """Whether it is this e-mail, phone, handle or membership: one person's own is found by its key, those that are
        shared by what they have in common."""
        own = and_(cls.key == key_of(kind, value, False, ""), ~cls.shared)
        return or_(own, and_(cls.shared, cls.value == value, cls.kind == kind))

    def as_point(self) -> Point:
        """The point without its place in the database."""
        return Point(cast(Kind, self.kind), self.value, self.typed, self.label, self.shared)

    @property
    def bare(self) -> str:
        """The value without the network or scheme that it is of."""
        return bare(self.kind, self.value)
