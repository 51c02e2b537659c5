"""Draw territories anew: draft, plan, look, run, take back."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import actor, load
from chassis.encoding import to_json
from chassis.errors import Conflict, Invalid
from chassis.jobs import Job, start_job
from chassis.jobs.model import ENDED
from sales.assignment.model import AssignmentRule
from sales.locks import hold
from sales.managers import require_reach_all
from sales.matching.rules import check_tree
from sales.realignments.model import Move, Realignment
from sales.realignments.rules import check_step
from sales.realignments.schema import ChangeField
from sales.settings import settings
from sales.territories.actions import apply, own_values
from sales.territories.model import Territory
from sales.territories.rules import Place, check_countries, check_dates, check_parent

PLAN, RUN, UNDO = "sales.realignment-plan", "sales.realignment-run", "sales.realignment-undo"


def require_all() -> None:
    """Refuse (403) who does not reach all records: a re-alignment moves everybody's."""
    require_reach_all("whose territories are whose")


def create(session: Session, data: dict[str, Any]) -> Realignment:
    """A new draft."""
    require_all()
    realignment = Realignment(created_by=actor().id, **_stored(data))
    _check(session, realignment)
    session.add(realignment)
    return realignment


def change(session: Session, realignment: Realignment, changes: dict[str, Any]) -> Realignment:
    """Change what is not run yet; it is a draft again."""
    require_all()
    _check_step(session, realignment, "change")
    for name, value in _stored(changes).items():
        setattr(realignment, name, value)
    _check(session, realignment)
    realignment.status = "draft"
    return realignment


def remove(session: Session, realignment: Realignment) -> None:
    """Delete a re-alignment, and what is noted of its moves; the moves stay."""
    require_all()
    _check_step(session, realignment, "delete")
    session.delete(realignment)


def plan(session: Session, realignment_id: UUID) -> Job:
    """A job that plans what moves; nothing does yet."""
    realignment = _held(session, realignment_id, "plan")
    _check(session, realignment)
    realignment.basis = basis(session)
    return _start(session, realignment, PLAN, "planning")


def run(session: Session, realignment_id: UUID) -> Job:
    """Change the territories, and a job that moves what was planned. Conflict where territories or rules have changed
    since."""
    realignment = _held(session, realignment_id, "run")
    if realignment.status == "planned":
        hold(session, "territory tree")
        if realignment.basis != basis(session):
            raise Conflict("plan_outdated", "Territories or rules of assignment have changed since; plan it anew.")
        realignment.before = _replace(session, realignment.changes)
        realignment.run_at = clock.now()
    return _start(session, realignment, RUN, "running")


def undo(session: Session, realignment_id: UUID) -> Job:
    """Give the territories the form that they had, and a job that moves back what has not changed since."""
    realignment = _held(session, realignment_id, "undo")
    if realignment.status != "undoing":
        hold(session, "territory tree")
        _replace(session, realignment.before or [])
    return _start(session, realignment, UNDO, "undoing")


def preview(session: Session, realignment_id: UUID) -> dict[str, Any]:
    """What is planned, or was moved. Conflict before it was planned."""
    require_all()
    realignment = load(session, Realignment, realignment_id)
    if realignment.status in ("draft", "planning"):
        raise Conflict("not_planned", f"The re-alignment is {realignment.status}; there is nothing to see yet.")
    of_kind = {kind: func.count().filter(Move.kind == kind) for kind in ("leads", "deals")}
    none = money.nothing(settings().currency)
    figures = (of_kind["leads"], of_kind["deals"], func.coalesce(func.sum(Move.value), none))
    mine = select(Move.from_owner, Move.to_owner, *figures).where(Move.realignment_id == realignment.id)
    rows = session.execute(mine.group_by(Move.from_owner, Move.to_owner).order_by(Move.from_owner, Move.to_owner)).all()
    states = select(Move.state, func.count()).where(Move.realignment_id == realignment.id).group_by(Move.state)
    names = ("from_owner", "to_owner", "leads", "deals", "value")
    flows: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in rows]
    totals = {name: sum(flow[name] for flow in flows) for name in ("leads", "deals")}
    value = money.total((flow["value"] for flow in flows), settings().currency)
    counts = {row[0]: row[1] for row in session.execute(states)}
    return totals | {"value": value, "flows": flows, "states": counts}


