"""The users who may be asked: who is there, who stands in for them, and who follows somebody who left."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.zones import day_of
from sales.approvals.rules import Colleague, first_free
from sales.assignment.model import Availability
from sales.reps.actions import zone_of
from sales.reps.model import Rep
from sales.reps.reporting import managers_of


def colleagues(session: Session, ids: Collection[UUID], role: str) -> dict[UUID, Colleague]:
    """The active users with these ids, or with the role."""
    statement = (
        select(Rep.id, Rep.team_id, Rep.roles, Rep.time_zone, Availability.deputy_id, Availability.absences)
        .outerjoin(Availability, Availability.id == Rep.id)
        .where(Rep.active, or_(Rep.id.in_(ids), Rep.roles.contains([role])))
    )
    rows = session.execute(statement).all()
    named = [row.deputy_id for row in rows if is_away(row.absences, row.time_zone)]
    there = set(session.scalars(select(Rep.id).where(Rep.id.in_(named), Rep.active)))
    return {
        row.id: Colleague(row.id, row.team_id, frozenset(row.roles), _deputy(row, there)) for row in rows
    }  # fmt: skip


def has_left(session: Session, user_id: UUID | None) -> bool:
    """Whether a user is known to be deactivated."""
    return user_id is not None and session.scalar(select(Rep.active).where(Rep.id == user_id)) is False


def successor(session: Session, user_id: UUID, barred: frozenset[UUID]) -> tuple[UUID | None, str]:
    """Who decides instead of a user who cannot, and why: the `deputy`, else a `manager` of the line above; None: any
    administrator (`admin`)."""
    deputy_id = session.scalar(
        select(Availability.deputy_id).join(Rep, Rep.id == Availability.deputy_id).where(
            Availability.id == user_id, Rep.active
        )
    )  # fmt: skip
    if deputy_id is not None and deputy_id not in barred:
        return deputy_id, "deputy"
    manager_id = first_free(managers_of(session, user_id), barred)
    return (manager_id, "manager") if manager_id else (None, "admin")


def is_away(absences: Sequence[Any] | None, time_zone: str | None) -> bool:
    """Whether one of somebody's absences holds on what is today for them."""
    today = day_of(clock.now(), zone_of(time_zone)).isoformat()
    return any(one["from"] <= today <= one["until"] for one in absences or ())


def _deputy(row: Any, there: Collection[UUID]) -> UUID | None:
    return row.deputy_id if row.deputy_id in there and is_away(row.absences, row.time_zone) else None
