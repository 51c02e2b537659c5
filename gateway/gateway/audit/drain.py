"""From the spool into the database, in batches; every step may be repeated."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.context import running
from chassis.db import Database
from chassis.events import emit
from gateway.audit.model import AuditEntry
from gateway.audit.spool import Batch, Record, Spool
from gateway.edge import metrics

log = logging.getLogger("gateway.audit")
OUTCOME = ("status", "duration_ms", "actor_id", "actor_kind", "actor_name", "entity_id", "details")
DENIED = (401, 403)


class Drain:
    """Brings what the spool holds into `audit_entries`. What does not get there stays in the spool."""

    def __init__(self, spool: Spool, database: Database) -> None:
        self._spool, self._database = spool, database
        self._turn = threading.Lock()

    def run_once(self) -> None:
        """Everything that is in the spool now."""
        with self._turn:
            metrics.AUDIT_BACKLOG.set(self._spool.backlog())
            while batch := self._spool.take():
                store(self._database, batch)
                self._spool.done(batch)
            metrics.AUDIT_BACKLOG.set(self._spool.backlog())

    def adopt_orphans(self) -> None:
        """What processes left that ended without a chance to do this."""
        for batch in self._spool.orphans():
            store(self._database, batch)

    def finish(self) -> None:
        """At the process's end: what can be stored is, the rest is left to a successor."""
        try:
            self.run_once()
        finally:
            self._spool.close()


def store(database: Database, batch: Batch) -> None:
    """Bring a batch into the database; doing so again changes nothing.

    What PostgreSQL will never take (it should not come to that) is logged and passed over, so that the rest gets in.
    """
    merged: dict[Any, Record] = {}
    for record in batch.records:
        merged.setdefault(record["id"], {}).update(record)
    try:
        _store(database, merged)
    except DataError:
        for id_, record in merged.items():
            try:
                _store(database, {id_: record})
            except DataError as error:
                log.error("an audit record cannot be stored: %s", type(error.orig).__name__, extra={"audit_id": id_})


def _store(database: Database, merged: dict[Any, Record]) -> None:
    with database.transaction() as session:
        denied = _insert(session, [_row(r) for r in merged.values() if "at" in r])
        denied += _complete(session, [r for r in merged.values() if "at" not in r])
        for entry in _one_of_each(denied):
            _tell(session, entry)


def _row(record: Record) -> Record:
    columns = {"status": None, "duration_ms": None, "details": None} | record
    at = columns.pop("at")
    return columns | {"version": 1, "created_at": at, "updated_at": clock.now()}


def _insert(session: Session, rows: list[Record]) -> list[Record]:
    """Insert what is not there; complete what is there without outcome. Returns new refusals."""
    if not rows:
        return []
    statement = insert(AuditEntry).values(rows)
    fill = {name: func.coalesce(statement.excluded[name], getattr(AuditEntry, name)) for name in OUTCOME}
    upsert = statement.on_conflict_do_update(
        index_elements=[AuditEntry.id], set_=fill, where=AuditEntry.status.is_(None)
    ).returning(AuditEntry.id, AuditEntry.status)
    changed = {id_ for id_, status in session.execute(upsert) if status in DENIED}
    return _entries(session, changed)


def _complete(session: Session, outcomes: list[Record]) -> list[Record]:
    """Write outcomes to entries that were inserted without one. Returns new refusals."""
    if not outcomes:
        return []
    table = AuditEntry.__table__
    there = select(table.c.id).where(table.c.id.in_([UUID(r["id"]) for r in outcomes]), table.c.status.is_(None))
    open_ = {str(id_) for id_ in session.scalars(there.with_for_update())}
    for record in outcomes:
        if record["id"] in open_:
            values = {name: record[name] for name in OUTCOME if record.get(name) is not None}
            session.execute(update(table).where(table.c.id == UUID(record["id"])).values(values))
    return _entries(session, {UUID(r["id"]) for r in outcomes if r["id"] in open_ and r["status"] in DENIED})


def _entries(session: Session, ids: Iterable[UUID]) -> list[Record]:
    wanted = list(ids)
    if not wanted:
        return []
    columns = ("id", "actor_id", "actor_kind", "method", "path", "status", "address")
    found = session.execute(select(*(getattr(AuditEntry, name) for name in columns)).where(AuditEntry.id.in_(wanted)))
    return [dict(row._mapping) for row in found]


def _one_of_each(denied: list[Record]) -> Iterable[Record]:
    """One event for a burst of the same refusal: somebody who hammers must not flood those who listen."""
    return {(d["actor_id"], d["method"], d["path"], d["status"], d["address"]): d for d in denied}.values()


def _tell(session: Session, entry: Record) -> None:
    data = {
        "actor_id": str(entry["actor_id"]) if entry["actor_id"] else None,
        "method": entry["method"],
        "path": entry["path"],
        "status": entry["status"],
    }
    with running(actor=Actor(id=entry["actor_id"], kind=entry["actor_kind"])):
        emit(session, "access.denied", None, data, subject=f"audit-entries/{entry['id']}", sequence=1)
