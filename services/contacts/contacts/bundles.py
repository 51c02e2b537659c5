"""What jobs and other changes of many tell the other services: people and companies by the hundred, in one event each.

One event a record would be as many deliveries for each service that listens (ADR 0015).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from sqlalchemy.orm import Session

from chassis import custom
from chassis.custom import Definitions
from chassis.events import Change, emit_many
from chassis.events.bulk import parts_of
from contacts.companies.events import company_data
from contacts.companies.model import Company
from contacts.people.events import contact_data, contact_personal
from contacts.people.model import Person
from contacts.points.rules import KINDS

_DELETED = {"people": ("people.deleted", "person_ids"), "companies": ("companies.deleted", "company_ids")}


@dataclass(frozen=True, slots=True)
class Written:
    """A person as a job has written them: the version, and all of their contact points (each with `kind`, `value`)."""

    person: Any
    version: int
    points: Sequence[Any]


def tell_people(session: Session, type_: str, job_id: UUID, written: Sequence[Written], told: int) -> int:
    """Tell of the state of `written`, each person once. `told` is how many events this job has sent so far; returns how
    many it has sent then."""
    fields = custom.known(session, Person)
    return tell(session, type_, job_id, [_people(fields, job_id, part) for part in parts_of(written)], told)


def tell_companies(session: Session, type_: str, job_id: UUID, companies: Sequence[Any], told: int) -> int:
    """The same of companies, each with its `version` and `custom` as it is written."""
    fields = custom.known(session, Company)
    return tell(session, type_, job_id, [_companies(fields, job_id, part) for part in parts_of(companies)], told)


def tell(session: Session, type_: str, job_id: UUID, bundles: Sequence[dict[str, Any]], told: int) -> int:
    """Tell by one event each what is put together already; counts as `tell_people` does."""
    emit_many(session, type_, [Change(f"jobs/{job_id}", told + i, data) for i, data in enumerate(bundles, start=1)])
    return told + len(bundles)


def tell_deleted(
    session: Session, what: Literal["people", "companies"], job_id: UUID, ids: Sequence[UUID], told: int
) -> int:
    """Tell by `people.deleted` or `companies.deleted` who is not there any more; counts as `tell_people` does."""
    type_, named = _DELETED[what]
    bundles = [{"job_id": str(job_id), named: [str(id_) for id_ in part]} for part in parts_of(ids)]
    return tell(session, type_, job_id, bundles, told)


def _people(fields: Definitions, job_id: UUID, together: Sequence[Written]) -> dict[str, Any]:
    told = [(str(one.person.id), one, *custom.told_of(fields, one.person.custom or {})) for one in together]
    return {
        "job_id": str(job_id),
        "people": [contact_data(one.person) | {"custom": open_, "sequence": one.version} for _, one, open_, _ in told],
        "personal": {
            id_: _personal_of(one.person, one.points) | ({"custom": hidden} if hidden else {})
            for id_, one, _, hidden in told
        },
    }


def _personal_of(person: Any, points: Sequence[Any]) -> dict[str, Any]:
    by_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for point in points:
        by_kind[point.kind].append(point.value)
    return contact_personal(person, *by_kind.values())


def _companies(fields: Definitions, job_id: UUID, together: Sequence[Any]) -> dict[str, Any]:
    told = [(company, *custom.told_of(fields, company.custom or {})) for company in together]
    data = [company_data(company) | {"custom": open_, "sequence": company.version} for company, open_, _ in told]
    personal = {str(company.id): {"custom": values} for company, _, values in told if values}
    return {"job_id": str(job_id), "companies": data} | ({"personal": personal} if personal else {})
