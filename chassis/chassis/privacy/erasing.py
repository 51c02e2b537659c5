"""Erasure: what a service holds of a person is deleted or made nameless, in one transaction, and reported."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, inspect, select
from sqlalchemy.orm import Session

from chassis.errors import Malformed
from chassis.events.envelope import Event
from chassis.events.outbox import emit
from chassis.privacy.erased import mark, people_of
from chassis.privacy.holdings import Holding, Holdings
from chassis.privacy.leftovers import clean
from chassis.privacy.scrubbing import Scrubber

_PLAIN = {"synchronize_session": False}


def erase(session: Session, event: Event, holdings: Holdings, *, tell: str) -> None:
    """`contact.erased` and the like: forget the person, or people, and tell whoever asked (`tell` is the type of that
    event) how many rows of which tables that took, and what had to stay, and why. Once more changes nothing and tells
    again."""
    ids, request = people_of(event), event.optional_uuid("request_id")
    if not ids:
        raise Malformed(f"{event.type} names nobody.")
    done = forget(session, ids, holdings)
    if request is None:
        return
    data = {
        "request_id": str(request),
        "person_id": str(event.uuid("person_id")),
        "service": session.info["service"].name,
        **done,
    }
    emit(session, tell, None, data, subject=f"privacy-requests/{data['request_id']}", sequence=1)


def forget(session: Session, ids: Sequence[UUID], holdings: Holdings) -> dict[str, Any]:
    """Forget the people with these ids: `tables`, rows dealt with by table, and `kept`, what stays and for what reason.

    First of all the ids are marked as erased, so that nothing about them comes in again.
    """
    mark(session, ids)
    session.flush()
    scrubber = Scrubber(_identifiers(session, ids, holdings))
    tables: dict[str, int] = {}
    kept: list[dict[str, Any]] = []
    for holding in holdings:
        rows = _forget(session, ids, holdings, holding, scrubber)
        if rows:
            tables[holding.table] = tables.get(holding.table, 0) + rows
        if rows and holding.kept:
            kept.append({"table": holding.table, "rows": rows, "reason": holding.kept.reason})
    tables |= clean(session, ids, scrubber)
    return {"tables": tables, "kept": kept}


def _identifiers(session: Session, ids: Sequence[UUID], holdings: Holdings) -> list[Any]:
    found: list[Any] = []
    for holding in holdings:
        if holding.identifies:
            columns = [getattr(holding.model, name) for name in holding.identifies]
            for row in session.execute(select(*columns).where(holdings.theirs(holding, ids))):
                found += [value for value in row if value]
    return found


def _forget(
    session: Session, ids: Sequence[UUID], holdings: Holdings, holding: Holding, scrubber: Scrubber
) -> int:  # fmt: skip
    if holding.eraser is not None:
        return holding.eraser(session, ids)
    theirs = holdings.theirs(holding, ids)
    if holding.delete:
        removed = session.execute(delete(holding.model).where(theirs), execution_options=_PLAIN)
        return int(removed.rowcount)  # type: ignore[attr-defined]
    keys = inspect(holding.model).primary_key
    statement = select(holding.model).where(theirs).order_by(*keys).with_for_update(of=holding.model)
    rows = session.scalars(statement, execution_options={"populate_existing": True}).all()
    for row in rows:
        _make_nameless(row, holding, scrubber)
    session.flush()
    return len(rows)


def _make_nameless(row: Any, holding: Holding, scrubber: Scrubber) -> None:
    for name, value in holding.clear.items():
        setattr(row, name, value)
    for name in holding.scrub:
        before = getattr(row, name)
        after = scrubber.value(before)
        if after != before:
            setattr(row, name, after)
