"""The company that a person is with: found or made, and held, before the person is locked.

Whoever writes people comes to their companies first. Who came to a company from a locked person would wait in a circle
for an import or a renaming, and a name that was read without a lock could be outdated when it is written.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.errors import Invalid, NotFound
from contacts.companies import actions as companies
from contacts.companies.model import Company
from contacts.people.model import Person


def company_of(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """`company_id` and `company_name` as they belong together, by the one of them that `data` says; nothing where it
    says both, as this returned them before. Invalid for a company the caller cannot see."""
    if data.get("company_id") and data.get("company_name"):
        return {}
    if data.get("company_id"):
        company = _within_reach(session, data["company_id"])
        return {"company_id": company.id, "company_name": company.name}
    if data.get("company_name"):
        found = companies.named(session, data["company_name"], data.get("source") or "api")
        return {"company_id": found.id, "company_name": found.name} if found else {"company_id": None}
    return {"company_id": None, "company_name": None}


def with_new_company(session: Session, changes: dict[str, Any]) -> dict[str, Any]:
    """`changes` of a person who is not locked yet, with the company that they name."""
    return changes | company_of(session, changes) if changes.keys() & {"company_id", "company_name"} else changes


def before_change(session: Session, person_id: UUID, changes: dict[str, Any]) -> dict[str, Any]:
    """The same, with the company that the person leaves held, too: that they were there is noted."""
    if changes.keys() & {"company_id", "company_name"}:
        left = session.scalar(select(Person.company_id).where(Person.id == person_id))
        companies.hold(session, [left] if left else [])
    return with_new_company(session, changes)


def with_first_company(session: Session, person_id: UUID, data: dict[str, Any]) -> dict[str, Any]:
    """`data` to fill in of a person who is not locked yet, with the company that it names if they have none."""
    if not data.get("company_name") or data.get("company_id"):
        return data
    there = session.execute(select(Person.company_id).where(Person.id == person_id)).first()
    return data | company_of(session, data) if there is not None and there.company_id is None else data


def company_again(session: Session, company_id: UUID | None, name: str | None) -> dict[str, Any]:
    """The company (held) that somebody was with, called as it is now; where it is there no more, the name alone."""
    company = session.get(Company, companies.moved(session, company_id)) if company_id else None
    return {"company_id": company.id if company else None, "company_name": company.name if company else name}


def _within_reach(session: Session, company_id: UUID) -> Company:
    """The company that this id stands for, held."""
    while True:
        try:
            current = load(session, Company, companies.moved(session, company_id)).id
        except NotFound:
            raise Invalid("company_id", "unknown_reference", "There is no such company.") from None
        held = companies.hold(session, [current])
        if held:  # else it was merged or deleted in this very moment
            return held[current]
