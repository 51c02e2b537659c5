"""What follows when people or companies have passed to others in a batch: what was said with them goes along, and the
other services are told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from chassis.events import Change, emit_many
from contacts.companies.events import company_data
from contacts.companies.model import Company
from contacts.interactions.model import Interaction
from contacts.people.events import contact_data, contact_personal
from contacts.people.model import Person


def people_passed(session: Session, people: Sequence[Person]) -> None:
    """Of people whose owners have changed and are flushed."""
    _move_interactions(session, people, Interaction.person_id)
    emit_many(session, "contact.updated", [Change(f"people/{one.id}", one.version, _told(one)) for one in people])


def companies_passed(session: Session, companies: Sequence[Company]) -> None:
    """Likewise of companies; what was said with their people is the people's."""
    _move_interactions(session, companies, Interaction.company_id, Interaction.person_id.is_(None))
    told = [Change(f"companies/{one.id}", one.version, company_data(one)) for one in companies]
    emit_many(session, "company.updated", told)


def _move_interactions(session: Session, rows: Sequence[Any], column: Any, *which: ColumnElement[bool]) -> None:
    groups: dict[tuple[UUID | None, UUID | None], list[UUID]] = {}
    for row in rows:
        groups.setdefault((row.owner_id, row.team_id), []).append(row.id)
    for (owner_id, team_id), ids in groups.items():
        moved = update(Interaction).where(column.in_(ids), *which).values(owner_id=owner_id, team_id=team_id)
        session.execute(moved, execution_options={"synchronize_session": False})


def _told(person: Person) -> dict[str, Any]:
    emails, phones = ([point.value for point in points] for points in (person.emails, person.phones))
    return contact_data(person) | {"personal": contact_personal(person, emails, phones)}
