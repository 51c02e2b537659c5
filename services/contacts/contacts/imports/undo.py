"""Taking a whole import back: whom it made is deleted, whom it changed is as before, unless something happened since.

Step by step, each one transaction: what is undone is forgotten with it, so that a worker that dies is followed by one
that goes on, and a second undo finds only what the first had to leave.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor
from chassis.custom import still_valid
from chassis.db.bulk import array_text
from chassis.errors import Conflict, NotFound
from chassis.jobs import Job, JobRun, job, start_job
from chassis.jobs.model import ENDED
from contacts import bundles
from contacts.addresses.model import Address
from contacts.companies import actions as companies
from contacts.imports import addresses, undo_companies
from contacts.imports.kind import KIND as IMPORT
from contacts.imports.model import ImportChange, ImportedPerson
from contacts.merging.followers import PEOPLE
from contacts.merging.model import Merge
from contacts.people.company import company_again
from contacts.people.model import Person
from contacts.settings import settings
from contacts.tags.model import TagGiving

KIND = "contacts.import_undo"
PER_STEP = 1000
_TOUCHED = text(
    """
    SELECT i.person_id, i.created, coalesce(c.version, 1) AS version, coalesce(c.before, '{}') AS before,
           coalesce(c.points, '{}') AS points
    FROM imported_people AS i LEFT JOIN import_changes AS c USING (job_id, person_id)
    WHERE i.job_id = :job_id AND i.person_id > :after AND (i.created OR c.version IS NOT NULL)
    ORDER BY i.person_id LIMIT :limit
    """
)
_WHY = {
    "changed_since": "The record was changed since.",
    "used_since": "Something refers to the record since.",
    "gone": "The record is not there any more.",
}


class Touched(NamedTuple):
    """What an import did to one person."""

    person_id: UUID
    created: bool
    version: int
    before: dict[str, Any]
    points: list[str]


def start(session: Session, import_id: UUID) -> Job:
    """A job that undoes an import; the one that does so already, where there is one. NotFound for an import of
    somebody else, Conflict while it is under way, if it was a dry run, or once its time is over."""
    imported = session.get(Job, import_id, with_for_update=True)
    mine = imported is not None and (actor().reach == "all" or imported.created_by == actor().id)
    if imported is None or imported.kind != IMPORT or not mine:
        raise NotFound("import")
    if imported.status not in ENDED:
        raise Conflict("job_state", f"The import is {imported.status}; cancel it first.")
    if imported.ended_at is None or imported.ended_at < clock.now() - settings().undo_window:
        raise Conflict("too_late", f"An import can be undone for {settings().undo_window.days} days.")
    if imported.params["dry_run"]:
        raise Conflict("dry_run", "A dry run has changed nothing.")
    same = (Job.kind == KIND) & (Job.params["import_id"].as_string() == str(import_id))
    under_way = session.scalar(select(Job).where(same, Job.status.not_in(ENDED)))
    return under_way or start_job(session, KIND, params={"import_id": str(import_id)})


@job(KIND)
def run_undo(run: JobRun) -> dict[str, Any]:
    """People by their ids, then the companies: those that were changed, then those that were made and are left without
    anybody."""
    import_id = UUID(run.params["import_id"])
    while not run.state.get("people_done"):
        with run.step() as session:
            _undo_people(session, run, import_id)
    while not run.state.get("companies_done"):
        with run.step() as session:
            run.state["companies_done"] = not undo_companies.restore(session, run, import_id)
    with run.step() as session:
        if "companies" not in run.state:
            addresses.take_back(session, import_id)
            undo_companies.remove(session, run, import_id)
    names = ("removed", "restored", "left", "companies")
    return {name: run.state.get(name, 0) for name in names}


def _undo_people(session: Session, run: JobRun, import_id: UUID) -> None:
    after = run.state.get("after", str(UUID(int=0)))
    found = session.execute(_TOUCHED, {"job_id": import_id, "after": after, "limit": PER_STEP}).all()
    touched = [Touched(*row) for row in found]
    run.state["people_done"] = len(touched) < PER_STEP
    if not touched:
        return
    _held = companies.hold(session, {UUID(id_) for one in touched if (id_ := one.before.get("company_id"))})
    people = _locked(session, [one.person_id for one in touched])
    used = _used(session, import_id, [one.person_id for one in touched if one.created])
    kept = {one.person_id: _reason(one, people.get(one.person_id), used) for one in touched}
    undone = [one for one in touched if kept[one.person_id] is None]
    _remove(session, run, [people[one.person_id] for one in undone if one.created])
    _restore(session, run, [(people[one.person_id], one) for one in undone if not one.created])
    _forget(session, import_id, [one.person_id for one in undone])
    _report(run, touched, kept)


def _reason(one: Touched, person: Person | None, used: set[UUID]) -> str | None:
    """Why the person has to stay as they are; None where nothing happened since."""
    if person is None:
        return "gone"
    if person.version != one.version:
        return "changed_since"
    return "used_since" if one.person_id in used else None


def _locked(session: Session, ids: Sequence[UUID]) -> dict[UUID, Person]:
    statement = select(Person).where(Person.id.in_(ids)).order_by(Person.id).with_for_update(of=Person)
    return {person.id: person for person in session.scalars(statement)}


def _used(session: Session, import_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Those of `ids` whom something names that came since. What tags come to by themselves is not meant, nor what the
    import itself brought."""
    found: set[UUID] = set()
    for column in (*PEOPLE.columns, Merge.survivor_id):
        named = select(column).where(column.in_(ids))
        if column.class_ is TagGiving:
            named = named.where(TagGiving.given_how == "hand")
        if column.class_ is Address:
            named = named.where(addresses.came_otherwise(import_id))
        found.update(session.scalars(named))
    return found


