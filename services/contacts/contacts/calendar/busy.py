"""Who is busy when: the conflicts of an appointment, and the free/busy of a team."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.access import actor, visible
from chassis.errors import Conflict, Forbidden
from contacts.calendar import rules
from contacts.calendar.model import Appointment, AppointmentUser
from contacts.staff import actions as staff
from contacts.staff.model import StaffMember

_MAX_CONFLICTS = 20


def take_turns(session: Session, user_ids: Iterable[UUID]) -> None:
    """Until the transaction ends nobody else plans for any of these users. Always in the same order: no deadlock."""
    for user_id in sorted(set(user_ids)):
        key = func.hashtextextended(f"contacts.calendar:{user_id}", 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def refuse_overlap(session: Session, appointment: Appointment) -> None:
    """Conflict, which names them, where an attending colleague has other appointments in that time. A title is told
    only to who reaches that appointment; of others one learns that the time is taken."""
    found = session.execute(
        _overlapping(appointment.user_ids, appointment.starts_at, appointment.ends_at)
        .where(AppointmentUser.appointment_id != appointment.id)
        .limit(_MAX_CONFLICTS)
    ).all()
    if not found:
        return
    ids = [row.appointment_id for row in found]
    titles = dict(
        session.execute(
            visible(select(Appointment.id, Appointment.title), Appointment).where(Appointment.id.in_(ids))
        ).all()
    )
    names = staff.names(session, (row.user_id for row in found))
    who = ", ".join(sorted({names.get(row.user_id) or str(row.user_id) for row in found}))
    raise Conflict(
        "appointment_conflict",
        f"Taken already: {who}. Send it with `force` true to plan it all the same.",
        conflicts=[
            {
                "user_id": str(row.user_id),
                "name": names.get(row.user_id),
                "appointment_id": str(row.appointment_id),
                "title": titles.get(row.appointment_id),
                "starts_at": row.starts_at.isoformat(),
                "ends_at": row.ends_at.isoformat(),
            }
            for row in found
        ],
    )


def of_team(
    session: Session, start: datetime, end: datetime, team_id: UUID | None, user_ids: Sequence[UUID]
) -> dict[str, Any]:
    """When each of the users, or of a team's active members, is busy and free; and when all of them are free."""
    rules.check_range(start, end)
    wanted = list(dict.fromkeys(user_ids)) or _members(session, team_id)
    if actor().reach == "partner" and set(wanted) != {actor().id}:
        raise Forbidden("Partners see only their own calendar.", "partner_reach")
    spans: dict[UUID, list[tuple[datetime, datetime]]] = {user_id: [] for user_id in wanted}
    for row in session.execute(_overlapping(wanted, start, end)):
        spans[row.user_id].append((max(row.starts_at, start), min(row.ends_at, end)))
    names = staff.names(session, wanted)
    return {
        "users": [
            {
                "user_id": user_id,
                "name": names.get(user_id),
                "busy": _spans(rules.merged(taken)),
                "free": _spans(rules.free(taken, start, end)),
            }
            for user_id, taken in spans.items()
        ],
        "all_free": _spans(rules.free([span for taken in spans.values() for span in taken], start, end)),
    }


def _overlapping(user_ids: Iterable[UUID], start: datetime, end: datetime) -> Any:
    """Half-open: what ends as another starts does not overlap it. Nothing is longer than `LONGEST`, which lets the
    index on (user_id, starts_at) bound the search on both sides."""
    row = AppointmentUser
    return (
        select(row.user_id, row.appointment_id, row.starts_at, row.ends_at)
        .where(row.user_id.in_(list(user_ids)), row.busy)
        .where(row.starts_at < end, row.starts_at > start - rules.LONGEST, row.ends_at > start)
        .order_by(row.starts_at, row.user_id)
    )


def _members(session: Session, team_id: UUID | None) -> list[UUID]:
    if team_id is None:
        return [who] if (who := actor().id) else []
    members = select(StaffMember.user_id).where(StaffMember.team_id == team_id, StaffMember.active)
    return list(session.scalars(members.order_by(StaffMember.name, StaffMember.user_id)))


def _spans(spans: Iterable[tuple[datetime, datetime]]) -> list[dict[str, datetime]]:
    return [{"starts_at": start, "ends_at": end} for start, end in spans]
