"""The jobs of bulk edits: some hundred people a step, each step one transaction. What became of a person is written in
the transaction that changes them, so that a worker that dies is followed by one that goes on with the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.access import Actor, acting_as, visible
from chassis.errors import Refusal
from chassis.jobs import JobRun, job
from contacts.bulk.actions import EDIT, UNDO, state
from contacts.bulk.model import BulkEdit, BulkEditRow
from contacts.bulk.rules import OWNERSHIP, Changes, differing, taken_back
from contacts.bulk.schema import ChangesIn, changes_of
from contacts.companies.model import Company
from contacts.interactions.model import Interaction
from contacts.people import actions as people
from contacts.people.model import Person

STEP = 200
_SAID = {
    "skipped": ("changed_meanwhile", "The person was changed, or is not within reach any more."),
    "restricted": ("restricted", "The person had the use of their data restricted."),
    "failed": ("refused", "The person could not be changed like this."),
    "kept": ("changed_since", "Something of it was changed since, or the person is gone; that stays."),
}
_IDS = ("company_id", "owner_id", "team_id", "partner_id")


@job(EDIT)
def run_edit(run: JobRun) -> dict[str, Any]:
    """Change the people who were chosen; who was changed meanwhile is left as they are."""

    def change(session: Session, edit: BulkEdit, row: BulkEditRow, person: Person | None) -> str:
        if person is None or person.version != row.version:
            return "skipped"
        if person.restricted:
            return "restricted"
        return _change(session, changes_of(ChangesIn().load(edit.changes)), row, person)

    return _run(run, run.id, BulkEditRow.outcome.is_(None), change)


@job(UNDO)
def run_undo(run: JobRun) -> dict[str, Any]:
    """Give the people whom an edit changed what they had, where nobody has changed it since."""

    def restore(session: Session, _edit: BulkEdit, row: BulkEditRow, person: Person | None) -> str:
        return "kept" if person is None else _restore(session, row, person)

    return _run(run, UUID(run.params["edit_id"]), BulkEditRow.outcome == "changed", restore)


def _run(run: JobRun, edit_id: UUID, which: Any, work: Callable[..., str]) -> dict[str, Any]:
    more = True
    while more:
        with run.step() as session:
            edit = session.get_one(BulkEdit, edit_id, with_for_update=True)
            who = edit.actor
            with acting_as(Actor(**who | {name: _id(who[name]) for name in ("id", "team_id", "partner_id")})):
                done = list(_some(session, run, edit, which, work))
            more = bool(done)
            counts = Counter(run.state.get("counts", {})) + Counter(done)
            run.state["counts"] = dict(counts)
            run.progress(done=sum(counts.values()))
            edit.counts = edit.counts | dict(counts)
    return dict(run.state["counts"])


def _some(
    session: Session, run: JobRun, edit: BulkEdit, which: Any, work: Callable[..., str]
) -> Iterator[str]:  # fmt: skip
    """The next people, locked in the order of their ids; what became of each."""
    after = UUID(run.state.get("after", str(UUID(int=0))))
    page = select(BulkEditRow).where(BulkEditRow.edit_id == edit.id, BulkEditRow.person_id > after, which)
    rows = session.scalars(page.order_by(BulkEditRow.person_id).limit(STEP)).all()
    found = _locked(session, [row.person_id for row in rows])
    for row in rows:
        outcome = work(session, edit, row, found.get(row.person_id))
        if outcome in _SAID:
            _report(run, row, outcome)
        run.state["after"], run.state["seen"] = str(row.person_id), run.state.get("seen", 0) + 1
        if row.outcome is None:
            row.outcome = outcome
        yield outcome


def _locked(session: Session, ids: Sequence[UUID]) -> dict[UUID, Person]:
    statement = visible(select(Person).where(Person.id.in_(ids)), Person, access="write").order_by(Person.id)
    rows = session.scalars(statement.with_for_update(of=Person), execution_options={"populate_existing": True})
    return {person.id: person for person in rows}


def _change(session: Session, changes: Changes, row: BulkEditRow, person: Person) -> str:
    before = state(person)
    wanted = changes.of(before)
    if not wanted:
        return "unchanged"
    try:
        with session.begin_nested():
            people.change(session, person, wanted)
    except Refusal:
        return "failed"
    was, now = differing(before, state(person))
    row.before, row.after = _json(was), _json(now)
    return "changed"


def _restore(session: Session, row: BulkEditRow, person: Person) -> str:
    before, after = _typed(row.before or {}), _typed(row.after or {})
    back = taken_back(before, after, state(person))
    company_id = back.get("company_id")
    if company_id is not None and session.get(Company, company_id) is None:
        del back["company_id"]
    with session.no_autoflush:
        for name, value in back.items():
            setattr(person, name, value)
        owned = {name: back[name] for name in (*OWNERSHIP, "partner_id") if name in back}
        if owned:  # as when somebody is handed over: what was said with them moves along
            session.execute(update(Interaction).where(Interaction.person_id == person.id).values(owned))
    people.updated(session, person)
    return "restored" if back.keys() == before.keys() else "kept"


def _report(run: JobRun, row: BulkEditRow, outcome: str) -> None:
    code, message = _SAID[outcome]
    record = {"id": str(row.person_id)}
    run.error(row=run.state.get("seen", 0) + 1, field="id", code=code, message=message, record=record)


def _typed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _id(value) if name in _IDS else value for name, value in values.items()}


def _id(value: str | None) -> UUID | None:
    return UUID(value) if value else None


def _json(values: Mapping[str, Any]) -> Any:
    return orjson.loads(orjson.dumps(values))
