"""What the pipeline looks like each night, kept as what changed: the clock asks for it, the jobs process looks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, and_, case, cast, exists, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Conflict
from chassis.jobs import Job, JobRun, job, start_job
from sales.credits.shares import KEPT
from sales.deals.model import Deal
from sales.forecasts.categories import CATEGORY, with_category
from sales.forecasts.model import DealState, Snapshot
from sales.locks import hold
from sales.pipelines.model import Stage

KIND = "sales.forecast_snapshot"
_SEEN = ("status", "category", "amount", "probability", "due_on")
_FIRST = timedelta(days=92)  # how far back the first snapshot looks for closed deals
_PAGE = 10_000  # a first night looks at all deals; a step stays far below the timeout of a statement
_PLAIN = {"synchronize_session": False}
_LATE = timedelta(hours=1)  # a deal may be committed so long after the instant at which it was closed


def ask(session: Session, now: datetime) -> None:
    """Start the job of this day's snapshot, unless it was taken or somebody is at it."""
    under_way = select(Job.id).where(Job.kind == KIND, Job.status.in_(("waiting", "running"))).limit(1)
    if session.get(Snapshot, now.date()) is None and session.scalar(under_way) is None:
        start_job(session, KIND)


@job(KIND)
def run_snapshot(run: JobRun) -> dict[str, Any]:
    """Take the snapshot of the day on which the job began, once, page by page: after a crash the rest follows. Only at
    the end does the day have one; what a job that failed for good noted of it is true, and found again by the next. A
    day on which nobody could take one has none: what the deals looked like then is not known."""
    if not run.state:
        with run.step() as session:
            if session.get(Snapshot, clock.now().date()):
                return {"changed": None}
            run.state = _begin(session, clock.now())
    began, since = (datetime.fromisoformat(run.state[name]) for name in ("began", "since"))
    while run.state["after"] is not None:
        with run.step() as session:
            hold(session, "forecast snapshot")  # two at once would write down the same
            page = _page(session, since, UUID(run.state["after"]))
            if page:
                _note(session, page, since, began.date())
            run.state["after"] = str(page[-1]) if page else None
            run.state["seen"] += len(page)
            run.progress(done=run.state["seen"])
    with run.step() as session:
        return {"changed": _end(session, began)}


def _begin(session: Session, now: datetime) -> dict[str, Any]:
    last = session.scalar(select(func.max(Snapshot.taken_at)))
    since = last - _LATE if last else now - _FIRST
    return {"began": now.isoformat(), "since": since.isoformat(), "after": str(UUID(int=0)), "seen": 0}


def _page(session: Session, since: datetime, after: UUID) -> Sequence[UUID]:
    """The ids of the next deals that are open, or were closed or credited since."""
    deals = select(Deal.id).where(Deal.id > after, _looked_at(since))
    return session.scalars(deals.order_by(Deal.id).limit(_PAGE)).all()


def _note(session: Session, page: Sequence[UUID], since: datetime, day: date) -> None:
    """Write down those of these deals that are seen otherwise than by the last snapshot; of one that was seen on this
    day already, by a job that failed, how it is seen now."""
    seen = _seen(since).where(Deal.id.between(page[0], page[-1])).cte("seen")
    mine, theirs = (tuple_(*(c[name] for name in _SEEN)) for c in (DealState.__table__.c, seen.c))
    current = DealState.until_on.is_(None), DealState.deal_id == seen.c.deal_id
    other = mine.is_distinct_from(theirs)
    again = update(DealState).where(*current, other, DealState.from_on == day)
    session.execute(again.values({name: seen.c[name] for name in _SEEN}), execution_options=_PLAIN)
    over = update(DealState).where(*current, other, DealState.from_on < day).values(until_on=day)
    session.execute(over, execution_options=_PLAIN)
    names = ["deal_id", "from_on", *_SEEN]
    rows = select(seen.c.deal_id, cast(day, Date), *(seen.c[name] for name in _SEEN)).where(~exists().where(*current))
    session.execute(insert(DealState).from_select(names, rows))


def _end(session: Session, began: datetime) -> int | None:
    """The day has its snapshot; how many deals it found changed. None where another job was first."""
    changed = session.scalar(select(func.count()).where(DealState.from_on == began.date())) or 0
    new = insert(Snapshot).values(taken_on=began.date(), taken_at=began, changed=changed).on_conflict_do_nothing()
    return changed if session.scalar(new.returning(Snapshot.taken_on)) else None


def _seen(since: datetime) -> Select[Any]:
    """How the deals stand that are open, or were closed or credited since."""
    closed_on = cast(func.timezone("UTC", Deal.closed_at), Date)
    columns = (
        Deal.id.label("deal_id"), Deal.status, CATEGORY.label("category"),
        func.coalesce(KEPT, 0).label("amount"), Stage.probability,
        case((Deal.status == "open", Deal.expected_close), else_=closed_on).label("due_on"),
    )  # fmt: skip
    return with_category(select(*columns).select_from(Deal)).where(_looked_at(since))


def _looked_at(since: datetime) -> ColumnElement[bool]:
    credited = and_(Deal.credited > 0, Deal.updated_at >= since)
    return or_(Deal.status == "open", Deal.closed_at >= since, credited)


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
