"""Who may hand over, and to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis.access import actor
from chassis.errors import Forbidden, Invalid
from contacts.handovers.moving import counts
from contacts.handovers.rules import KINDS, SERVICES
from contacts.staff.model import StaffMember

ADMIN = "gateway:admin"


def require_all() -> None:
    """Forbidden for who does not reach all records: a hand-over moves whatever is somebody's."""
    if actor().reach != "all":
        raise Forbidden("Only those who reach all records hand over all that is somebody's.", "not_a_manager")


def check_may_give(session: Session, include: Iterable[str], users: Iterable[UUID], advice: str = "") -> None:
    """Forbidden where it is not the caller's to hand over: what contacts holds is handed over by administrators and by
    the managers of all of `users`, who give and take; what one of the other services of `include` holds, by who manages
    them there. `advice` ends the refusal: what else the caller may do."""
    who = actor()
    in_team = _all_of(session, who.team_id, set(users))
    managed = [service for service in SERVICES if (reach := _manages(service)) == "all" or (reach and in_team)]
    for service in (one for one in include if one in SERVICES and one not in managed):
        raise Forbidden(f"You may not hand over what is somebody's in {service}{advice}.", "not_a_manager")
    if not managed and not who.may(ADMIN):
        raise Forbidden("Administrators and a user's managers hand over what is the user's.", "not_a_manager")


def shown_to_them(user_id: InstrumentedAttribute[UUID], *concerned: ColumnElement[bool]) -> ColumnElement[bool]:
    """What passes from the user `user_id` to others is shown to administrators, to the managers of that user, and to
    whom it concerns: the user, and for whom one of `concerned` holds."""
    who = actor()
    managed = [_manages(service) for service in SERVICES] if who.reach == "all" else []
    if who.reach == "all" and (who.may(ADMIN) or "all" in managed):
        return true()
    ways = [user_id == who.id, *concerned]
    if "team" in managed and who.team_id:
        ways.append(user_id.in_(select(StaffMember.user_id).where(StaffMember.team_id == who.team_id)))
    return or_(*ways)


def _manages(service: str) -> str | None:
    """Whose records the caller changes in a service besides the own: `all`, or those of the `team`."""
    who = actor()
    reach = who.reach_in(service)
    return reach if reach in ("all", "team") and who.may(f"{service}:write") else None


def _all_of(session: Session, team_id: UUID | None, users: set[UUID]) -> bool:
    mine = select(StaffMember.user_id).where(StaffMember.user_id.in_(users), StaffMember.team_id == team_id)
    return team_id is not None and users == set(session.scalars(mine))


def check_giver(session: Session, user_id: UUID, field: str = "from_user_id") -> None:
    """Invalid, naming `field`, for a user of whom nothing is known. Known is who was told of, also who left since; and
    who has something here while the news of them is still on its way, for a token works at once. Of anybody else
    nothing would move."""
    told = session.get(StaffMember, user_id) is not None
    if not told and not any(counts(session, user_id, KINDS).values()):
        raise Invalid(field, "unknown_reference", "There is no such user.")


def check_takers(session: Session, wanted: Sequence[str], field: str = "to_user_id") -> None:
    """Invalid, naming `field`, where one of these users is no active colleague."""
    ids = {UUID(one) for one in wanted}
    known = select(StaffMember.user_id).where(
        StaffMember.user_id.in_(ids), StaffMember.active, StaffMember.partner_id.is_(None)
    )
    if ids - set(session.scalars(known)):
        raise Invalid(field, "unknown_reference", "There is no such active colleague.")