def _remove(session: Session, run: JobRun, people: Sequence[Person]) -> None:
    gone = [person.id for person in people]
    run.state["events"] = bundles.tell_deleted(session, "people", run.id, gone, run.state.get("events", 0))
    ids = array_text([str(person.id) for person in people])
    session.execute(text("DELETE FROM people WHERE id = ANY(CAST(:ids AS uuid[]))"), {"ids": ids})
    for person in people:
        session.expunge(person)


def _restore(session: Session, run: JobRun, touched: Sequence[tuple[Person, Touched]]) -> None:
    for person, one in touched:
        _as_before(session, person, one)
    session.flush()
    written = [bundles.Written(person, person.version, person.points) for person, _ in touched]
    run.state["events"] = bundles.tell_people(session, "people.changed", run.id, written, run.state.get("events", 0))


def _as_before(session: Session, person: Person, one: Touched) -> None:
    """The columns as they were, without the contact points that the import added."""
    before = dict(one.before)
    if before.get("company_id"):
        before |= company_again(session, UUID(before["company_id"]), before.get("company_name", person.company_name))
    elif "company_id" not in before and person.company_id:
        before.pop("company_name", None)  # the company's own: it may be called otherwise by now
    if "custom" in before:
        before["custom"] = still_valid(session, person.id, Person, before["custom"])
    for name, value in before.items():
        setattr(person, name, value)
    person.points = [point for point in person.points if point.key not in one.points]
    person.touch()


def _forget(session: Session, import_id: UUID, ids: Sequence[UUID]) -> None:
    for model in (ImportChange, ImportedPerson):
        session.execute(delete(model).where(model.job_id == import_id, model.person_id.in_(ids)))


def _report(run: JobRun, touched: Sequence[Touched], kept: dict[UUID, str | None]) -> None:
    done = run.state.get("seen", 0)
    for number, one in enumerate(touched, start=done + 1):
        code = kept[one.person_id]
        if code:
            record = {"person_id": str(one.person_id)}
            run.error(row=number, field="person_id", code=code, message=_WHY[code], record=record)
        name = "left" if code else "removed" if one.created else "restored"
        run.state[name] = run.state.get(name, 0) + 1
    run.state["after"], run.state["seen"] = str(touched[-1].person_id), done + len(touched)
    run.progress(done=run.state["seen"])
