"""Make the owner of a customer what the pools of sales decided, and answer; or refuse, and say why.

Sales waits for the answer before anything else becomes of the customer. The people of a company go with it: those of
the same owner are nobody's, too, and those who are nobody's are the claimant's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.db.aliases import resolve
from chassis.events import Event, emit
from contacts.companies.model import Company
from contacts.merging.model import Tombstone
from contacts.owners.cause import because
from contacts.owners.passing import companies_passed, people_passed
from contacts.people.model import Person
from contacts.pools.rules import refusal
from contacts.staff.model import StaffMember
from contacts.staff.rules import OWNERSHIP
from contacts.tasks.followups import drop_warning, drop_warnings

_MODELS: dict[str, Any] = {"person": Person, "company": Company}


def take_off(session: Session, event: Event) -> None:
    """`customer.reclaimed`: it is nobody's, if it still is whose sales took it for. It stays with the team."""
    _take_off(session, event)
    drop_warning(session, event)


def take_off_many(session: Session, events: Sequence[Event]) -> None:
    """The same for all that `customers.reclaimed` tells of."""
    for event in sorted(events, key=lambda event: event.uuid("customer_id")):  # locked in one order by all
        _take_off(session, event)
    drop_warnings(session, events)


def _take_off(session: Session, event: Event) -> None:
    record, before = _asked(session, event), event.optional_uuid("previous_owner_id")
    reason = _reason(session, event, record, before)
    if reason is None:
        because(session, f"customer.reclaimed ({event.data['rule']})", by=_by(event))
        _pass(session, record, before, None, record.team_id)
    _answer(session, event, record, reason)


def give(session: Session, event: Event) -> None:
    """`customer.claimed`: it is its taker's, if it is nobody's still and the taker works here."""
    record, taker_id = _asked(session, event), event.uuid("taker_id")
    reason = _reason(session, event, record, None)
    taker = session.get(StaffMember, taker_id)
    if reason is None and taker is not None and not taker.active:
        reason = "user_inactive"
    if reason is None:
        because(session, "customer.claimed", by=_by(event))
        _pass(session, record, None, taker_id, taker.team_id if taker else event.optional_uuid("taker_team_id"))
    _answer(session, event, record, reason)


def _asked(session: Session, event: Event) -> Any:
    model = _MODELS[event.data["kind"]]
    this = select(model).where(model.id == event.uuid("customer_id")).with_for_update(of=model, key_share=True)
    return session.scalar(this.execution_options(populate_existing=True))


def _reason(session: Session, event: Event, record: Any, expected: UUID | None) -> str | None:
    if record is None:
        id_ = event.uuid("customer_id")
        return "deleted" if resolve(session, Tombstone, id_) == id_ else "merged"
    in_company = getattr(record, "company_id", None) is not None
    owned = {"partner_id": record.partner_id, "owner_id": record.owner_id}
    return refusal(in_company=in_company, **owned, expected=expected)


def _pass(session: Session, record: Any, before: UUID | None, owner_id: UUID | None, team_id: UUID | None) -> None:
    companies, people = (
        ([record], _people_of(session, record, before)) if isinstance(record, Company) else ([], [record])
    )
    passing: tuple[Any, ...] = (*companies, *people)
    for one in passing:
        one.owner_id, one.team_id = owner_id, team_id if owner_id else one.team_id
    session.flush()
    companies_passed(session, companies)
    people_passed(session, people)


def _people_of(session: Session, company: Company, owner_id: UUID | None) -> list[Person]:
    whose = (Person.owner_id.is_not_distinct_from(owner_id), Person.partner_id.is_(None))
    theirs = select(Person).where(Person.company_id == company.id, *whose).order_by(Person.id)
    locked = theirs.with_for_update(of=Person, key_share=True).execution_options(populate_existing=True)
    return list(session.scalars(locked))


def _answer(session: Session, event: Event, record: Any, reason: str | None) -> None:
    asked = ("customer_id", "kind", "person_id", "company_id", "move_id")
    owned = {part: str(value) if (value := getattr(record, part, None)) else None for part in OWNERSHIP}
    data = {name: event.data[name] for name in asked} | owned
    if reason is None:
        emit(session, "ownership.accepted", record, data)
    elif record is None:
        emit(session, "ownership.refused", None, data | {"reason": reason}, subject=event.subject, sequence=0)
    else:
        emit(session, "ownership.refused", record, data | {"reason": reason})


def _by(event: Event) -> UUID | None:
    return UUID(event.actorid) if event.actorid else None
