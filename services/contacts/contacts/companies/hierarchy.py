"""Which company belongs to which: no circle, whoever changes it at the same time, and the tree of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from chassis.access import load, visible
from chassis.errors import Invalid, NotFound
from contacts.companies.model import Company
from contacts.companies.rules import as_tree
from contacts.people.model import Person

MAX_SHOWN, MAX_DEPTH = 1000, 30
_LOCK = "contacts.companies.parents"
# The path ends a walk in a circle, should one ever have come about.
_ABOVE = text(
    "WITH RECURSIVE above AS ("
    " SELECT id, parent_id, ARRAY[id] AS path FROM companies WHERE id = :id"
    " UNION ALL SELECT c.id, c.parent_id, path || c.id FROM companies c JOIN above ON c.id = above.parent_id"
    " WHERE NOT c.id = ANY(path))"
    " SELECT id FROM above ORDER BY cardinality(path) DESC"
)
_BELOW = text(
    "WITH RECURSIVE below AS ("
    " SELECT id, parent_id, ARRAY[id] AS path FROM companies WHERE id = :id"
    " UNION ALL SELECT c.id, c.parent_id, path || c.id FROM companies c JOIN below ON c.parent_id = below.id"
    " WHERE NOT c.id = ANY(path) AND cardinality(path) < :depth)"
    " SELECT id, parent_id FROM below ORDER BY cardinality(path), id LIMIT :most"
)


def hold_parents(session: Session) -> None:
    """Nobody else changes who belongs to whom until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_LOCK, 0))))


def check_parent(session: Session, company_id: UUID | None, parent_id: UUID) -> None:
    """Until the transaction ends nobody else changes who belongs to whom; Invalid where the parent is out of the
    actor's reach, or belongs to the company itself."""
    hold_parents(session)
    try:
        load(session, Company, parent_id)
    except NotFound:
        raise Invalid("parent_id", "unknown_reference", "There is no such company.") from None
    if company_id is not None and company_id in above(session, parent_id):
        raise Invalid("parent_id", "cycle", "A company does not belong to itself, nor to one that belongs to it.")


def above(session: Session, company_id: UUID) -> list[UUID]:
    """The company and all that it belongs to, the topmost first."""
    return list(session.scalars(_ABOVE, {"id": company_id}))


def hierarchy(session: Session, company_id: UUID) -> dict[str, Any]:
    """What stands above a company and what belongs to it, within the actor's reach. One that is out of reach is passed
    over: what belongs to it hangs on the next above."""
    load(session, Company, company_id)
    lineage = above(session, company_id)[:-1]
    below = session.execute(_BELOW, {"id": company_id, "depth": MAX_DEPTH, "most": MAX_SHOWN + 1}).all()
    parents = {row.id: row.parent_id for row in below[:MAX_SHOWN]}
    known = _known(session, [*lineage, *parents])
    heads = head_counts(session, [id_ for id_ in parents if id_ in known])
    nodes = {id_: known[id_] | {"people": heads.get(id_, 0)} for id_ in parents if id_ in known}
    return {
        "above": [known[id_] for id_ in lineage if id_ in known],
        "tree": as_tree(company_id, nodes, parents),
        "companies": len(nodes),
        "employees": sum(node["employees"] or 0 for node in nodes.values()),
        "people": sum(node["people"] for node in nodes.values()),
        "truncated": len(below) > MAX_SHOWN,
    }


def head_counts(session: Session, company_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many people within the actor's reach each company has."""
    statement = select(Person.company_id, func.count()).where(Person.company_id.in_(company_ids))
    found = session.execute(visible(statement, Person).group_by(Person.company_id))
    return dict(found.all())  # type: ignore[arg-type]


def _known(session: Session, ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    columns = (Company.id, Company.name, Company.parent_id, Company.roles, Company.employees)
    rows = session.execute(visible(select(*columns).where(Company.id.in_(ids)), Company))
    return {row.id: dict(row._mapping) for row in rows}
