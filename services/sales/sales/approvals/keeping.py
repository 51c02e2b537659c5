"""The clock of what waits for a yes: who is asked goes by who is there today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session, aliased

from sales.approvals.model import ApprovalRequest
from sales.approvals.people import is_away
from sales.approvals.records import KIND_OF
from sales.assignment.model import Availability
from sales.expenses import approval as expenses
from sales.expenses.model import ExpenseReport
from sales.quotes import turns as quotes
from sales.quotes.model import Quote
from sales.registrations import turns as registrations
from sales.registrations.model import Registration
from sales.reps.model import Rep
from sales.settings import settings

_PRINCIPAL, _ABSENT, _AWAY = aliased(Availability), aliased(Availability), aliased(Rep)


@dataclass(frozen=True)
class Waiting:
    """Records that wait for a yes while `pending`; `refresh` asks those whose turn it is now."""

    model: type[Any]
    pending: ColumnElement[bool]
    refresh: Callable[[Session, Any], None]


WAITING = (
    Waiting(Quote, Quote.status == "pending", quotes.refresh),
    Waiting(ExpenseReport, ExpenseReport.status == "pending", expenses.refresh),
    Waiting(Registration, Registration.status == "submitted", registrations.refresh),
)


def keep_asked(session: Session) -> int:
    """Ask anew where who was asked has left, lost the role, is absent or back, or owns the record by now, and where
    nobody is asked; how many records."""
    return sum(_keep(session, one) for one in WAITING)


def _keep(session: Session, one: Waiting) -> int:
    ids = _stale(session, one) | _unasked(session, one)
    these = select(one.model).where(one.model.id.in_(ids), one.pending).order_by(one.model.id)
    records = session.scalars(these.with_for_update(of=one.model, key_share=True, skip_locked=True)).all()
    for record in records:
        one.refresh(session, record)
    return len(records)


def _stale(session: Session, one: Waiting) -> set[UUID]:
    columns = (
        ApprovalRequest.record_id, ApprovalRequest.stands_in_for, ApprovalRequest.role, Rep.active, Rep.roles,
        Rep.time_zone, _ABSENT.deputy_id, _ABSENT.absences, _PRINCIPAL.absences.label("of_principal"),
        _AWAY.active.label("principal_active"), _AWAY.time_zone.label("zone_of_principal"),
        (ApprovalRequest.user_id == one.model.owner_id).label("own"),
    )  # fmt: skip
    asked = (
        select(*columns)
        .join(one.model, one.model.id == ApprovalRequest.record_id)
        .join(Rep, Rep.id == ApprovalRequest.user_id)
        .outerjoin(_ABSENT, _ABSENT.id == ApprovalRequest.user_id)
        .outerjoin(_PRINCIPAL, _PRINCIPAL.id == ApprovalRequest.stands_in_for)
        .outerjoin(_AWAY, _AWAY.id == ApprovalRequest.stands_in_for)
        .where(ApprovalRequest.state == "waiting", ApprovalRequest.kind == KIND_OF[one.model])
    )
    return {row.record_id for row in session.execute(asked) if _outdated(row, one.model)}


def _outdated(row: Any, model: type[Any]) -> bool:
    if row.stands_in_for is not None:
        return not (row.active and row.principal_active and is_away(row.of_principal, row.zone_of_principal))
    lost_role = row.role is not None and row.role not in row.roles
    own = row.own and model is not Registration  # whose it is there is who decides on it
    away = row.deputy_id is not None and is_away(row.absences, row.time_zone)
    return not row.active or lost_role or own or away


def _unasked(session: Session, one: Waiting) -> set[UUID]:
    asked = exists().where(ApprovalRequest.record_id == one.model.id, ApprovalRequest.state == "waiting")
    # By chance: where nobody can be asked at all, the others are not kept from their turn.
    batch = select(one.model.id).where(one.pending, ~asked).order_by(func.random()).limit(settings().sweep_batch)
    return set(session.scalars(batch))
