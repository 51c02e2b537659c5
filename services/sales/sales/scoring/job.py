"""The job that makes all of a score anew: what was never learnt, the frequencies, the scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.jobs import JobRun, job
from sales.scoring.deals import DEALS
from sales.scoring.following import SCORED
from sales.scoring.learning import learn, recount, score
from sales.scoring.scored import Scored

KIND = "sales.score"
_BATCH = 500
_FIRST = UUID(int=0)


@job(KIND, needs_nothing=True)
def make_anew(run: JobRun) -> dict[str, Any]:
    """Learn from those that were closed before there was a score, count all anew, score all open ones; in batches of
    500, from the last that was done. The parameter `scored` says of what: deals, leads."""
    scored = SCORED[run.params.get("scored", DEALS.name)]
    _walk(run, scored, "learnt", scored.ended, learn)
    if not run.state.get("recounted"):
        with run.step() as session:
            recount(session, scored)
            run.state["recounted"] = True
    _walk(run, scored, "scored", scored.open, score)
    return {name: run.state.get(name, 0) for name in ("learnt", "scored")}


def _walk(
    run: JobRun, scored: Scored, what: str, statuses: Sequence[str],
    work: Callable[[Session, Scored, Sequence[UUID]], int],
) -> None:  # fmt: skip
    """Give all of these statuses to `work`, locked, by their ids; `what` counts what it did."""
    place, model = f"{what}_until", scored.model
    while True:
        with run.step() as session:
            after = UUID(run.state.get(place) or str(_FIRST))
            rows = select(model.id).where(model.status.in_(statuses), model.id > after).order_by(model.id)
            ids = session.scalars(rows.limit(_BATCH).with_for_update(key_share=True)).all()
            if not ids:
                return
            run.state[what] = run.state.get(what, 0) + work(session, scored, ids)
            run.state[place] = str(ids[-1])
            run.progress(done=run.state.get("learnt", 0) + run.state.get("scored", 0))
