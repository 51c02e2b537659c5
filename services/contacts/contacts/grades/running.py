"""Grading many: those for whom time has changed something, and everybody after the scheme did."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.jobs import JobRun, job
from contacts.grades.actions import grade_all
from contacts.grades.model import Grading, Purchase
from contacts.grades.schemes import REGRADE
from contacts.people.model import Person

STEP = 1000
PER_SWEEP = 500


def sweep(session: Session, now: datetime) -> int:
    """Grade those who are due, a batch at a time; how many were."""
    waiting = select(Grading.person_id).where(Grading.due_at <= now).order_by(Grading.due_at).limit(PER_SWEEP)
    locked = select(Person).where(Person.id.in_(waiting)).order_by(Person.id)
    found = session.scalars(locked.with_for_update(of=Person, key_share=True, skip_locked=True)).all()
    grade_all(session, found, "age")
    return len(found)


@job(REGRADE)
def regrade_everybody(run: JobRun) -> dict[str, Any]:
    """Grade all who have a grade or might have one, some a step; the result counts them."""
    while True:
        with run.step() as session:
            found = session.scalars(_next(run.state.get("after"))).all()
            changed = grade_all(session, found, "scheme")
            run.state["changed"] = run.state.get("changed", 0) + changed
            run.state["graded"] = run.state.get("graded", 0) + len(found)
            run.progress(done=run.state["graded"])
            if found:
                run.state["after"] = str(found[-1].id)
        if len(found) < STEP:
            return {"graded": run.state["graded"], "changed": run.state["changed"]}


def _next(after: str | None) -> Any:
    """The next people in the order of their ids, locked. Who has neither bought nor asked has no grade to change."""
    bought = select(Purchase.person_id).where(Purchase.person_id == Person.id).exists()
    concerned = or_(Person.grade.is_not(None), Person.lifecycle.in_(("lead", "opportunity")), bought)
    statement = select(Person).where(concerned).order_by(Person.id).limit(STEP)
    if after is not None:
        statement = statement.where(Person.id > UUID(after))
    return statement.with_for_update(of=Person, key_share=True)
