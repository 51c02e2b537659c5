"""The people of a company, when the company comes to be called otherwise."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from chassis.db.updating import update_many
from chassis.ids import uuid7
from chassis.jobs import JobRun, job, start_job
from contacts import bundles
from contacts.companies.model import Company
from contacts.people.model import Person

KIND = "contacts.call-company"
AT_ONCE = 500


def call_company(session: Session, company: Company) -> None:
    """Let the people of a company (locked) bear the name that it has now, and tell of them by the hundred: up to
    `AT_ONCE` in this transaction, the others of a larger company by a job, as many a step."""
    session.flush()
    source, told = uuid7(), 0
    while ids := _outdated(session, company):
        told = _call(session, company, ids, source, told)
        if len(ids) == AT_ONCE:
            start_job(session, KIND, params={"company_id": str(company.id)})
            return


@job(KIND)
def run_call_company(run: JobRun) -> dict[str, Any]:
    """Until all people of the company bear its name, whatever it is called by then."""
    company_id, more = UUID(run.params["company_id"]), True
    while more:
        with run.step() as session:
            held = select(Company).where(Company.id == company_id).with_for_update(read=True, of=Company)
            company = session.scalar(held)  # None: deleted, or merged, which has seen to its people
            ids = _outdated(session, company) if company else []
            more = bool(ids)
            if company and ids:
                run.state["events"] = _call(session, company, ids, run.id, run.state.get("events", 0))
                run.state["people"] = run.state.get("people", 0) + len(ids)
                run.progress(done=run.state["people"])
    return {"people": run.state.get("people", 0)}


def _outdated(session: Session, company: Company) -> list[UUID]:
    """The next of its people who bear another name. Asked without a lock, so that nobody who came or was changed while
    others were waited for is missed."""
    wanted = select(Person.id).where(_bears_another_name(company)).order_by(Person.id).limit(AT_ONCE)
    return list(session.scalars(wanted))


def _call(session: Session, company: Company, ids: list[UUID], source: UUID, told: int) -> int:
    locked = select(Person).where(Person.id.in_(ids), _bears_another_name(company)).order_by(Person.id)
    locked = locked.with_for_update(of=Person, key_share=True).execution_options(populate_existing=True)
    people = session.scalars(locked).all()
    update_many(session, {person: {"company_name": company.name} for person in people})
    written = [bundles.Written(person, person.version, person.points) for person in people]
    return bundles.tell_people(session, "people.changed", source, written, told)


def _bears_another_name(company: Company) -> Any:
    return and_(Person.company_id == company.id, Person.company_name.is_distinct_from(company.name))
