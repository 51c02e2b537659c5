"""Keep the pairs up to date, and settle them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, and_, delete, or_, select, text, tuple_
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import Access, actor, load, visible
from chassis.db.bulk import one_of
from chassis.errors import NotFound
from chassis.ids import uuid7
from contacts.candidates.finding import COMPANIES, PEOPLE, Matching, alike, keep_keys
from contacts.candidates.model import SweepMark
from contacts.candidates.rules import STRONGER, Judged, check_state

RECORDS_PER_BATCH = 200
SECONDS_PER_SWEEP = 0.4
_MARKS = {"person": "people", "company": "companies"}
# A change bears the time at which it was made and is seen when it commits: the sweep stays behind what is under way.
_BEHIND = timedelta(seconds=30)
# Imports have the processor to themselves. What has waited for so long is looked at nevertheless: they may never end.
_BEHIND_IMPORTS = timedelta(minutes=15)
_START = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))


def sweep(session: Session, now: datetime, *, importing: bool = False) -> int:
    """Look for duplicates of what changed since the last sweep, in SECONDS_PER_SWEEP, so that neither events nor other
    clocks wait; how many were looked at. Companies have half of the time, people what is left; each have one batch, and
    no further one that would take longer than there is. While `importing`, what changed a short time ago is left for
    later. A crash leaves the mark where it was."""
    began, done = time.monotonic(), 0
    changed = now - (_BEHIND_IMPORTS if importing else _BEHIND)
    for part, matching in ((0.5, COMPANIES), (1.0, PEOPLE)):
        done += _sweep_until(session, matching, changed, began + part * SECONDS_PER_SWEEP)
    return done


def refresh(session: Session, matching: Matching, ids: Sequence[UUID]) -> None:
    """Bring the pairs of some records up to date: new ones come, those that are alike no more go. What was dismissed
    stays dismissed, unless there is clearly more evidence by now."""
    found = alike(session, matching, ids)
    _drop_others(session, matching, ids, found)
    if found:
        _put(session, matching.pairs, [_row(two, judged) for two, judged in sorted(found.items())])


def of_record(session: Session, matching: Matching, id: UUID) -> Sequence[Any]:
    """The open pairs of one record, looked for now, the likeliest first; within the actor's reach."""
    load(session, matching.model, id)
    keep_keys(session, matching, [id_ for _, id_ in _changed(session, matching, clock.now())])  # not swept yet
    refresh(session, matching, [id])
    pairs = matching.pairs
    about = or_(pairs.low_id == id, pairs.high_id == id)
    statement = select(pairs).where(about, pairs.state == "open", in_reach(matching))
    statement = visible(statement, pairs).order_by(pairs.score.desc(), pairs.id)
    return session.scalars(statement, execution_options={"populate_existing": True}).all()


def dismiss(session: Session, matching: Matching, duplicate_id: UUID) -> Any:
    """These are two. Done already is a Conflict."""
    found = one(session, matching, duplicate_id)
    check_state(found.state)
    _dismiss(found)
    return found


def dismiss_many(session: Session, matching: Matching, ids: Sequence[UUID]) -> list[Any]:
    """Dismiss those of `ids` that are open and within reach; they."""
    pairs = matching.pairs
    statement = (
        select(pairs).where(pairs.id.in_(ids), pairs.state == "open", in_reach(matching, "write")).order_by(pairs.id)
    )
    rows = list(session.scalars(visible(statement, pairs).with_for_update(of=pairs)))
    for row in rows:
        _dismiss(row)
    return rows


def one(session: Session, matching: Matching, duplicate_id: UUID) -> Any:
    """One pair within the actor's reach, locked. NotFound otherwise."""
    pairs = matching.pairs
    statement = visible(select(pairs).where(pairs.id == duplicate_id, in_reach(matching, "write")), pairs)
    options = {"populate_existing": True}
    found = session.scalars(statement.with_for_update(of=pairs), execution_options=options).one_or_none()
    if found is None:
        raise NotFound("duplicate")
    return found


