"""Which columns name ids that may come to stand for others."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Column, MetaData, Table, Uuid
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis.db.aliases import Alias, Following, follows


class Base(DeclarativeBase):
    pass


class OtherBase(DeclarativeBase):
    pass


class MergedPerson(Alias, Base):
    __tablename__ = "merged_people"
    moved: Mapped[str]


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]


class OthersNote(OtherBase):
    __tablename__ = "notes"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]


def test_a_column_is_known_by_its_model_whatever_others_call_their_tables() -> None:
    Following(MergedPerson, (Note.person_id,))
    assert follows(Note.person_id)
    assert not follows(Note.id)
    assert not follows(OthersNote.person_id)
    assert not follows(Table("notes", MetaData(), Column("person_id", Uuid)).c.person_id)  # type: ignore[arg-type]
