"""The routes of profiles."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api
from contacts.profiles import reading
from contacts.profiles.schema import CompanyProfileOut, PersonProfileOut

api = Api("profiles", scope="contacts")


@api.get("/people/<uuid:person_id>/profile", returns=PersonProfileOut, errors=(404,))
def person_profile(session: Session, person_id: UUID) -> dict[str, Any]:
    """Read all that is known of a person in one answer."""
    return reading.of_person(session, person_id)


@api.get("/companies/<uuid:company_id>/profile", returns=CompanyProfileOut, errors=(404,))
def company_profile(session: Session, company_id: UUID) -> dict[str, Any]:
    """Read all that is known of a company in one answer."""
    return reading.of_company(session, company_id)
