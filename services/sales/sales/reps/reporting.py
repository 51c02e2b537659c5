"""Who reports to whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import Invalid, NotFound
from sales.locks import hold
from sales.managers import require_reach_all
from sales.reps.actions import find_rep, manager_of
from sales.reps.model import Rep, ReportingLine


def show(session: Session, rep_id: UUID) -> dict[str, Any]:
    """A rep's own manager where one is named, and the line above them, as ReportingOut. NotFound for who is no user."""
    if session.get(Rep, rep_id) is None:
        raise NotFound("rep")
    own = session.get(ReportingLine, rep_id)
    return {"rep_id": rep_id, "manager_id": own.manager_id if own else None, "line": managers_of(session, rep_id)}


def set_manager(session: Session, rep_id: UUID, manager_id: UUID | None) -> dict[str, Any]:
    """Say whom a rep reports to; None: whoever manages their team. Invalid for a circle."""
    require_reach_all("who reports to whom")
    if session.get(Rep, rep_id) is None:
        raise NotFound("rep")
    hold(session, "reporting lines")  # two at once could each be right and together make a circle
    own = session.get(ReportingLine, rep_id, populate_existing=True)
    if manager_id is None:
        if own is not None:
            session.delete(own)
    else:
        find_rep(session, manager_id, "manager_id")
        if rep_id in (manager_id, *_up(session, manager_id)):
            raise Invalid("manager_id", "circle", "They would report to themselves, directly or through others.")
        if own is None:
            session.add(ReportingLine(id=rep_id, manager_id=manager_id))
        else:
            own.manager_id = manager_id
    session.flush()
    return show(session, rep_id)


def managers_of(session: Session, rep_id: UUID) -> list[UUID]:
    """The active managers above a rep, nearest first."""
    line = list(_up(session, rep_id))
    active = set(session.scalars(select(Rep.id).where(Rep.id.in_(line), Rep.active)))
    return [manager_id for manager_id in line if manager_id in active]


def _up(session: Session, rep_id: UUID) -> Iterator[UUID]:
    """Each next one: who is named, else who manages the team of somebody who does not manage one."""
    seen = {rep_id}
    following = _next(session, rep_id)
    while following is not None and following not in seen:
        yield following
        seen.add(following)
        following = _next(session, following)


def _next(session: Session, rep_id: UUID) -> UUID | None:
    if line := session.get(ReportingLine, rep_id):
        return line.manager_id
    rep = session.get(Rep, rep_id)
    if rep is None or rep.manages or rep.team_id is None:
        return None
    return manager_of(session, rep.team_id, but=rep_id)
