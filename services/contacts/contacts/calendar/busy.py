"""Who is busy when: the conflicts of an appointment, and the free/busy of a team."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Row,
    Uuid,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from chassis.access import actor, visible
from chassis.errors import Conflict, Forbidden
from contacts.calendar import rules
from contacts.calendar.model import Appointment, AppointmentUser
from contacts.staff import actions as staff
from contacts.staff.model import StaffMember

_MAX_CONFLICTS = 20
_INSTANT = DateTime(timezone=True)


def take_turns(session: Session, user_ids: Iterable[UUID]) -> None:
    """Until the transaction ends nobody else plans for any of these users. Always in the same order: no deadlock."""
    for user_id in sorted(set(user_ids)):
        key = func.hashtextextended(f"contacts.calendar:{user_id}", 0)
        session.execute(select(func.pg_advisory_xact_lock(key)))


def take_time(session: Session, planned: Sequence[Appointment], force: bool) -> None:
    """Take the time of all who attend and have not declined. Their calendars are locked first, forced or not, and the
    rows written after: of two appointments at once, the later one sees the earlier. Conflict unless `force`."""
    with session.no_autoflush:
        take_turns(session, (row.user_id for appointment in planned for row in appointment.users))
        if not force:
            refuse_overlap(session, [(row.user_id, one) for one in planned for row in one.users if row.busy])
    for appointment in planned:
        for row in appointment.users:
            row.starts_at, row.ends_at = appointment.starts_at, appointment.ends_at
        appointment.forced = force
    session.flush()


def refuse_overlap(session: Session, wanted: Sequence[tuple[UUID, Appointment]]) -> None:
    """Conflict, which names them, where a colleague who is to attend has other appointments in that time. A title is
    told only to who reaches that appointment; of others one learns that the time is taken."""
    found = overlaps(session, wanted)[:_MAX_CONFLICTS]
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
                "starts_at": row.starts_at,
                "ends_at": row.ends_at,
                "wanted_starts_at": wanted[row.number - 1][1].starts_at,
            }
            for row in found
        ],
    )


def overlaps(session: Session, wanted: Sequence[tuple[UUID, Appointment]]) -> Sequence[Row[Any]]:
    """What else each of these users has in the time of the appointment beside them: `user_id`, `appointment_id`,
    `starts_at`, `ends_at`, and `number`, which of `wanted` (from 1) it overlaps; the earliest first."""
    user_ids = bindparam(None, [user_id for user_id, _ in wanted], ARRAY(Uuid))
    starts = bindparam(None, [one.starts_at for _, one in wanted], ARRAY(_INSTANT))
    ends = bindparam(None, [one.ends_at for _, one in wanted], ARRAY(_INSTANT))
    names = column("user_id", Uuid), column("starts_at", _INSTANT), column("ends_at", _INSTANT)
    spans = func.unnest(user_ids, starts, ends).table_valued(*names, with_ordinality="number", name="asked")
    asked = spans.render_derived()
    row, own = AppointmentUser, {one.id for _, one in wanted if one.id}
    either = [
        select(row.user_id, row.appointment_id, row.starts_at, row.ends_at, asked.c.number)
        .join(asked, asked.c.user_id == row.user_id)
        .where(row.busy, part, row.appointment_id.not_in(own))
        for part in meets(asked.c.starts_at, asked.c.ends_at)
    ]
    statement = union_all(*either).order_by("starts_at", "user_id", "number")
    return session.execute(statement).all() if wanted else []


def span(session: Session, query: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The range that a query asks for; days are the actor's unless it names a zone. BadRequest for none."""
    zone = query.get("time_zone") or staff.zone_of(session, actor().id)
    return rules.asked_range(query.get("start"), query.get("end"), query.get("on"), query["days"], zone)


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
    row = AppointmentUser
    return (
        select(row.user_id, row.starts_at, row.ends_at)
        .where(row.user_id.in_(list(user_ids)), row.busy, or_(*meets(start, end)))
        .order_by(row.starts_at, row.user_id)
    )


def meets(start: Any, end: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Those of which some time lies between `start` and `end`, half-open: what ends as another starts does not overlap
    it. Those that began lately, which an index by the start finds, and the few long ones that began before, which one
    by the end does."""
    row = AppointmentUser
    long = row.ends_at - row.starts_at > literal_column(f"'{rules.USUAL.days} days'::interval")
    overlap, lately = and_(row.starts_at < end, row.ends_at > start), row.starts_at > start - rules.USUAL
    return and_(overlap, lately), and_(overlap, ~lately, long)


def _members(session: Session, team_id: UUID | None) -> list[UUID]:
    if team_id is None:
        return [who] if (who := actor().id) else []
    members = select(StaffMember.user_id).where(StaffMember.team_id == team_id, StaffMember.active)
    return list(session.scalars(members.order_by(StaffMember.name, StaffMember.user_id)))


def _spans(spans: Iterable[tuple[datetime, datetime]]) -> list[dict[str, datetime]]:
    return [{"starts_at": start, "ends_at": end} for start, end in spans]
