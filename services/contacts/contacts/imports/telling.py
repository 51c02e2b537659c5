"""What an import tells the other services: its people, and the companies that they brought along, by the hundred.

One event each would be a million deliveries for every service that listens (ADR 0015).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from chassis import custom
from chassis.custom import Definitions
from chassis.events import Change, emit, emit_many
from contacts.companies.events import company_data
from contacts.imports.plan import Counts, Plan
from contacts.people.events import contact_data, contact_personal
from contacts.people.model import Person
from contacts.points.rules import KINDS, Point

# A hundred of the largest people that a row can describe are still no more than an event may hold.
TOGETHER = 100
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Written:
    """A person as an import has written them: the new version, and all of their contact points."""

    person: Any
    version: int
    points: Sequence[Point]


def tell_people(session: Session, plan: Plan, written: Sequence[Written], told: int) -> int:
    """Tell of `written`, each person once. `told` is how many events this import has sent so far; returns how many
    it has sent then."""
    fields = custom.known(session, Person)
    bundles = [_bundle(fields, plan, together) for together in _by_the_hundred(written)]
    return _tell(session, plan, "people.imported", bundles, told)


def tell_companies(session: Session, plan: Plan, made: Sequence[Any], told: int) -> int:
    """Tell of new companies, likewise."""
    bundles = [
        {
            "job_id": str(plan.job_id),
            "companies": [company_data(company) | {"sequence": 1} for company in together],
        }
        for together in _by_the_hundred(made)
    ]
    return _tell(session, plan, "companies.imported", bundles, told)


def tell_end(session: Session, plan: Plan, counts: Counts, told: int) -> None:
    """Tell that the import has ended, behind all that it told of people."""
    data = {
        "job_id": str(plan.job_id),
        "entity": plan.entity,
        "created": counts.created,
        "updated": counts.updated,
        "skipped": counts.unchanged + counts.duplicates,
        "failed": counts.failed,
    }
    emit(session, "contacts.imported", None, data, subject=f"jobs/{plan.job_id}", sequence=told + 1)


def _by_the_hundred(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[i : i + TOGETHER] for i in range(0, len(items), TOGETHER))


def _tell(session: Session, plan: Plan, type_: str, bundles: Sequence[dict[str, Any]], told: int) -> int:
    changes = [Change(f"jobs/{plan.job_id}", told + i, data) for i, data in enumerate(bundles, start=1)]
    emit_many(session, type_, changes)
    return told + len(changes)


def _bundle(fields: Definitions, plan: Plan, together: Sequence[Written]) -> dict[str, Any]:
    told = [custom.told_of(fields, one.person.custom or {}) for one in together]
    return {
        "job_id": str(plan.job_id),
        "people": [
            contact_data(one.person) | {"custom": open_, "sequence": one.version}
            for one, (open_, _) in zip(together, told, strict=True)
        ],
        "personal": {
            str(one.person.id): _personal(one) | ({"custom": personal} if personal else {})
            for one, (_, personal) in zip(together, told, strict=True)
        },
    }


def _personal(one: Written) -> dict[str, Any]:
    by_kind = ([point.value for point in one.points if point.kind == kind] for kind in KINDS)
    return contact_personal(one.person, *by_kind)
