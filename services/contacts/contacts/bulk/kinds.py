"""What bulk edits have to know of people, and of companies."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from contacts import bundles
from contacts.bulk.model import BulkEditCompanyRow, BulkEditRow
from contacts.bulk.rules import KEPT, Edited, flat
from contacts.companies import actions as companies
from contacts.companies.model import Company
from contacts.people import actions as people
from contacts.people.model import Person

_IDS = ("company_id", "parent_id", "owner_id", "team_id", "partner_id")


@dataclass(frozen=True)
class Kind:
    """A kind of record: its model, the rows of its edits and their `key` to it, its use case of a single change.
    `apart` says which changes have consequences beyond the record and its events, so that they go by that use case, one
    after the other; `tell` tells of all the others by the hundred."""

    entity: Edited
    one: str
    model: Any
    rows: Any
    key: str
    change: Callable[[Session, Any, dict[str, Any]], Any]
    apart: Callable[[Any, Mapping[str, Any]], bool]
    tell: Callable[[Session, UUID, Sequence[Any], int], int]

    def state(self, record: Any) -> dict[str, Any]:
        """What an edit may change of a record, and what follows from that."""
        columns = {name: getattr(record, name) for name in KEPT[self.entity]}
        lists = {name: list(columns[name]) for name in ("roles", "tags")}
        return flat(columns | lists, record.custom or {})


def typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a state as they are in the record, from how they are kept in JSON."""
    return {name: UUID(value) if name in _IDS and value else value for name, value in values.items()}


def _person_apart(person: Person, changed: Mapping[str, Any]) -> bool:
    """A number that several share is found by the name, too; and where somebody worked until now is kept."""
    shared = "name" in changed and any(point.shared for point in person.points)
    return shared or ("company_id" in changed and person.company_id is not None)


def _company_apart(_company: Company, changed: Mapping[str, Any]) -> bool:
    """Names are unique, and nothing belongs to what belongs to it."""
    return "name" in changed or "parent_id" in changed


def _tell_people(session: Session, job_id: UUID, changed: Sequence[Person], told: int) -> int:
    written = [bundles.Written(person, person.version, person.points) for person in changed]
    return bundles.tell_people(session, "people.changed", job_id, written, told)


def _tell_companies(session: Session, job_id: UUID, changed: Sequence[Company], told: int) -> int:
    return bundles.tell_companies(session, "companies.changed", job_id, changed, told)


PEOPLE = Kind("people", "person", Person, BulkEditRow, "person_id", people.change, _person_apart, _tell_people)
COMPANIES = Kind(
    "companies", "company", Company, BulkEditCompanyRow, "company_id", companies.change, _company_apart,
    _tell_companies,
)  # fmt: skip
KINDS: dict[Edited, Kind] = {"people": PEOPLE, "companies": COMPANIES}