def changed_values(session: Session, changes: list[Any]) -> Iterator[tuple[UUID, dict[str, Any]]]:
    """The territories of a draft, by id, with their columns and members as they would become. Invalid names what is
    wrong."""
    for index, one in enumerate(changes):
        loaded = ChangeField().load(one)
        try:
            yield loaded["territory_id"], own_values(session, loaded["set"])
        except Invalid as refusal:
            raise Invalid.many([_below(error, f"changes.{index}.set.") for error in refusal.errors]) from None


def basis(session: Session) -> str:
    """A digest of the territories and rules as they are: another one after any change of them."""
    versions = [
        session.execute(select(model.id, model.version).order_by(model.id)).all()
        for model in (Territory, AssignmentRule)
    ]
    return hashlib.sha256(to_json([[list(row) for row in rows] for rows in versions])).hexdigest()


def _check(session: Session, realignment: Realignment) -> None:
    if realignment.when:
        check_tree(realignment.when)
    rows = session.execute(select(Territory.__table__)).mappings()
    table: dict[UUID, dict[str, Any]] = {row["id"]: dict(row) for row in rows}
    seen: set[UUID] = set()
    for index, (id_, values) in enumerate(changed_values(session, realignment.changes)):
        if id_ not in table or id_ in seen:
            code = "repeated" if id_ in seen else "unknown_territory"
            raise Invalid(f"changes.{index}.territory_id", code, "Name each territory once, by its id.")
        seen.add(id_)
        table[id_] |= values
        check_dates(table[id_]["starts_on"], table[id_]["ends_on"])
    parents = {id_: row["parent_id"] for id_, row in table.items()}
    for id_ in seen:
        check_parent(id_, parents[id_], parents)
    places = {id_: Place(parents[id_], row["country"], row["postcode_prefix"]) for id_, row in table.items()}
    check_countries(places)


def _replace(session: Session, changes: list[Any]) -> list[dict[str, Any]]:
    """Give the territories their new form; the form that they had."""
    wanted = dict(changed_values(session, changes))
    locked = select(Territory).where(Territory.id.in_(wanted)).order_by(Territory.id).with_for_update()
    found = {one.id: one for one in session.scalars(locked, execution_options={"populate_existing": True})}
    before = []
    for one in changes:
        id_ = UUID(one["territory_id"])
        if id_ not in found:
            raise Conflict("territory_gone", "A territory of the re-alignment is not there any more.")
        before.append({"territory_id": str(id_), "set": _form(found[id_], one["set"])})
        apply(session, found[id_], wanted[id_])
        session.flush()
    return before


def _form(territory: Territory, names: Mapping[str, Any]) -> dict[str, Any]:
    """What a territory has of these fields, as a change of it takes them."""
    form: dict[str, Any] = {name: getattr(territory, name) for name in names if name not in ("members", "member_ids")}
    if "members" in names or "member_ids" in names:
        form["members"] = [{"rep_id": m.rep_id, "role": m.role, "weight": m.weight} for m in territory.members]
    return _plain(form)


def _stored(data: dict[str, Any]) -> dict[str, Any]:
    values = dict(data)
    if "changes" in values:
        values["changes"] = _plain(values["changes"])
    if "when" in values:
        values["when"] = values["when"] or None
    for name in ("records", "keep"):
        if name in values:
            values[name] = sorted(set(values[name]))
    return values


def _plain(value: Any) -> Any:
    return orjson.loads(to_json(value))


def _held(session: Session, realignment_id: UUID, step: str) -> Realignment:
    require_all()
    realignment = load(session, Realignment, realignment_id, lock=True)
    _check_step(session, realignment, step)
    return realignment


def _check_step(session: Session, realignment: Realignment, step: str) -> None:
    job = session.get(Job, realignment.job_id) if realignment.job_id else None
    check_step(step, realignment.status, busy=job is not None and job.status not in ENDED)


def _start(session: Session, realignment: Realignment, kind: str, status: str) -> Job:
    job = start_job(session, kind, params={"realignment_id": str(realignment.id)})
    realignment.status, realignment.job_id = status, job.id
    return job


def _below(error: Any, path: str) -> Any:
    return type(error)(path + error.field, error.code, error.message)
