"""The job that makes all of the score anew: what was never learnt, the frequencies, the scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.jobs import JobRun, job
from sales.deals.model import Deal
from sales.scoring.learning import learn, recount, score

KIND = "sales.score"
_BATCH = 500
_FIRST = UUID(int=0)


@job(KIND)
def make_anew(run: JobRun) -> dict[str, Any]:
    """Learn from deals that were closed before there was a score, count all anew, score all open deals; in batches of
    500, from the last that was done."""
    _walk(run, "learnt", ("won", "lost"), learn)
    if not run.state.get("recounted"):
        with run.step() as session:
            recount(session)
            run.state["recounted"] = True
    _walk(run, "scored", ("open",), score)
    return {name: run.state.get(name, 0) for name in ("learnt", "scored")}


def _walk(run: JobRun, what: str, statuses: Sequence[str], work: Callable[[Session, Sequence[UUID]], int]) -> None:
    """Give all deals of these statuses to `work`, locked, by their ids; `what` counts what it did."""
    place = f"{what}_until"
    while True:
        with run.step() as session:
            after = UUID(run.state.get(place) or str(_FIRST))
            deals = select(Deal.id).where(Deal.status.in_(statuses), Deal.id > after).order_by(Deal.id).limit(_BATCH)
            ids = session.scalars(deals.with_for_update(key_share=True)).all()
            if not ids:
                return
            run.state[what] = run.state.get(what, 0) + work(session, ids)
            run.state[place] = str(ids[-1])
            run.progress(done=run.state.get("learnt", 0) + run.state.get("scored", 0))
