"""Reading what other services tell: an event without what its contract promises is Malformed."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.errors import Malformed
from chassis.events import Event

Copy = TypeVar("Copy")


def needed(event: Event, name: str) -> Any:
    """A field of the event's data. Malformed where it is missing or null."""
    value = event.data.get(name)
    if value is None:
        raise Malformed(f"{event.type} has no {name}.")
    return value


def copy_of(session: Session, model: type[Copy], id_: UUID, **first: Any) -> Copy:
    """The local copy with this id, locked; made with the values of `first` where there is none yet.

    Two workers that hear of the same new thing at once take turns: the second finds the row of the first.
    """
    values = {"id": id_, "version": 1, "heard": -1, **first}
    session.execute(insert(model).values(**values).on_conflict_do_nothing())
    copy = session.get(model, id_, with_for_update=True, populate_existing=True)
    assert copy is not None
    return copy


def held_copy(session: Session, model: type[Copy], id_: UUID) -> Copy:
    """The local copy with this id, which stays as it is until this transaction ends; blank where nothing was told yet.

    So whoever hears something new of it waits, and finds what this transaction makes of what it was.
    """
    session.execute(insert(model).values(id=id_).on_conflict_do_nothing())
    return session.get_one(model, id_, with_for_update={"read": True}, populate_existing=True)
