"""What becomes of what somebody had who has left: it is the deputy's, or nobody's until somebody takes it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock
from contacts.companies import actions as companies
from contacts.companies.model import Company
from contacts.handovers import grants
from contacts.handovers.actions import start
from contacts.handovers.deputies import deputy_of
from contacts.handovers.moving import handing_over, to_come
from contacts.handovers.rules import INCLUDED
from contacts.owners import cause
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.staff.model import StaffMember

BATCH = 500
_PLANNED = ("task_series", "tasks", "appointment_series", "appointments")


def release(session: Session) -> int:
    """Take the records of a user who left off them, a batch at a time; the number of records. With a deputy a hand-over
    comes first, once. What nobody takes stays with the team, where a manager sees it without an owner and gives it to
    somebody; what was shared with the user ends."""
    gone = session.scalars(
        select(StaffMember).where(~StaffMember.active, ~StaffMember.released).limit(1).with_for_update(skip_locked=True)
    ).one_or_none()
    if gone is None or handing_over(session, gone.user_id):
        return 0
    deputy_id = None if gone.handed_over else deputy_of(session, gone.user_id)
    if deputy_id is not None:
        gone.handed_over = True
        start(session, _to_deputy(gone.user_id, deputy_id))
        return 0
    cause.because(session, cause.LEFT)
    done = _release_owned(session, gone.user_id) + grants.end(session, gone.user_id, BATCH)
    for kind in _PLANNED:
        model, coming = to_come(kind)
        nobodys = update(model).where(model.owner_id == gone.user_id, coming)
        session.execute(nobodys.values(owner_id=None, updated_at=clock.now()))
    gone.released = done == 0
    return done


def _to_deputy(user_id: UUID, deputy_id: UUID) -> dict[str, Any]:
    return {
        "from_user_id": user_id, "to_user_id": deputy_id, "by_team": {}, "include": list(INCLUDED),
        "reason": "user_left: to the deputy", "dry_run": False,
    }  # fmt: skip


def _release_owned(session: Session, owner_id: UUID) -> int:
    done = 0
    for model, feature, told in ((Person, people, "contact.updated"), (Company, companies, "company.updated")):
        rows = _next(session, model, owner_id)
        for row in rows:
            row.owner_id = None
        session.flush()
        for row in rows:
            feature.tell(session, told, row)
        done += len(rows)
    return done


def _next(session: Session, model: Any, owner_id: UUID) -> Any:
    theirs = select(model).where(model.owner_id == owner_id).limit(BATCH)
    return session.scalars(theirs.with_for_update(skip_locked=True)).all()
