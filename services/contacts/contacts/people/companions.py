"""The people of a company, when the company comes to be called otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contacts.people import actions as people
from contacts.people.model import Person

_AT_A_TIME = 500


def call_company(session: Session, person_ids: Sequence[UUID], name: str) -> None:
    """Let these people bear the company's name, and tell of each; a company of thousands in pieces."""
    wanted = sorted(person_ids)
    for start in range(0, len(wanted), _AT_A_TIME):
        statement = select(Person).where(Person.id.in_(wanted[start : start + _AT_A_TIME])).order_by(Person.id)
        options = {"populate_existing": True}
        rows = session.scalars(statement.with_for_update(of=Person), execution_options=options).all()
        for person in rows:
            person.company_name = name
            person.touch()
        session.flush()
        for person in rows:
            people.tell(session, "contact.updated", person)
            session.expunge(person)
