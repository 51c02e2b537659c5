"""N-grams beside the rows that are found by them, in a table of their own.

Whoever changes a row writes its entry in the same transaction, at the flush. Who makes rows by the hundred thousand
may leave that to others: they note which ids they gave (`leave`), and a clock makes the entries later (`follow`), of
what the rows say by then. Until then a search finds such a row where it goes along the order of a list, for what is
common, and not by the index.

    class NoteGrams(Grams, Base):
        __tablename__ = "notes_grams"
        __behind__ = NotesWithoutGrams
        note_id: Mapped[UUID] = mapped_column(ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True)
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, Select, Table, Text, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY, Insert
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from chassis import clock
from chassis.db.bulk import array_text, copy_rows, insert_rows, one_of, put_rows, rows_given
from chassis.db.grams import grams_of
from chassis.db.sending import send
from chassis.ids import uuid7


class WithoutGrams:
    """Some rows that were made without an entry: those with ids from `first_id` to `last_id` that have none. `rows`:
    about how many. `left_by` is the job that made them."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    first_id: Mapped[UUID]
    last_id: Mapped[UUID]
    rows: Mapped[int]
    left_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    left_by: Mapped[UUID | None]


class Grams:
    """The n-grams of a model's rows. Its primary key is the id of the row, with which it goes (ON DELETE CASCADE).
    `__behind__` says which rows were made without."""

    __behind__: ClassVar[type[WithoutGrams]]
    __table__: ClassVar[Any]

    search_grams: Mapped[list[str]] = mapped_column(ARRAY(Text), sort_order=96)

    @classmethod
    def key(cls) -> InstrumentedAttribute[UUID]:
        """The id of the row that they are of."""
        found: InstrumentedAttribute[UUID] = getattr(cls, cls.__table__.primary_key.columns[0].name)
        return found


def keep(session: Session, beside: type[Grams], texts: Mapping[UUID, str]) -> None:
    """Write the entries of rows (locked, or just made) with these texts, or over those that they have."""
    if texts:
        key = beside.key().name
        rows = [{key: id_, "search_grams": grams_of(text)} for id_, text in texts.items()]
        send(session, _keep(beside.__table__), rows_given(rows))


def leave(session: Session, beside: type[Grams], first_id: UUID, last_id: UUID, rows: int, by: UUID | None) -> None:
    """Note that rows with ids from the first to the last one have no entries yet."""
    note = {
        "id": uuid7(),
        "first_id": first_id,
        "last_id": last_id,
        "rows": rows,
        "left_at": clock.now(),
        "left_by": by,
    }
    put_rows(session, beside.__behind__, [note])


def follow(
    session: Session, model: Any, limit: int, *, before: datetime | None = None, left_by: UUID | None = None
) -> bool:
    """Make the entries of up to `limit` rows of `model` that were made without, those left first before others; whether
    there was anything to do. Of those left `before` some time, or by one job: then others who follow are waited for.

    Rows are locked before entries, as by everybody who changes one: what is read of a row then is what its entry says
    of it until somebody writes both.
    """
    beside = model.__grams__
    part = session.scalar(_oldest(beside.__behind__, before, left_by))
    if part is None:
        return False
    key = beside.key()
    within, has = model.id.between(part.first_id, part.last_id), exists().where(key == model.id)
    has_none = ~has.where(key.between(part.first_id, part.last_id))
    some = select(model.id).where(within, has_none).order_by(model.id).limit(limit)
    ids = session.scalars(some.with_for_update(key_share=True)).all()
    # Asked again with the locks: who held one before may have made the entry.
    found = session.execute(select(model.id, model.search_text).where(one_of(model.id, ids), ~has).order_by(model.id))
    entries = [(str(id_), array_text(grams_of(text))) for id_, text in found]
    copy_rows(session, str(beside.__table__.name), (key.name, "search_grams"), entries)
    if len(ids) < limit:
        session.delete(part)
    else:
        part.first_id, part.rows = ids[-1], max(part.rows - limit, 0)
    session.flush()
    return True


def behind(session: Session, beside: type[Grams], left_by: UUID | None = None) -> int:
    """About how many rows have no entry yet, of all or of those that one job has made."""
    parts = beside.__behind__
    count = select(func.coalesce(func.sum(parts.rows), 0))
    return session.scalar(count if left_by is None else count.where(parts.left_by == left_by)) or 0


def _oldest(parts: type[WithoutGrams], before: datetime | None, left_by: UUID | None) -> Select[WithoutGrams]:
    wanted = select(parts).order_by(parts.id).limit(1)
    if before is not None:
        wanted = wanted.where(parts.left_at < before)
    if left_by is not None:
        return wanted.where(parts.left_by == left_by).with_for_update()
    return wanted.with_for_update(skip_locked=True)


@cache
def _keep(table: Table) -> Insert:
    key = table.primary_key.columns[0].name
    put = insert_rows(table, (key, "search_grams"), by=(key,))
    new, old = put.excluded.search_grams, table.c.search_grams
    return put.on_conflict_do_update(index_elements=[key], set_={"search_grams": new}, where=old.is_distinct_from(new))
