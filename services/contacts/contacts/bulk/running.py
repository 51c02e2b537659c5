"""The jobs of bulk edits: a thousand records a step, each step one transaction. What became of a record is written in
the transaction that changes it, so that a worker that dies is followed by one that goes on with the next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import custom
from chassis.access import Actor, acting_as, visible
from chassis.errors import Invalid, Refusal
from chassis.jobs import JobRun, job
from contacts.bulk import writing
from contacts.bulk.actions import EDIT, UNDO
from contacts.bulk.kinds import KINDS, Kind, typed
from contacts.bulk.model import BulkEdit
from contacts.bulk.planning import Plan
from contacts.bulk.rules import CUSTOM, OWNERSHIP, differing, taken_back
from contacts.bulk.schema import CHANGES, changes_of
from contacts.companies import actions as companies
from contacts.companies.model import Company
from contacts.owners.actions import move_along

STEP = 1000
_SAID = {
    "skipped": ("changed_meanwhile", "The record was changed, or is not within reach any more."),
    "restricted": ("restricted", "The person had the use of their data restricted."),
    "failed": ("refused", "The record could not be changed like this."),
    "kept": ("changed_since", "Something of it was changed since, or it is gone; that stays."),
}
_OWNED = (*OWNERSHIP, "partner_id")
_CHECKED = ("name", "parent_id")  # what others may have taken or closed to a circle since


@job(EDIT)
def run_edit(run: JobRun) -> dict[str, Any]:
    """Change the records that were chosen; what was changed meanwhile is left as it is."""
    return _run(run, run.id, undoing=False)


@job(UNDO)
def run_undo(run: JobRun) -> dict[str, Any]:
    """Give the records that an edit changed what they had, where nobody has changed it since."""
    return _run(run, UUID(run.params["edit_id"]), undoing=True)


def _run(run: JobRun, edit_id: UUID, *, undoing: bool) -> dict[str, Any]:
    more = True
    while more:
        with run.step() as session:
            edit = session.get_one(BulkEdit, edit_id, with_for_update=True)
            kind, who = KINDS[edit.entity], edit.actor
            with acting_as(Actor(**who | {name: _id(who[name]) for name in ("id", "team_id", "partner_id")})):
                rows = _next(session, run, kind, edit, undoing=undoing)
                _held = _hold_companies(session, edit, rows)
                found = _locked(session, kind, [row.record_id for row in rows])
                step = _restore if undoing else _change
                done = step(session, run, kind, edit, rows, found) if rows else {}
            _note(run, rows, done)
            more = bool(rows)
            counts = Counter(run.state.get("counts", {})) + Counter(done.values())
            run.state["counts"] = dict(counts)
            run.progress(done=sum(counts.values()))
            edit.counts = edit.counts | dict(counts)
    return dict(run.state["counts"])


def _next(session: Session, run: JobRun, kind: Kind, edit: BulkEdit, *, undoing: bool) -> Sequence[Any]:
    rows, after = kind.rows, UUID(run.state.get("after", str(UUID(int=0))))
    which = rows.outcome == "changed" if undoing else rows.outcome.is_(None)
    page = select(rows).where(rows.edit_id == edit.id, rows.record_id > after, which)
    return session.scalars(page.order_by(rows.record_id).limit(STEP)).all()


def _hold_companies(session: Session, edit: BulkEdit, rows: Sequence[Any]) -> dict[UUID, Company]:
    """The companies that people are to be with: they come before the people."""
    given = [edit.changes.get(part, {}).get("company_id") for part in ("set", "fill")]
    ids = {companies.moved(session, UUID(id_)) for id_ in given if id_}
    return companies.hold(session, ids | {UUID(id_) for row in rows if (id_ := (row.before or {}).get("company_id"))})


def _locked(session: Session, kind: Kind, ids: Sequence[UUID]) -> dict[UUID, Any]:
    model = kind.model
    statement = visible(select(model).where(model.id.in_(ids)), model, access="write").order_by(model.id)
    locked = statement.with_for_update(of=model, key_share=True)
    return {one.id: one for one in session.scalars(locked, execution_options={"populate_existing": True})}


def _change(
    session: Session, run: JobRun, kind: Kind, edit: BulkEdit, rows: Sequence[Any], found: Mapping[UUID, Any]
) -> dict[UUID, str]:
    """What became of each row."""
    done: dict[UUID, str] = {}
    states, wanted = {}, {}
    plan = _plan(session, kind, edit)
    for row in rows:
        record = found.get(row.record_id)
        if record is None or record.version != row.version:
            done[row.record_id] = "skipped"
        elif getattr(record, "restricted", False):
            done[row.record_id] = "restricted"
        else:
            states[row.record_id] = state = kind.state(record)
            try:
                wanted[record] = plan(record, state)
            except Refusal:
                done[row.record_id] = "failed"
    changing = {record: changed for record, changed in wanted.items() if changed}
    refused, run.state["events"] = writing.write(session, kind, run.id, changing, run.state.get("events", 0))
    for row in rows:
        if row.record_id not in done:
            record = found[row.record_id]
            done[row.record_id] = "failed" if record in refused else _outcome(kind, row, record, states)
        row.outcome = done[row.record_id]
    return done


def _plan(session: Session, kind: Kind, edit: BulkEdit) -> Callable[[Any, dict[str, Any]], dict[str, Any]]:
    """What becomes of a record in a state; a refusal of each, where what they were to be given is there no more."""
    try:
        return Plan(session, kind, changes_of(CHANGES[kind.entity]().load(edit.changes))).of
    except Invalid as refusal:
        gone = refusal

    def refuse(_record: Any, _state: dict[str, Any]) -> dict[str, Any]:
        raise gone

    return refuse


def _outcome(kind: Kind, row: Any, record: Any, states: Mapping[UUID, dict[str, Any]]) -> str:
    """Keep of a record what differs from its state before."""
    was, now = differing(states[row.record_id], kind.state(record))
    if not was:
        return "unchanged"
    row.before, row.after = _json(was), _json(now)
    return "changed"


def _restore(
    session: Session, run: JobRun, kind: Kind, _edit: BulkEdit, rows: Sequence[Any], found: Mapping[UUID, Any]
) -> dict[UUID, str]:
    """What became of each row: `restored`, or `kept` where something stays as it is."""
    done = {row.record_id: "kept" for row in rows if row.record_id not in found}
    back, whole = {}, set()
    for row in rows:
        record = found.get(row.record_id)
        if record is not None:
            before, after = typed(row.before or {}), typed(row.after or {})
            back[record] = values = _possible(session, kind, record, before, after)
            if values.keys() >= before.keys():
                whole.add(record)
    owners = _owners(back)
    alone = {record: said for record, values in back.items() if (said := _taken(values, _CHECKED))}
    writing.assign(session, {record: values for record, values in back.items() if values})
    refused = writing.one_by_one(session, kind, alone)
    for owned, records in owners.items():
        move_along(session, kind.model, [record.id for record in records], dict(owned))
    told = [record for record, values in back.items() if values and (record not in alone or record in refused)]
    run.state["events"] = kind.tell(session, run.id, told, run.state.get("events", 0))
    return done | {one.id: "restored" if one in whole and one not in refused else "kept" for one in back}


def _possible(
    session: Session, kind: Kind, record: Any, before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Any]:
    """What can still be given back: companies may be gone or called otherwise, custom fields changed."""
    back = taken_back(before, after, kind.state(record))
    for name in ("company_id", "parent_id"):
        if back.get(name) is not None and session.get(Company, back[name]) is None:
            del back[name]
    if "company_id" not in back:
        back.pop("company_name", None)  # a company's name goes with the company
    elif back["company_id"] is not None:
        back["company_name"] = session.get_one(Company, back["company_id"]).name
    elif "company_name" in before:
        back["company_name"] = before["company_name"]
    ours = {name: value for name, value in back.items() if name.startswith(CUSTOM) and value is not None}
    if ours:
        values = {name.removeprefix(CUSTOM): value for name, value in ours.items()}
        valid = custom.still_valid(session, record.id, kind.model, values)
        back = {name: value for name, value in back.items() if name not in ours or name.removeprefix(CUSTOM) in valid}
    return back


def _owners(back: Mapping[Any, dict[str, Any]]) -> dict[tuple[tuple[str, Any], ...], list[Any]]:
    """The records that come to be somebody else's again, by whose: what was said with them moves along."""
    groups: dict[tuple[tuple[str, Any], ...], list[Any]] = defaultdict(list)
    for record, values in back.items():
        owned = tuple((name, values[name]) for name in _OWNED if name in values)
        if owned:
            groups[owned].append(record)
    return groups


def _taken(values: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: values.pop(name) for name in names if name in values}


def _note(run: JobRun, rows: Sequence[Any], done: Mapping[UUID, str]) -> None:
    """Where the job stands, and who was left out."""
    for number, row in enumerate(rows, start=run.state.get("seen", 0) + 1):
        if done[row.record_id] in _SAID:
            code, message = _SAID[done[row.record_id]]
            run.error(row=number, field="id", code=code, message=message, record={"id": str(row.record_id)})
    if rows:
        run.state["after"], run.state["seen"] = str(rows[-1].record_id), run.state.get("seen", 0) + len(rows)


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _json(values: Mapping[str, Any]) -> Any:
    return orjson.loads(orjson.dumps(values))
