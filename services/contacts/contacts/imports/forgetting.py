"""What was kept for the undo of imports goes when its time is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from chassis.jobs import Job
from chassis.jobs.model import ENDED
from contacts.imports.kind import KIND
from contacts.imports.model import ImportChange, ImportedCompany, ImportedPerson
from contacts.settings import settings

AT_ONCE = 20_000
_KEPT: tuple[tuple[type[Any], Any], ...] = (
    (ImportChange, ImportChange.person_id),
    (ImportedPerson, ImportedPerson.person_id),
    (ImportedCompany, ImportedCompany.company_id),
)


def forget(session: Session, now: datetime) -> int:
    """Delete what is kept of one import that can be undone no more, a part of it at a time; how many rows."""
    over = Job.ended_at < now - settings().undo_window
    left = or_(*(exists().where(model.job_id == Job.id) for model, _ in _KEPT))
    wanted = select(Job.id).where(Job.kind == KIND, Job.status.in_(ENDED), over, left).order_by(Job.id).limit(1)
    job_id = session.scalar(wanted)
    if job_id is None:
        return 0
    count = 0
    for model, key in _KEPT:
        some = select(key).where(model.job_id == job_id).limit(AT_ONCE)
        gone: Any = session.execute(delete(model).where(model.job_id == job_id, key.in_(some)))
        count += gone.rowcount
    return count
