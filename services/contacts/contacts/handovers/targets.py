"""Who may hand over, and to whom."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.errors import Forbidden, Invalid
from contacts.staff.model import StaffMember


def require_all() -> None:
    """Forbidden for who does not reach all records: a hand-over moves whatever is somebody's."""
    if actor().reach != "all":
        raise Forbidden("Only those who reach all records hand over all that is somebody's.", "not_a_manager")


def check_takers(session: Session, wanted: Sequence[str], field: str = "to_user_id") -> None:
    """Invalid, naming `field`, where one of these users is no active colleague."""
    ids = {UUID(one) for one in wanted}
    known = select(StaffMember.user_id).where(
        StaffMember.user_id.in_(ids), StaffMember.active, StaffMember.partner_id.is_(None)
    )
    if ids - set(session.scalars(known)):
        raise Invalid(field, "unknown_reference", "There is no such active colleague.")
