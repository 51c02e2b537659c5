"""The few columns of people and companies that are compared, loaded for many at once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.db.bulk import one_of
from contacts.companies.model import Company
from contacts.people.model import Person
from contacts.points.model import ContactPoint


@dataclass(slots=True)
class PersonRecord:
    """A person as compared. `own` and `shared`: values of contact points."""

    id: UUID
    name: str
    company_id: UUID | None
    company_name: str | None
    country: str | None
    city: str | None
    postcode: str | None
    partner_id: UUID | None
    own: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)


@dataclass(slots=True)
class CompanyRecord:
    """A company as compared."""

    id: UUID
    name: str
    name_key: str
    namesake: bool
    domain: str | None
    phone: str | None
    country: str | None
    city: str | None
    partner_id: UUID | None

    @property
    def label(self) -> str | None:
        """The domain without its last label."""
        return self.domain.rpartition(".")[0] if self.domain else None


_PEOPLE = (Person.id, Person.name, Person.company_id, Person.company_name, Person.country, Person.city,
           Person.postcode, Person.partner_id)  # fmt: skip
_COMPANIES = (Company.id, Company.name, Company.name_key, Company.namesake, Company.domain, Company.phone,
              Company.country, Company.city, Company.partner_id)  # fmt: skip


def people(session: Session, ids: Collection[UUID]) -> dict[UUID, PersonRecord]:
    """Those of `ids` that are there; two statements."""
    wanted = select(*_PEOPLE).where(one_of(Person.id, ids))
    found = {row.id: PersonRecord(*row) for row in session.execute(wanted)}
    points = select(ContactPoint.person_id, ContactPoint.value, ContactPoint.shared)
    for person_id, value, shared in session.execute(points.where(one_of(ContactPoint.person_id, found))):
        (found[person_id].shared if shared else found[person_id].own).add(value)
    return found


def companies(session: Session, ids: Collection[UUID]) -> dict[UUID, CompanyRecord]:
    """Those of `ids` that are there."""
    wanted = select(*_COMPANIES).where(one_of(Company.id, ids))
    return {row.id: CompanyRecord(*row) for row in session.execute(wanted)}
