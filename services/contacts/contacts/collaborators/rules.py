"""What may be granted, to whom."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from chassis.errors import Invalid

ACCESS = ("read", "write", "owner")


def check_grantee(user_id: UUID | None, team_id: UUID | None) -> None:
    """A grant is a user's or a team's. Invalid otherwise."""
    if (user_id is None) == (team_id is None):
        raise Invalid("user_id", "one_of", "Name a user (user_id) or a team (team_id).")


def check_until(until: datetime | None, now: datetime) -> None:
    """A grant that has an end ends in the future. Invalid otherwise."""
    if until is not None and until <= now:
        raise Invalid("until", "in_the_past", "The end of a grant lies in the future.")
