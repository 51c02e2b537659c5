"""A person or a company with all that hangs on them: one statement for each kind of thing, however much there is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.access import actor, load, visible
from contacts.addresses import actions as addresses
from contacts.companies.hierarchy import head_counts
from contacts.companies.model import Company
from contacts.consent import actions as consent
from contacts.consent.reading import shown as shown_consent
from contacts.insights import reading as insights
from contacts.interactions.model import Interaction
from contacts.people.model import Person
from contacts.relationships import reading as relationships
from contacts.tasks.model import Task
from contacts.timeline.model import TimelineEntry
from contacts.timeline.reading import read, shown

LATEST = 5


def of_person(session: Session, person_id: UUID) -> dict[str, Any]:
    """The 360-degree profile of a person within the actor's reach."""
    person = load(session, Person, person_id)
    company = None
    if person.company_id is not None:
        company = session.scalar(visible(select(Company).where(Company.id == person.company_id), Company))
    consents = [shown_consent(record, True) for record in consent.all_current(session, person.id)]
    return {"person": person, "company": company, "consents": consents, **_around(session, person)}


def of_company(session: Session, company_id: UUID) -> dict[str, Any]:
    """The 360-degree profile of a company within the actor's reach."""
    company = load(session, Company, company_id)
    people = select(Person).where(Person.company_id == company.id).order_by(Person.created_at, Person.id)
    known = session.scalars(visible(people, Person).limit(LATEST)).all()
    found = _around(session, company)
    found["counts"]["people"] = head_counts(session, [company.id]).get(company.id, 0)
    return {"company": company, "people": known, **found}


def _around(session: Session, subject: Person | Company) -> dict[str, Any]:
    column = "person_id" if isinstance(subject, Person) else "company_id"
    interactions = visible(select(Interaction).where(getattr(Interaction, column) == subject.id), Interaction)
    tasks = visible(select(Task).where(getattr(Task, column) == subject.id, Task.state == "open"), Task)
    timeline = select(TimelineEntry).where(getattr(TimelineEntry, column) == subject.id, shown())
    return {
        "addresses": addresses.all_of(session, subject),
        "relationships": relationships.seen_from(session, subject, current=True),
        "insights": [] if actor().reach == "partner" else insights.of(session, subject),
        "interactions": _latest(session, interactions, Interaction.at),
        "open_tasks": session.scalars(tasks.order_by(Task.due_at, Task.id).limit(LATEST)).all(),
        "timeline": read(session, _latest(session, timeline, TimelineEntry.at)),
        "counts": _counts(
            session,
            interactions=interactions,
            open_tasks=tasks,
            timeline=timeline,
            **{f"{kind}s": _told_of(timeline, kind) for kind in ("deal", "order", "ticket")},
        ),
    }


def _told_of(timeline: Any, kind: str) -> Any:
    """The deals, orders or tickets that a timeline tells of, each once."""
    id_ = TimelineEntry.data[f"{kind}_id"].astext
    return timeline.where(TimelineEntry.kind == kind, id_.is_not(None)).with_only_columns(id_).distinct()


def _latest(session: Session, statement: Any, at: Any) -> Sequence[Any]:
    model = at.class_
    return session.scalars(statement.order_by(at.desc(), model.id.desc()).limit(LATEST)).unique().all()


def _counts(session: Session, **statements: Any) -> dict[str, int]:
    """How many there are of each, by one statement."""
    counted = [
        select(func.count()).select_from(one.order_by(None).subquery()).scalar_subquery().label(name)
        for name, one in statements.items()
    ]  # fmt: skip
    return dict(session.execute(select(*counted)).one()._mapping)
