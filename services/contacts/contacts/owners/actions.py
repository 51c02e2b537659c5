"""Handing a customer on: the one place that every change of an owner by somebody's hand passes through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from chassis.access import actor, load, visible
from chassis.errors import Refusal
from contacts.interactions.model import Interaction
from contacts.owners.cause import because
from contacts.staff.actions import ownership
from contacts.staff.rules import OWNERSHIP

_Owned = tuple[UUID | None, ...]


def hand_on(session: Session, record: Any, changes: dict[str, Any]) -> None:
    """Take `owner_id`, `team_id` and `partner_id` out of `changes` of a person or company (locked), and put in whose
    it is from now on; what was said with the customer moves along. Needs the owner's access. Without another team it
    is the new owner's team. Invalid where the actor may not give it to that owner."""
    wanted = _wanted(record, changes)
    if wanted is None:
        return
    load(session, type(record), record.id, access="owner")
    values = _settled(session, wanted, stays_in_sight=_by_grant(record))
    changes |= values
    because(session, "edited")
    move_along(session, type(record), [record.id], values)


def hand_many_on(session: Session, model: type[Any], changes: Mapping[Any, dict[str, Any]]) -> set[Any]:
    """`hand_on` for many records of `model` (locked), each with its `changes`, in a few statements. The records that
    the actor may not hand on, whose changes are left as they were."""
    wanted = {record: known for record, said in changes.items() if (known := _wanted(record, said, take=False))}
    if not wanted:
        return set()
    ids = select(model.id).where(model.id.in_([record.id for record in wanted]))
    mine = set(session.scalars(visible(ids, model, access="owner")))
    groups: dict[tuple[_Owned, bool], list[Any]] = defaultdict(list)
    for record, owned in wanted.items():
        groups[owned, _by_grant(record)].append(record)
    refused = {record for record in wanted if record.id not in mine}
    because(session, "edited")
    for (owned, by_grant), records in groups.items():
        given = [record for record in records if record not in refused]
        try:
            values = _settled(session, owned, stays_in_sight=by_grant)
        except Refusal:
            refused.update(given)
            continue
        for record in given:
            changes[record].update(values)
        move_along(session, model, [record.id for record in given], values)
    return refused


def move_along(session: Session, model: type[Any], ids: Sequence[UUID], owned: Mapping[str, Any]) -> None:
    """What was said with these people, or these companies, belongs to whom they belong to."""
    about: ColumnElement[bool] = Interaction.person_id.in_(ids)
    if model.__tablename__ == "companies":
        about = Interaction.company_id.in_(ids) & Interaction.person_id.is_(None)
    session.execute(update(Interaction).where(about).values(dict(owned)))


def _wanted(record: Any, changes: dict[str, Any], *, take: bool = True) -> _Owned | None:
    """Whose the record shall be by `changes`, out of which that is taken; None where it stays whose it is."""
    given = {part: changes.pop(part) if take else changes[part] for part in OWNERSHIP if part in changes}
    if all(value == getattr(record, part) for part, value in given.items()):
        return None
    wanted = {part: getattr(record, part) for part in OWNERSHIP} | given
    if wanted["owner_id"] != record.owner_id and wanted["team_id"] == record.team_id:
        wanted["team_id"] = None  # the new owner's team
    return tuple(wanted[part] for part in OWNERSHIP)


def _settled(session: Session, wanted: _Owned, *, stays_in_sight: bool) -> dict[str, Any]:
    owned = ownership(session, dict(zip(OWNERSHIP, wanted, strict=True)), stays_in_sight=stays_in_sight)
    return {part: getattr(owned, part) for part in OWNERSHIP}


def _by_grant(record: Any) -> bool:
    """Whether the actor, who has the owner's access, has it by a grant: they see the record whoever's it is then."""
    return actor().reach == "own" and record.owner_id != actor().id
