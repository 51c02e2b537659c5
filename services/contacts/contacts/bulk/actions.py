"""Asking for a bulk edit, looking at it before, taking it back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Select, func, insert, literal, select
from sqlalchemy.orm import Session

from chassis.access import actor, load, visible
from chassis.errors import Conflict, Forbidden, Invalid, NotFound
from chassis.ids import uuid7
from chassis.jobs import Job, start_job
from chassis.jobs.model import ENDED
from contacts.bulk.model import BulkEdit, BulkEditRow
from contacts.bulk.rules import KEPT, Changes, differing
from contacts.companies.model import Company
from contacts.people.model import Person
from contacts.staff.actions import ownership

EDIT, UNDO = "contacts.bulk-edit", "contacts.bulk-undo"
MAX_PEOPLE, SHOWN = 100_000, 10


def preview(session: Session, chosen: Select[Any], changes: Changes) -> dict[str, Any]:
    """How many people `chosen` (a SELECT of ids) names, and what would become of the first that would change."""
    _check(session, changes)
    count = session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0
    first = session.scalars(select(Person).where(Person.id.in_(chosen)).order_by(Person.id).limit(200))
    rows: list[dict[str, Any]] = []
    for person in first:
        now = state(person)
        wanted = changes.of(now)
        if wanted and len(rows) < SHOWN:
            before, after = differing(now, now | wanted)
            rows.append({"id": person.id, "name": person.name, "before": before, "after": after})
    return {"count": count, "rows": rows}


def start(session: Session, chosen: Select[Any], changes: Changes, said: dict[str, Any]) -> BulkEdit:
    """A job that changes the people whom `chosen` names now, at the version that they have now. Invalid for none of
    them, and for more than `MAX_PEOPLE`."""
    _check(session, changes)
    who = actor()
    told = {"id": who.id, "kind": who.kind, "reach": who.reach, "team_id": who.team_id, "partner_id": who.partner_id}
    names = ("set", "fill", "clear", "add_tags", "remove_tags")
    edit = BulkEdit(
        id=uuid7(), created_by=who.id, actor=_json(told), reason=said.get("reason"), total=0, counts={},
        changes=_json({name: said[name] for name in names if name in said}),
    )  # fmt: skip
    session.add(edit)
    session.flush()
    rows = chosen.order_by(None).with_only_columns(literal(edit.id), Person.id, Person.version).limit(MAX_PEOPLE + 1)
    session.execute(insert(BulkEditRow).from_select(["edit_id", "person_id", "version"], rows))
    edit.total = session.scalar(select(func.count()).where(BulkEditRow.edit_id == edit.id)) or 0
    if not 0 < edit.total <= MAX_PEOPLE:
        detail = f"An edit is about 1 to {MAX_PEOPLE:,} people." if edit.total else "This is nobody within reach."
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


def state(person: Person) -> dict[str, Any]:
    """What an edit may change of a person."""
    return {name: list(person.tags) if name == "tags" else getattr(person, name) for name in KEPT}


def by_ids(ids: list[UUID], session: Session) -> Select[Any]:
    """A SELECT of these people. Invalid where one is not within reach."""
    wanted = visible(select(Person.id).where(Person.id.in_(ids)), Person, access="write")
    known = set(session.scalars(wanted))
    for place, id_ in enumerate(ids):
        if id_ not in known:
            raise Invalid(f"ids.{place}", "unknown_reference", "There is no such person within reach.")
    return wanted


def refuse_partners() -> None:
    """Forbidden for partners: they change their people one by one."""
    if actor().reach == "partner":
        raise Forbidden("Partners cannot edit in bulk.", "not_for_partners")


def _check(session: Session, changes: Changes) -> None:
    """Invalid for what no person could be given."""
    changes.check()
    for part, values in (("set", changes.set), ("fill", changes.fill)):
        if values.get("owner_id"):
            ownership(session, {"owner_id": values["owner_id"]})
        if values.get("company_id"):
            wanted = select(Company.id).where(Company.id == values["company_id"])
            if session.scalar(visible(wanted, Company)) is None:
                raise Invalid(f"{part}.company_id", "unknown_reference", "There is no such company.")


def _json(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))
