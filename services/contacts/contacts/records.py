"""The kinds of records that something can be written on or attached to, and whom such a record is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from chassis.access import Access, load, visible
from chassis.errors import Invalid
from contacts.calendar.model import Appointment
from contacts.companies.model import Company
from contacts.interactions.model import Interaction
from contacts.people.model import Person
from contacts.tasks.model import Task

RECORDS: dict[str, Any] = {
    "person": Person, "company": Company, "interaction": Interaction, "task": Task, "appointment": Appointment,
}  # fmt: skip


@dataclass(frozen=True)
class About:
    """Whom a record is about: itself, or the person and company that it names."""

    person_id: UUID | None
    company_id: UUID | None


def about(session: Session, kind: str, record_id: UUID, *, access: Access = "read") -> About:
    """Whom the record is about. NotFound out of the actor's reach, Invalid where it is about nobody."""
    record = load(session, RECORDS[kind], record_id, access=access)
    person_id = record.id if kind == "person" else getattr(record, "person_id", None)
    company_id = record.id if kind == "company" else getattr(record, "company_id", None)
    if person_id is None and company_id is None:
        raise Invalid("record_id", "about_nobody", "The record is about no person or company.")
    return About(person_id, company_id)


def of_reached(model: Any) -> ColumnElement[bool]:
    """The rows of `model` whose person the actor reaches; whose company, where they are about no person: a colleague's
    contact in one's own company is the colleague's."""
    person = visible(select(Person.id).where(Person.id == model.person_id), Person).exists()
    company = visible(select(Company.id).where(Company.id == model.company_id), Company).exists()
    return or_(person, and_(model.person_id.is_(None), company))
