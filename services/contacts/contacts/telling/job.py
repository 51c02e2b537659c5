"""The job that tells of everybody again: a thousand a step, each step one transaction that notes how far it is, so that
a worker that dies is followed by one that goes on with the next."""

from __future__ import annotations

import time
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from chassis.jobs import Job, JobRun, job, start_job
from chassis.jobs.command import under_way
from contacts.settings import settings
from contacts.telling.kinds import KINDS, Kind

KIND = "contacts.tell-again"
STEP = 1000
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('contacts.tell-again', 0))")


def tell_again(session: Session) -> Job:
    """The job that tells of all companies and people again: the one that is under way, or a new one."""
    session.execute(_ONE_AT_A_TIME)
    return under_way(session, KIND) or start_job(session, KIND)


@job(KIND, needs_nothing=True)
def run_tell_again(run: JobRun) -> dict[str, Any]:
    """Tell of all companies, then of all people, at the pace of `CONTACTS_TELL_PER_SECOND`. Who is made meanwhile is
    told of anyway. The result counts them."""
    for kind in KINDS:
        began = time.monotonic()
        while _step(run, kind) == STEP:
            time.sleep(max(0.0, began + STEP / settings().tell_per_second - time.monotonic()))
            began = time.monotonic()
    return {kind.name: run.state[kind.name] for kind in KINDS}


def _step(run: JobRun, kind: Kind) -> int:
    """Tell of the next; how many they were."""
    after = f"{kind.name}_after"
    with run.step() as session:
        if not run.state:
            run.progress(total=_how_many(session))
        rows = kind.next(session, run.state.get(after), STEP)
        run.state[kind.name] = run.state.get(kind.name, 0) + len(rows)
        if rows:
            run.state["events"] = kind.tell(session, run.id, rows, run.state.get("events", 0))
            run.state[after] = str(rows[-1].id)
        run.progress(done=sum(run.state.get(one.name, 0) for one in KINDS))
    return len(rows)


def _how_many(session: Session) -> int:
    return sum(session.scalar(select(func.count()).select_from(kind.model)) or 0 for kind in KINDS)
