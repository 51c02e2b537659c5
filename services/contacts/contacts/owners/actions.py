"""Handing a customer on: the one place that every change of an owner by somebody's hand passes through."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis.access import actor, load
from contacts.interactions.model import Interaction
from contacts.owners.cause import because
from contacts.staff.actions import ownership
from contacts.staff.rules import OWNERSHIP


def hand_on(session: Session, record: Any, changes: dict[str, Any]) -> None:
    """Take `owner_id`, `team_id` and `partner_id` out of `changes` of a person or company (locked), and put in whose
    it is from now on; what was said with the customer moves along. Needs the owner's access. Without another team it
    is the new owner's team. Invalid where the actor may not give it to that owner."""
    given = {part: changes.pop(part) for part in OWNERSHIP if part in changes}
    if all(value == getattr(record, part) for part, value in given.items()):
        return
    load(session, type(record), record.id, access="owner")
    wanted = {part: getattr(record, part) for part in OWNERSHIP} | given
    if wanted["owner_id"] != record.owner_id and wanted["team_id"] == record.team_id:
        wanted["team_id"] = None  # the new owner's team
    owned = ownership(session, wanted, stays_in_sight=_by_grant(record))
    values = {part: getattr(owned, part) for part in OWNERSHIP}
    changes |= values
    because(session, "edited")
    about = Interaction.person_id == record.id
    if record.__tablename__ == "companies":
        about = (Interaction.company_id == record.id) & Interaction.person_id.is_(None)
    session.execute(update(Interaction).where(about).values(values))


def _by_grant(record: Any) -> bool:
    """Whether the actor, who has the owner's access, has it by a grant: they see the record whoever's it is then."""
    return actor().reach == "own" and record.owner_id != actor().id