def in_reach(matching: Matching, access: Access = "read") -> ColumnElement[bool]:
    """Both of a pair are within the actor's reach, with `access`."""
    seen, pairs = visible(select(matching.model.id), matching.model, access=access), matching.pairs
    if seen.whereclause is None:
        return pairs.low_id.is_not(None)
    return and_(pairs.low_id.in_(seen), pairs.high_id.in_(seen))


def _dismiss(row: Any) -> None:
    row.state, row.dismissed_by, row.dismissed_at = "dismissed", actor().id, clock.now()


def _sweep_until(session: Session, matching: Matching, changed: datetime, until: float) -> int:
    done, longest = 0, 0.0
    while True:
        began = time.monotonic()
        batch = _sweep_batch(session, matching, changed)
        ended = time.monotonic()
        done, longest = done + batch, max(longest, ended - began)
        if batch < RECORDS_PER_BATCH or ended + longest > until:
            return done


def _sweep_batch(session: Session, matching: Matching, changed: datetime) -> int:
    rows = _changed(session, matching, changed, lock=True)
    if rows:
        refresh(session, matching, [id_ for _, id_ in rows])
        session.merge(SweepMark(name=_MARKS[matching.noun], at=rows[-1][0], last_id=rows[-1][1]))
        session.flush()
    return len(rows)


def _changed(session: Session, matching: Matching, until: datetime, *, lock: bool = False) -> Sequence[Any]:
    """(when, id) of a batch of those that changed since the last sweep."""
    model = matching.model
    mark = session.get(SweepMark, _MARKS[matching.noun], with_for_update=lock or None)
    since = (mark.at, mark.last_id) if mark else _START
    changed = (
        select(model.updated_at, model.id)
        .where(tuple_(model.updated_at, model.id) > tuple_(*since), model.updated_at <= until)
        .order_by(model.updated_at, model.id)
    )
    return session.execute(changed.limit(RECORDS_PER_BATCH)).all()


def _row(two: tuple[UUID, UUID], judged: Judged) -> dict[str, Any]:
    now = clock.now()
    return {"id": uuid7(), "low_id": two[0], "high_id": two[1], **judged._asdict(), "state": "open", "version": 1,
            "created_at": now, "updated_at": now}  # fmt: skip


# A dismissed pair keeps the evidence it was dismissed with, so that small steps add up to being shown again. One
# statement of one text however many rows: thousands of VALUES take longer to be put into words than to be done.
_PUT = """
INSERT INTO {table} AS old (id, low_id, high_id, score, reasons, exact, state, version, created_at, updated_at)
SELECT id, low_id, high_id, score, reasons, exact, state, version, created_at, updated_at
FROM jsonb_populate_recordset(NULL::{table}, CAST(:rows AS jsonb))
ON CONFLICT (low_id, high_id) DO UPDATE SET
    score = excluded.score, reasons = excluded.reasons, exact = excluded.exact, state = 'open', dismissed_by = NULL,
    dismissed_at = NULL, updated_at = excluded.updated_at, version = old.version + 1
WHERE (old.state = 'open'
       AND (old.score, old.reasons, old.exact) IS DISTINCT FROM (excluded.score, excluded.reasons, excluded.exact))
   OR (old.state = 'dismissed' AND excluded.score >= old.score + :stronger)
"""


def _put(session: Session, pairs: Any, rows: list[dict[str, Any]]) -> None:
    statement = text(_PUT.format(table=pairs.__tablename__))
    session.execute(statement, {"rows": orjson.dumps(rows).decode(), "stronger": STRONGER})


def _drop_others(
    session: Session, matching: Matching, ids: Sequence[UUID], found: dict[tuple[UUID, UUID], Judged]
) -> None:
    pairs = matching.pairs
    open_ones = select(pairs.id, pairs.low_id, pairs.high_id).where(
        or_(one_of(pairs.low_id, ids), one_of(pairs.high_id, ids)), pairs.state == "open"
    )
    gone = [id_ for id_, low, high in session.execute(open_ones) if (low, high) not in found]
    if gone:
        session.execute(delete(pairs).where(one_of(pairs.id, gone), pairs.state == "open"))
