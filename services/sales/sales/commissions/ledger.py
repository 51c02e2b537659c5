"""Write entries, each into a statement that is still open."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import money
from chassis.access import actor
from chassis.events import emit
from sales.commissions.model import CommissionEntry, CommissionPlan, CommissionStatement
from sales.periods import Period
from sales.reps.model import Rep
from sales.settings import settings
from sales.told import text


def book(
    session: Session, rep_id: UUID, plan: CommissionPlan, days: Period, amount: Decimal, kind: str, *,
    base: Decimal, deal_id: UUID | None = None, reason: str | None = None,
) -> CommissionEntry:  # fmt: skip
    """Write an entry for a period, into its statement, or the next one that is not closed. The caller holds the rep's
    plan."""
    statement = _open(session, rep_id, plan, days)
    statement.total += amount
    entry = CommissionEntry(
        plan_id=plan.id, deal_id=deal_id, kind=kind, earned_for=days.begin, booked_in=statement.begins_on,
        base=base, amount=amount, reason=reason, made_by=actor().id, owner_id=rep_id,
        team_id=statement.team_id,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    _tell(session, entry)
    return entry


def _open(session: Session, rep_id: UUID, plan: CommissionPlan, days: Period) -> CommissionStatement:
    mine = select(CommissionStatement).where(
        CommissionStatement.owner_id == rep_id, CommissionStatement.plan_id == plan.id,
        CommissionStatement.begins_on >= days.begin,
    )  # fmt: skip
    locked = mine.order_by(CommissionStatement.begins_on).with_for_update().execution_options(populate_existing=True)
    by_begin = {one.begins_on: one for one in session.scalars(locked)}
    while (found := by_begin.get(days.begin)) and found.status != "draft":
        days = days.before(-1)
    if found is None:
        rep = session.get(Rep, rep_id)
        found = CommissionStatement(
            owner_id=rep_id, team_id=rep.team_id if rep else None, plan_id=plan.id, begins_on=days.begin,
            ends_before=days.end, status="draft", total=money.nothing(settings().currency),
        )  # fmt: skip
        session.add(found)
        session.flush()
    return found


def _tell(session: Session, entry: CommissionEntry) -> None:
    type_ = "commission.earned" if entry.amount > 0 else "commission.reversed"
    data = {
        "entry_id": str(entry.id), "owner_id": str(entry.owner_id), "team_id": text(entry.team_id),
        "plan_id": str(entry.plan_id), "deal_id": text(entry.deal_id), "kind": entry.kind, "amount": str(entry.amount),
        "currency": settings().currency, "earned_for": entry.earned_for.isoformat(),
        "booked_in": entry.booked_in.isoformat(),
    }  # fmt: skip
    emit(session, type_, entry, data)
