"""What the pipeline looks like each night, kept as what changed: the clock asks for it, the jobs process looks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Conflict
from chassis.jobs import Job, JobRun, job, start_job
from sales.deals.model import Deal
from sales.forecasts.categories import CATEGORY, with_category
from sales.forecasts.model import DealState, Snapshot
from sales.pipelines.model import Stage

KIND = "sales.forecast_snapshot"
_SEEN = ("status", "category", "amount", "probability", "due_on")
_FIRST = timedelta(days=92)  # how far back the first snapshot looks for closed deals
_LATE = timedelta(hours=1)  # a deal may be committed so long after the instant at which it was closed


def ask(session: Session, now: datetime) -> None:
    """Start the job of this day's snapshot, unless it was taken or somebody is at it."""
    under_way = select(Job.id).where(Job.kind == KIND, Job.status.in_(("waiting", "running"))).limit(1)
    if session.get(Snapshot, now.date()) is None and session.scalar(under_way) is None:
        start_job(session, KIND)


@job(KIND)
def run_snapshot(run: JobRun) -> dict[str, Any]:
    """Take the snapshot of the day on which the job runs, all of it or nothing."""
    with run.step() as session:
        return {"changed": take(session, clock.now())}


def take(session: Session, now: datetime) -> int | None:
    """The snapshot of this day, once: how many deals it found changed. A day on which nobody could take one has none,
    and is never made up afterwards: what the deals looked like then is not known."""
    day = now.date()
    if session.get(Snapshot, day):
        return None
    last = session.scalar(select(func.max(Snapshot.taken_at)))
    new = insert(Snapshot).values(taken_on=day, taken_at=now, changed=0).on_conflict_do_nothing()
    if session.scalar(new.returning(Snapshot.taken_on)) is None:
        return None
    seen = _seen(last - _LATE if last else now - _FIRST).cte("seen")
    mine, theirs = (tuple_(*(c[name] for name in _SEEN)) for c in (DealState.__table__.c, seen.c))
    current = DealState.until_on.is_(None), DealState.deal_id == seen.c.deal_id
    over = update(DealState).where(*current, mine.is_distinct_from(theirs)).values(until_on=day)
    session.execute(over, execution_options={"synchronize_session": False})
    names = ["deal_id", "from_on", *_SEEN]
    rows = select(seen.c.deal_id, cast(day, Date), *(seen.c[name] for name in _SEEN)).where(~exists().where(*current))
    session.execute(insert(DealState).from_select(names, rows))
    changed = session.scalar(select(func.count()).where(DealState.from_on == day)) or 0
    session.execute(update(Snapshot).where(Snapshot.taken_on == day).values(changed=changed))
    return changed


def _seen(since: datetime) -> Select[Any]:
    """How the deals stand that are open, or were closed since."""
    closed_on = cast(func.timezone("UTC", Deal.closed_at), Date)
    columns = (
        Deal.id.label("deal_id"), Deal.status, CATEGORY.label("category"),
        func.coalesce(Deal.base_amount, 0).label("amount"), Stage.probability,
        case((Deal.status == "open", Deal.expected_close), else_=closed_on).label("due_on"),
    )  # fmt: skip
    return with_category(select(*columns).select_from(Deal)).where(or_(Deal.status == "open", Deal.closed_at >= since))


def newest(session: Session, by: date) -> date | None:
    """The day of the newest snapshot that was taken by then."""
    return session.scalar(select(func.max(Snapshot.taken_on)).where(Snapshot.taken_on <= by))


def need(session: Session, by: date) -> date:
    """`newest`; Conflict where there is none."""
    if (day := newest(session, by)) is None:
        raise Conflict("no_snapshot", f"No snapshot had been taken by {by}.")
    return day


def seen_on(state: Any, day: date) -> ColumnElement[bool]:
    """The WHERE clause of how the snapshot of a day saw the deals. `state`: DealState or an alias."""
    return and_(state.from_on <= day, or_(state.until_on.is_(None), state.until_on > day))
