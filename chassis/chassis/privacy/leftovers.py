"""Erasure from the chassis' own tables: events sent, answers kept for a repeat, files of jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import bindparam, delete, or_, select, text, update
from sqlalchemy.orm import Session

from chassis.db.tables import idempotency_keys, job_errors, job_files, jobs
from chassis.events.tables import outbox
from chassis.jobs.model import ENDED
from chassis.privacy.erased import without_people
from chassis.privacy.scrubbing import Scrubber

APART = {
    "outbox": "what names the person goes from the events that lie there (a day, until they are pruned)",
    "idempotency_keys": "an answer that tells of the person is void: a repeat gets 410 and makes nobody anew",
    "jobs": "results and bookmarks of ended jobs lose what names the person",
    "job_files": "files of ended jobs go: nobody can say whom a file names",
    "job_errors": "likewise",
    "inbox": "ids of events only",
    "relay_state": "positions only",
    "erased_people": "the ids that must not come to name anybody again",
}
_GONE = orjson.dumps(
    {"type": "about:blank", "title": "Gone", "status": 410, "code": "erased", "detail": "Erased at the person's wish."}
)
_TOLD = text("EXISTS (SELECT FROM unnest(CAST(:needles AS bytea[])) AS n WHERE position(n IN body) > 0)")


def clean(session: Session, ids: Sequence[UUID], scrubber: Scrubber) -> dict[str, int]:
    """Take the people out; the rows dealt with by table."""
    needles = [*map(str, ids), *scrubber.known]
    counts = {
        "outbox": _events(session, ids, scrubber),
        "idempotency_keys": _answers(session, needles),
        "jobs": _jobs(session, scrubber),
        "job_files": _files(session),
    }
    return {table: rows for table, rows in counts.items() if rows}


def _events(session: Session, ids: Sequence[UUID], scrubber: Scrubber) -> int:
    about = or_(*(outbox.c.body.contains(str(id_)) for id_ in ids))
    changed = 0
    for number, body in session.execute(select(outbox.c.id, outbox.c.body).where(about).order_by(outbox.c.id)).all():
        event = orjson.loads(body)
        nameless = without_people(event["data"], ids)
        if "personal" not in nameless:  # what else a bundle holds is about others
            nameless = scrubber.value(nameless)
        if nameless != event["data"]:
            kept = orjson.dumps(event | {"data": nameless}).decode()
            session.execute(update(outbox).where(outbox.c.id == number).values(body=kept))
            changed += 1
    return changed


def _answers(session: Session, needles: Sequence[str]) -> int:
    void: dict[str, Any] = {"status": 410, "body": _GONE, "headers": {"Content-Type": "application/problem+json"}}
    told = update(idempotency_keys).where(_TOLD.bindparams(bindparam("needles", [n.encode() for n in needles])))
    return int(session.execute(told.values(**void)).rowcount)  # type: ignore[attr-defined]


def _jobs(session: Session, scrubber: Scrubber) -> int:
    columns, changed = ("params", "state", "result"), 0
    ended = select(jobs).where(jobs.c.status.in_(ENDED)).order_by(jobs.c.id).with_for_update()
    for row in session.execute(ended).mappings().all():
        nameless = {name: scrubber.value(row[name]) for name in columns}
        if any(nameless[name] != row[name] for name in columns):
            session.execute(update(jobs).where(jobs.c.id == row["id"]).values(nameless))
            changed += 1
    return changed


def _files(session: Session) -> int:
    ended = select(jobs.c.id).where(jobs.c.status.in_(ENDED))
    counts: list[int] = []
    for table in (job_files, job_errors):
        gone: Any = session.execute(delete(table).where(table.c.job_id.in_(ended)))
        counts.append(gone.rowcount)
    return sum(counts)
