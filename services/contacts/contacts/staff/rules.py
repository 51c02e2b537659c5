"""Whose a new record is."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.errors import Invalid

OWNERSHIP = ("owner_id", "team_id", "partner_id")


@dataclass(frozen=True, slots=True)
class Ownership:
    """What record-level reach goes by."""

    owner_id: UUID | None = None
    team_id: UUID | None = None
    partner_id: UUID | None = None


def check_assignable(reach: str, actor_id: UUID | None, owner_id: UUID | None) -> None:
    """Who reaches only what is theirs may not give a record away, out of their own sight. Invalid otherwise."""
    if reach in ("own", "partner") and owner_id not in (None, actor_id):
        raise Invalid("owner_id", "not_assignable", "You can only enter records of your own.")
