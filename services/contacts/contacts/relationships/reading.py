"""Relationships as one of their ends sees them, and the org chart of a company."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load, visible
from contacts.companies.model import Company
from contacts.insights.reading import influence_of
from contacts.people.model import Person
from contacts.relationships.model import Relationship
from contacts.relationships.rules import REPORTS_TO, as_chart, read_as

MAX_SHOWN, MAX_CHART = 500, 500


def seen_from(session: Session, subject: Person | Company, *, current: bool = False) -> list[dict[str, Any]]:
    """The relationships of a person or company, whose other end the actor reaches; `current`: those that last."""
    person = isinstance(subject, Person)
    mine = [Relationship.from_person_id, Relationship.to_person_id] if person else [
        Relationship.from_company_id, Relationship.to_company_id
    ]  # fmt: skip
    statement = select(Relationship).where(or_(*(column == subject.id for column in mine)))
    if current:
        statement = statement.where(or_(Relationship.until.is_(None), Relationship.until > clock.now().date()))
    rows = session.scalars(statement.order_by(Relationship.created_at, Relationship.id).limit(MAX_SHOWN)).all()
    names = _names(session, rows)
    shown = (_seen(row, subject.id, names) for row in rows)
    return [one for one in shown if one is not None]


def org_chart(session: Session, company_id: UUID) -> dict[str, Any]:
    """The people of a company, within the actor's reach, by who reports to whom."""
    company = load(session, Company, company_id)
    columns = (Person.id, Person.name, Person.job_title, Person.department, Person.roles)
    people = visible(select(*columns).where(Person.company_id == company_id), Person)
    rows = session.execute(people.order_by(Person.name, Person.id).limit(MAX_CHART + 1)).all()
    nodes = {row.id: dict(row._mapping) for row in rows[:MAX_CHART]}
    managers = _managers(session, nodes)
    deciding = _deciding(session, company_id)
    influence = {} if actor().reach == "partner" else influence_of(session, list(nodes))
    for id_, node in nodes.items():
        node |= {"manager_id": managers.get(id_), "decision_maker": id_ in deciding}
        if actor().reach != "partner":
            node["influence"] = influence.get(id_)
    told = {"company_id": company.id, "name": company.name, "people": len(nodes), "truncated": len(rows) > MAX_CHART}
    return told | as_chart(nodes, managers)


def _managers(session: Session, ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Who of these reports to whom now; a line to oneself, as a merge can leave it, is none."""
    lines = select(Relationship.from_person_id, Relationship.to_person_id).where(
        Relationship.from_person_id.in_(list(ids)), Relationship.kind == REPORTS_TO, Relationship.until.is_(None),
        Relationship.from_person_id != Relationship.to_person_id,
    )  # fmt: skip
    return {person: manager for person, manager in session.execute(lines) if person and manager}


def _deciding(session: Session, company_id: UUID) -> set[UUID | None]:
    deciding = select(Relationship.from_person_id).where(
        Relationship.to_company_id == company_id, Relationship.kind == "decision_maker_of", Relationship.until.is_(None)
    )
    return set(session.scalars(deciding))


def _names(session: Session, rows: Sequence[Relationship]) -> dict[UUID, str]:
    """The names of all ends that the actor reaches."""
    names: dict[UUID, str] = {}
    for model, ends in ((Person, ("from_person_id", "to_person_id")), (Company, ("from_company_id", "to_company_id"))):
        ids = {id_ for row in rows for end in ends if (id_ := getattr(row, end))}
        if ids:
            found: Any = session.execute(visible(select(model.id, model.name).where(model.id.in_(ids)), model))
            names |= dict(found.all())
    return names


def _seen(row: Relationship, subject_id: UUID, names: dict[UUID, str]) -> dict[str, Any] | None:
    outward = row.from_id == subject_id
    end = "to" if outward else "from"
    person_id, company_id = getattr(row, f"{end}_person_id"), getattr(row, f"{end}_company_id")
    other = person_id or company_id
    if other not in names or other == subject_id:
        return None
    told = {name: getattr(row, name) for name in ("id", "title", "department", "since", "until", "note", "version")}
    return told | {
        "kind": read_as(row.kind, outward=outward),
        "current": row.until is None or row.until > clock.now().date(),
        "person_id": person_id,
        "company_id": company_id,
        "name": names[other],
    }
