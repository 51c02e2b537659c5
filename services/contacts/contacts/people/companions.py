"""The people of a company, when the company comes to be called otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from chassis.db.updating import update_many
from chassis.ids import uuid7
from chassis.jobs import JobRun, job, start_job
from contacts import bundles
from contacts.companies.model import Company
from contacts.imports.following import still_as_imported
from contacts.people.model import Person

KIND = "contacts.call-company"
AT_ONCE = 500


def call_company(session: Session, company: Company, came: Sequence[str] = ()) -> None:
    """Let the people of a company (locked) bear the name that it has now, and tell of them by the hundred: up to
    `AT_ONCE` in this transaction, the others of a larger company by a job, as many a step. Of those who `came` to it
    (their ids) it is told where they bear its name already, too: they are another company's than before."""
    session.flush()
    source, told = uuid7(), 0
    moved = _called_so(session, company, came)
    if now := moved[:AT_ONCE]:
        told = _tell(session, _locked(session, company, now), source, told)
    later = [str(id_) for id_ in moved[AT_ONCE:]]
    while ids := _outdated(session, company):
        told = _call(session, company, ids, source, told)
        if len(ids) == AT_ONCE:
            break
    if later or len(ids) == AT_ONCE:
        start_job(session, KIND, params={"company_id": str(company.id), "came": later})


@job(KIND)
def run_call_company(run: JobRun) -> dict[str, Any]:
    """Until all people of the company bear its name, whatever it is called by then, and those who came are told of."""
    company_id, came = UUID(run.params["company_id"]), [UUID(id_) for id_ in run.params.get("came", ())]
    more = True
    while more:
        with run.step() as session:
            held = select(Company).where(Company.id == company_id).with_for_update(read=True, of=Company)
            company = session.scalar(held)  # None: deleted, or merged, which has seen to its people
            seen, told = run.state.get("came", 0), run.state.get("events", 0)
            if company and (ids := _outdated(session, company)):
                run.state["events"] = _call(session, company, ids, run.id, told)
            elif company and (ids := came[seen : seen + AT_ONCE]):
                run.state["events"] = _tell(session, _locked(session, company, ids), run.id, told)
                run.state["came"] = seen + len(ids)
            else:
                ids, more = [], False
            run.state["people"] = run.state.get("people", 0) + len(ids)
            run.progress(done=run.state["people"])
    return {"people": run.state["people"]}


def _outdated(session: Session, company: Company) -> list[UUID]:
    """The next of its people who bear another name. Asked without a lock, so that nobody who came or was changed while
    others were waited for is missed."""
    wanted = select(Person.id).where(_bears_another_name(company)).order_by(Person.id).limit(AT_ONCE)
    return list(session.scalars(wanted))


def _called_so(session: Session, company: Company, came: Sequence[str]) -> list[UUID]:
    """Those who came, are there and bear its name."""
    wanted = Person.id.in_([UUID(id_) for id_ in came]), Person.company_id == company.id
    return list(session.scalars(select(Person.id).where(*wanted, ~_bears_another_name(company)).order_by(Person.id)))


def _call(session: Session, company: Company, ids: list[UUID], source: UUID, told: int) -> int:
    people = _locked(session, company, ids, _bears_another_name(company))
    update_many(session, {person: {"company_name": company.name} for person in people})
    still_as_imported(session, people)
    return _tell(session, people, source, told)


def _locked(session: Session, company: Company, ids: list[UUID], *which: Any) -> Sequence[Person]:
    theirs = select(Person).where(Person.id.in_(ids), Person.company_id == company.id, *which).order_by(Person.id)
    locked = theirs.with_for_update(of=Person, key_share=True)
    return session.scalars(locked, execution_options={"populate_existing": True}).all()


def _tell(session: Session, people: Sequence[Person], source: UUID, told: int) -> int:
    written = [bundles.Written(person, person.version, person.points) for person in people]
    return bundles.tell_people(session, "people.changed", source, written, told)


def _bears_another_name(company: Company) -> Any:
    return and_(Person.company_id == company.id, Person.company_name.is_distinct_from(company.name))
