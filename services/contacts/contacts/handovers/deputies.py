"""Who takes over what is somebody's when they leave, unless somebody says otherwise."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import Invalid, NotFound
from contacts.handovers.model import Deputy
from contacts.handovers.rules import SERVICES
from contacts.handovers.targets import check_giver, check_may_give, check_takers, require_all
from contacts.staff.model import StaffMember

_LONGEST = 20


def name(session: Session, user_id: UUID, deputy_id: UUID) -> tuple[Deputy, bool]:
    """Name the deputy of a user, instead of whoever it was; and whether there was none. Invalid for a deputy who is
    no active colleague, or the user, and for a user of whom nothing is known; Forbidden for who might not hand over
    everything to them."""
    require_all()
    if user_id == deputy_id:
        raise Invalid("deputy_id", "self_reference", "Nobody is their own deputy.")
    check_giver(session, user_id, "user_id")
    check_takers(session, [str(deputy_id)], "deputy_id")
    check_may_give(session, SERVICES, (user_id, deputy_id))
    now = clock.now()
    new = {"id": user_id, "deputy_id": deputy_id, "version": 1, "created_at": now, "updated_at": now}
    made = session.scalar(insert(Deputy).values(new).on_conflict_do_nothing().returning(Deputy.id)) is not None
    found = session.get_one(Deputy, user_id, with_for_update=True, populate_existing=True)
    found.deputy_id = deputy_id
    return found, made


def unname(session: Session, user_id: UUID) -> None:
    """The user has no deputy any more. NotFound where there was none."""
    require_all()
    found = session.get(Deputy, user_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("deputy")
    session.delete(found)


def deputy_of(session: Session, user_id: UUID) -> UUID | None:
    """Who takes over from a user: the deputy; where the deputy has left, too, the deputy's."""
    seen = {user_id}
    for _ in range(_LONGEST):
        row = session.execute(
            select(Deputy.deputy_id, StaffMember.active)
            .join(StaffMember, StaffMember.user_id == Deputy.deputy_id).where(Deputy.id == user_id)
        ).one_or_none()  # fmt: skip
        if row is None or row.deputy_id in seen:
            return None
        if row.active:
            deputy: UUID = row.deputy_id
            return deputy
        user_id = row.deputy_id
        seen.add(user_id)
    return None
