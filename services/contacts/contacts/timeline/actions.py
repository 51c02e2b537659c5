"""Writing and reading the timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, update
from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.db.bulk import insert_rows, rows_given
from contacts.timeline.model import TimelineEntry
from contacts.timeline.rules import LONGEST

Entry = dict[str, Any]
_COLUMNS = ("id", "person_id", "company_id", "at", "kind", "type", "title", "actor_id", "data")
_PUT = insert_rows(cast(Table, TimelineEntry.__table__), _COLUMNS)
_WRITE = _PUT.on_conflict_do_update(index_elements=["id"], set_={name: _PUT.excluded[name] for name in _COLUMNS[1:]})


def entry(
    id: UUID,
    type_: str,
    title: str,
    *,
    at: datetime,
    person_id: UUID | None = None,
    company_id: UUID | None = None,
    data: dict[str, Any] | None = None,
    actor_id: UUID | None = None,
) -> Entry:
    """The entry for what `id` names. `type_` is that of the event (`deal.won`); its first word is the entry's kind."""
    return {
        "id": id,
        "person_id": person_id,
        "company_id": company_id,
        "at": at,
        "kind": type_.partition(".")[0],
        "type": type_,
        "title": title[:LONGEST],
        "actor_id": actor_id or actor().id,
        "data": data or {},
    }


def record(session: Session, id: UUID, type_: str, title: str, **about: Any) -> None:
    """Write an `entry`, or write it anew: it says how things stand now."""
    record_all(session, [entry(id, type_, title, **about)])


def record_all(session: Session, entries: Iterable[Entry]) -> None:
    """Write many, each of another id, by one statement; those that are about nobody are left out."""
    about = [one for one in entries if one["person_id"] or one["company_id"]]
    if about:
        session.execute(_WRITE, rows_given(about))


def retitle(session: Session, id: UUID, type_: str, title: str, at: datetime) -> None:
    """Bring the entry of something that changed up to date, if it has one."""
    session.execute(
        update(TimelineEntry).where(TimelineEntry.id == id).values(type=type_, title=title[:LONGEST], at=at)
    )
