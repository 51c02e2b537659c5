"""Who may be in the team of a deal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from chassis.errors import FieldError, Invalid

ROLES = ("sales", "presales", "account_manager", "support", "executive", "other")
ACCESS = ("read", "write", "owner")


def check_members(members: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Invalid, naming every place at fault, unless each is a user or a team, is named once, and ends, if it does, in
    the future."""
    errors = []
    named = [(one.get("user_id"), one.get("team_id")) for one in members]
    for place, (user_id, team_id) in enumerate(named):
        path = f"members.{place}"
        if (user_id is None) == (team_id is None):
            errors.append(FieldError(f"{path}.user_id", "one_of", "Name a user (user_id) or a team (team_id)."))
        if (user_id, team_id) in named[:place]:
            errors.append(FieldError(f"{path}.user_id", "duplicate", "Named already."))
        until = members[place].get("until")
        if until is not None and until <= now:
            errors.append(FieldError(f"{path}.until", "past", "Access ends in the future."))
    if errors:
        raise Invalid.many(errors)
