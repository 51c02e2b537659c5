"""Who may hand over, and to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.errors import Forbidden, Invalid
from contacts.handovers.rules import SERVICES
from contacts.staff.model import StaffMember


def require_all() -> None:
    """Forbidden for who does not reach all records: a hand-over moves whatever is somebody's."""
    if actor().reach != "all":
        raise Forbidden("Only those who reach all records hand over all that is somebody's.", "not_a_manager")


def check_services(session: Session, include: Iterable[str], users: Iterable[UUID], advice: str = "") -> None:
    """Forbidden where the other services of `include` are not the caller's to hand over: it takes the scope to write
    there and the reach of all records, or of the team's where all of `users`, who give and take, are of the team.
    `advice` ends the refusal: what else the caller may do."""
    who = actor()
    in_team = _all_of(session, who.team_id, set(users))
    for service in (one for one in include if one in SERVICES):
        reach = who.reach_in(service)
        if not who.may(f"{service}:write") or not (reach == "all" or (reach == "team" and in_team)):
            raise Forbidden(f"You may not hand over what is somebody's in {service}{advice}.", "not_a_manager")


def _all_of(session: Session, team_id: UUID | None, users: set[UUID]) -> bool:
    mine = select(StaffMember.user_id).where(StaffMember.user_id.in_(users), StaffMember.team_id == team_id)
    return team_id is not None and users == set(session.scalars(mine))


def check_takers(session: Session, wanted: Sequence[str], field: str = "to_user_id") -> None:
    """Invalid, naming `field`, where one of these users is no active colleague."""
    ids = {UUID(one) for one in wanted}
    known = select(StaffMember.user_id).where(
        StaffMember.user_id.in_(ids), StaffMember.active, StaffMember.partner_id.is_(None)
    )
    if ids - set(session.scalars(known)):
        raise Invalid(field, "unknown_reference", "There is no such active colleague.")
