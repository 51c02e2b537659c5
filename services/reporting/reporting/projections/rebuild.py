"""A rebuild: everything folded anew from the first event on, held against the live figures, and put in their place.

It fills a generation of its own while the live one goes on, step by step, so that it survives a restart. Only for the
last few events and the comparison does it hold the projector off.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from chassis.errors import Conflict
from chassis.events import emit
from chassis.jobs import Job, JobRun, job, start_job
from reporting.log import numbering
from reporting.projections import projector, store
from reporting.projections.model import Generation
from reporting.settings import settings

KIND = "reporting.rebuild"
NEARLY = 2000  # events that may be left when the projector is held off
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7170102)")
_UNENDED = ("waiting", "running", "paused", "cancelling")
log = logging.getLogger(__name__)


def start(session: Session) -> Job:
    """A rebuild to come. Conflict while there is one that has not ended."""
    session.execute(_ONE_AT_A_TIME)
    other = session.scalars(select(Job.id).where(Job.kind == KIND, Job.status.in_(_UNENDED))).first()
    if other is not None:
        raise Conflict("rebuild_running", "A rebuild is under way already.", job_id=str(other))
    return start_job(session, KIND, total=numbering.head(session))


@job(KIND, needs_nothing=True)
def run_rebuild(run: JobRun) -> dict[str, Any]:
    """Fold the log anew. The result tells how many events it was and how many rows were not as in the live figures."""
    if "generation" not in run.state:
        _begin(run)
    while "result" not in run.state:
        if _fold_some(run) <= NEARLY:
            _swap(run)
    while _purge_some(run):
        pass
    result: dict[str, Any] = run.state["result"]
    return result


def _begin(run: JobRun) -> None:
    """An empty generation; what a cancelled rebuild left is retired."""
    with run.step() as session:
        session.execute(update(Generation).where(Generation.state == "building").values(state="retired"))
        run.state["generation"] = projector.new_generation(session, "building").id


def _fold_some(run: JobRun) -> int:
    """One batch; how many events are left."""
    with run.step() as session:
        generation = session.get_one(Generation, run.state["generation"])
        projector.fold_next(session, generation, settings().rebuild_batch)
        head = numbering.head(session)
        run.progress(done=generation.position, total=head)
        return head - generation.position


def _swap(run: JobRun) -> None:
    """With the projector held off: fold the rest of both, compare them, and let the new one be the live one."""
    with run.step() as session:
        numbering.lock(session, wait=True)
        rebuilt, live = session.get_one(Generation, run.state["generation"]), projector.live(session)
        for generation in (rebuilt, live):
            while projector.fold_next(session, generation, settings().rebuild_batch):
                pass
        differences = store.differences(session, live.id, rebuilt.id)
        if differences:
            log.error("the live figures were not what the log says", extra={"differences": differences})
        live.state = "retired"
        session.flush()
        rebuilt.state = "live"
        _finish(run, session, rebuilt, differences)


def _finish(run: JobRun, session: Session, rebuilt: Generation, differences: dict[str, int]) -> None:
    result = {
        "events": rebuilt.position,
        "position": rebuilt.position,
        "differences": sum(differences.values()),
    }
    run.progress(done=rebuilt.position, total=rebuilt.position)
    run.state["result"] = result | {"tables": differences}
    data = {"job_id": str(run.id)} | result
    emit(session, "projection.rebuilt", None, data, subject=f"jobs/{run.id}", sequence=1)


def _purge_some(run: JobRun) -> int:
    """Remove some rows of retired generations; how many."""
    with run.step() as session:
        retired = session.scalars(select(Generation).where(Generation.state == "retired").limit(1)).first()
        if retired is None:
            return 0
        gone = store.purge(session, retired.id, settings().rebuild_batch * 4)
        if not gone:
            session.delete(retired)
        return gone or 1
