"""The routes of the history of owners."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api
from contacts.companies.model import Company
from contacts.owners.history import owners_of
from contacts.owners.schema import OwnerChangeOut
from contacts.people.model import Person

api = Api("owners", scope="contacts")


@api.get("/people/<uuid:person_id>/owners", returns=OwnerChangeOut, many=True)
def person_owners(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """List whose a person is and was, the latest first."""
    return owners_of(session, Person, person_id)


@api.get("/companies/<uuid:company_id>/owners", returns=OwnerChangeOut, many=True)
def company_owners(session: Session, company_id: UUID) -> list[dict[str, Any]]:
    """List whose a company is and was, the latest first."""
    return owners_of(session, Company, company_id)
