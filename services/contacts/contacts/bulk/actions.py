"""Asking for a bulk edit, and for it to be taken back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, case, func, insert, literal, select
from sqlalchemy.orm import Session

from chassis.access import actor, load, visible
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from chassis.ids import uuid7
from chassis.jobs import Job, start_job
from chassis.jobs.model import ENDED
from contacts.bulk.kinds import Kind
from contacts.bulk.model import BulkEdit
from contacts.bulk.planning import Plan
from contacts.bulk.rules import Changes

EDIT, UNDO = "contacts.bulk-edit", "contacts.bulk-undo"
MAX_RECORDS = 100_000
_SAID = ("set", "fill", "clear", "replace", "add_tags", "remove_tags")


def start(session: Session, kind: Kind, chosen: Select[Any], changes: Changes, said: dict[str, Any]) -> BulkEdit:
    """A job that changes the records that `chosen` (a SELECT of ids that the actor sees) names now, at the version that
    they have now; those that were changed since `seen_at` are left out. Invalid for none of them, and for more than
    `MAX_RECORDS`."""
    Plan(session, kind, changes)
    who = actor()
    told = {"id": who.id, "kind": who.kind, "reach": who.reach, "team_id": who.team_id, "partner_id": who.partner_id}
    edit = BulkEdit(
        id=uuid7(), entity=kind.entity, created_by=who.id, actor=_json(told), reason=said.get("reason"), total=0,
        counts={}, changes=_json({name: said[name] for name in _SAID if name in said}),
    )  # fmt: skip
    session.add(edit)
    session.flush()
    model, version = kind.model, kind.model.version
    if said.get("seen_at"):
        version = case((model.updated_at > said["seen_at"], 0), else_=version)
    mine = visible(chosen, model, access="write").order_by(None)
    rows = mine.with_only_columns(literal(edit.id), model.id, version).limit(MAX_RECORDS + 1)
    session.execute(insert(kind.rows).from_select(["edit_id", kind.key, "version"], rows))
    edit.total = session.scalar(select(func.count()).where(kind.rows.edit_id == edit.id)) or 0
    if not 0 < edit.total <= MAX_RECORDS:
        detail = f"An edit is about 1 to {MAX_RECORDS:,} records." if edit.total else "This is nobody within reach."
        raise Invalid("filter", "out_of_range", detail)
    start_job(session, EDIT, id=edit.id, total=edit.total)
    return edit


def undo(session: Session, edit_id: UUID) -> Job:
    """A job that takes an edit back; the same one when it was asked for before. Conflict while the edit is made."""
    refuse_partners()
    edit = load(session, BulkEdit, edit_id, lock=True)
    if actor().reach != "all" and edit.created_by != actor().id:
        raise NotFound("bulk edit")
    if edit.undo_id is not None:
        return session.get_one(Job, edit.undo_id)
    if session.get_one(Job, edit.id).status not in ENDED:
        raise Conflict("job_state", "The edit is still being made; cancel its job or wait for it.")
    job = start_job(session, UNDO, params={"edit_id": str(edit.id)}, total=edit.counts.get("changed", 0))
    edit.undo_id = job.id
    return job


def all_of(session: Session, kind: Kind, ids: list[UUID]) -> None:
    """Invalid where the actor may not change one of these records."""
    known = set(
        session.scalars(visible(select(kind.model.id).where(kind.model.id.in_(ids)), kind.model, access="write"))
    )
    for place, id_ in enumerate(ids):
        if id_ not in known:
            raise Invalid(f"ids.{place}", "unknown_reference", f"There is no such {kind.one} within reach.")


def refuse_partners() -> None:
    """Forbidden for partners: they change their people one by one."""
    if actor().reach == "partner":
        raise Forbidden("Partners cannot edit in bulk.", "not_for_partners")


def _json(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))
