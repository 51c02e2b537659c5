"""Reading the history of owners."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import actor, load
from chassis.errors import Forbidden
from contacts.owners.model import OwnerChange
from contacts.staff import actions as staff
from contacts.staff.rules import OWNERSHIP

MOST = 500


def owners_of(session: Session, model: type[Any], record_id: UUID) -> list[dict[str, Any]]:
    """Whose a person or company within reach is and was, the latest first; the last entry is how it began. Forbidden
    for partners."""
    if actor().reach == "partner":
        raise Forbidden("Partners do not see who a customer belonged to.", "partner_reach")
    record = load(session, model, record_id)
    found = session.scalars(
        select(OwnerChange).where(OwnerChange.record_id == record_id).order_by(OwnerChange.id.desc()).limit(MOST)
    ).all()
    changes = [{column.key: getattr(row, column.key) for column in OwnerChange.__table__.columns} for row in found]
    if len(found) < MOST:
        changes.append(_beginning(record, changes))
    users = {change[side] for change in changes for side in ("from_owner_id", "to_owner_id") if change[side]}
    names = staff.names(session, users)
    return [
        change | {f"{side}_owner": names.get(change[f"{side}_owner_id"]) for side in ("from", "to")}
        for change in changes
    ]


def _beginning(record: Any, changes: list[dict[str, Any]]) -> dict[str, Any]:
    """Whose it was first: before the first change, or still. Not written down for each of a million imported rows."""
    first = changes[-1] if changes else {f"from_{part}": getattr(record, part) for part in OWNERSHIP}
    began = {f"to_{part}": first[f"from_{part}"] for part in OWNERSHIP} | {f"from_{part}": None for part in OWNERSHIP}
    by = getattr(record, "entered_by", None)
    return {"at": record.created_at, "by_id": by, "why": f"created ({record.source})", "hand_over_id": None} | began
