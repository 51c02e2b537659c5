"""What an import tells the other services: its people and companies by the hundred; then that it has ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chassis.events import emit
from contacts import bundles
from contacts.bundles import Written
from contacts.imports.announcing import bundles_of, company_bundles_of
from contacts.imports.plan import Counts, Outcome, Plan

_PEOPLE, _COMPANIES = "people.imported", "companies.imported"


def tell_people(session: Session, plan: Plan, outcome: Outcome, changed: Sequence[Written]) -> None:
    """Tell of the people whom a step has made, then of `changed`, each once; before them of the companies that it has
    made for them."""
    told, job_id = outcome.told, plan.job_id
    if outcome.companies:
        told = bundles.tell(session, _COMPANIES, job_id, company_bundles_of(job_id, outcome.companies), told)
    if outcome.people:
        told = bundles.tell(session, _PEOPLE, job_id, bundles_of(job_id, outcome.people), told)
    outcome.told = bundles.tell_people(session, _PEOPLE, job_id, changed, told)
    outcome.people, outcome.companies = [], []


def tell_companies(session: Session, plan: Plan, made: Sequence[Any], changed: Sequence[Any], told: int) -> int:
    """Tell of new companies and of changed ones. `told` is how many events this import has sent so far; returns
    how many it has sent then."""
    told = bundles.tell_companies(session, _COMPANIES, plan.job_id, made, told)
    return bundles.tell_companies(session, "companies.changed", plan.job_id, changed, told)


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
