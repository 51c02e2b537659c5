"""Make plans and give them to reps, close statements, correct."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import actor, load
from chassis.errors import Conflict, Forbidden, Invalid
from sales.commissions import rules
from sales.commissions.ledger import book
from sales.commissions.model import (
    CommissionAssignment,
    CommissionBase,
    CommissionEntry,
    CommissionPlan,
    CommissionStatement,
)
from sales.commissions.settling import Group, settle, work_out
from sales.credits.model import DealCredit
from sales.deals.model import Deal
from sales.locks import hold
from sales.managers import require_manager, require_reach_all
from sales.products.model import Category
from sales.reps.actions import find_rep
from sales.reps.model import Rep
from sales.settings import settings
from sales.targets.actions import fiscal


def add_plan(session: Session, data: dict[str, Any]) -> CommissionPlan:
    """A new plan. Only those who reach all make plans."""
    require_reach_all("commission plans")
    data |= _in_base(data)
    rules.check_terms(data)
    wanted = [rate["category_id"] for rate in data["product_rates"]]
    known = set(session.scalars(select(Category.id).where(Category.id.in_(wanted))))
    for place, one in enumerate(wanted):
        if one not in known:
            raise Invalid(f"product_rates.{place}.category_id", "unknown_category", "There is no such category.")
    kept = {name: [_as_kept(one) for one in data.pop(name)] for name in ("tiers", "product_rates")}
    plan = CommissionPlan(**data, **kept, active=True)
    session.add(plan)
    return plan


def change_plan(session: Session, plan: CommissionPlan, changes: dict[str, Any]) -> CommissionPlan:  # noqa: ARG001
    """Rename a plan, or take it out of use."""
    require_reach_all("commission plans")
    for name, value in changes.items():
        setattr(plan, name, value)
    return plan


def assign(session: Session, data: dict[str, Any]) -> CommissionAssignment:
    """Give a plan to a rep. Conflict where they have another at that time. What was sold before counts with the next
    change of its deal, or when it is recomputed."""
    require_manager("who has which commission plan")
    rep = find_rep(session, data["rep_id"], "rep_id")
    _check_team(rep)
    plan = session.get(CommissionPlan, data["plan_id"])
    if plan is None or not plan.active:
        raise Invalid("plan_id", "unknown_plan", "There is no active plan with this id.")
    hold(session, f"commission plans {rep.id}")
    _check_free(session, rep.id, data["begins_on"], data["ends_on"])
    owner = {"owner_id": rep.id, "team_id": rep.team_id}
    dates = {"begins_on": data["begins_on"], "ends_on": data["ends_on"]}
    assignment = CommissionAssignment(plan_id=plan.id, **owner, **dates)
    session.add(assignment)
    return assignment


def change_assignment(
    session: Session, assignment: CommissionAssignment, changes: dict[str, Any]
) -> CommissionAssignment:
    """End an assignment on another day."""
    require_manager("who has which commission plan")
    hold(session, f"commission plans {assignment.owner_id}")
    _check_free(session, assignment.owner_id, assignment.begins_on, changes["ends_on"], assignment.id)
    assignment.ends_on = changes["ends_on"]
    return assignment


def approve(session: Session, statement_id: UUID) -> CommissionStatement:
    """Close a statement of a period that is over, once: what comes later is booked in the next one."""
    statement = _to_close(session, statement_id)
    if rules.check_step(statement.status, "approved"):
        if statement.ends_before > clock.now().date():
            raise Conflict("period_not_over", f"The period lasts until before {statement.ends_before}.")
        statement.status, statement.approved_by, statement.approved_at = "approved", actor().id, clock.now()
    return statement


def pay(session: Session, statement_id: UUID, reference: str) -> CommissionStatement:
    """Note that an approved statement was paid, once."""
    statement = _to_close(session, statement_id)
    if rules.check_step(statement.status, "paid"):
        statement.status, statement.reference, statement.paid_at = "paid", reference, clock.now()
    elif statement.reference != reference:
        raise Conflict("statement_paid", "It was paid under another reference.")
    return statement


def adjust(session: Session, rep_id: UUID, plan_id: UUID, on: date, amount: Decimal, reason: str) -> CommissionEntry:
    """An entry by hand."""
    require_manager("commission")
    rep = find_rep(session, rep_id, "rep_id")
    _check_team(rep)
    if amount == 0:
        raise Invalid("amount", "zero", "An entry is of more or less than 0.")
    amount = money.accepted(amount, settings().currency, "amount")
    plan = session.get(CommissionPlan, plan_id)
    if plan is None:
        raise Invalid("plan_id", "unknown_plan", "There is no plan with this id.")
    hold(session, f"commission {rep.id} {plan.id}")
    days, none = fiscal(plan.period, on), money.nothing(settings().currency)
    return book(session, rep.id, plan, days, amount, "adjustment", base=none, reason=reason)


def recompute(session: Session, rep_id: UUID, period: str, on: date) -> dict[str, int]:
    """Work out anew what a rep earns by the deals of a period, as RecomputedOut: for a plan or a target that came
    late. What differs is booked as a correction."""
    require_manager("commission")
    rep = find_rep(session, rep_id, "rep_id")
    _check_team(rep)
    begin, end = fiscal(period, on).instants
    credited = select(DealCredit.deal_id).where(DealCredit.rep_id == rep.id)
    his = or_(Deal.owner_id == rep.id, Deal.id.in_(credited))
    counted = select(CommissionBase.deal_id).where(
        CommissionBase.rep_id == rep.id, CommissionBase.begins_on >= begin.date(), CommissionBase.begins_on < end.date()
    )
    closed = select(Deal.id).where(his, Deal.status == "won", Deal.closed_at >= begin, Deal.closed_at < end)
    ids = set(session.scalars(closed.union(counted)))
    entries = settle(session, list(ids), "recomputed")
    groups = select(CommissionBase.plan_id, CommissionBase.begins_on).where(
        CommissionBase.rep_id == rep.id, CommissionBase.begins_on >= begin.date(), CommissionBase.begins_on < end.date()
    )
    for row in sorted(session.execute(groups.distinct()).all(), key=str):
        hold(session, f"commission {rep.id} {row.plan_id}")
        entries += work_out(session, Group(rep.id, row.plan_id, row.begins_on), None, None, "recomputed")
    return {"deals": len(ids), "entries": entries}


def _to_close(session: Session, statement_id: UUID) -> CommissionStatement:
    require_manager("commission statements")
    statement = load(session, CommissionStatement, statement_id, lock=True)
    if statement.owner_id == actor().id:
        raise Forbidden("Nobody approves or pays their own statement.", "own_statement")
    return statement


def _check_free(session: Session, rep_id: UUID | None, begin: date, end: date | None, but: UUID | None = None) -> None:
    if end is not None and end <= begin:
        raise Invalid("ends_on", "before_the_begin", "It ends after it begins.")
    other = select(CommissionAssignment.id).where(
        CommissionAssignment.owner_id == rep_id,
        or_(CommissionAssignment.ends_on.is_(None), CommissionAssignment.ends_on > begin),
    )
    other = other.where(CommissionAssignment.begins_on < end) if end else other
    if session.scalar((other.where(CommissionAssignment.id != but) if but else other).limit(1)):
        raise Conflict("plan_assigned", "The rep has a plan at that time.")


def _check_team(rep: Rep) -> None:
    who = actor()
    if who.reach == "team" and (rep.team_id is None or rep.team_id != who.team_id):
        raise Forbidden("You settle the commission of your own team.", "not_your_team")
    if rep.id == who.id:
        raise Forbidden("Nobody settles their own commission.", "own_commission")


def _in_base(data: dict[str, Any]) -> dict[str, Any]:
    """The amounts of a plan's terms as the base currency is written."""
    base = settings().currency
    tiers = [
        tier | money.in_units(tier, base, "above", at=f"tiers.{place}.") for place, tier in enumerate(data["tiers"])
    ]  # fmt: skip
    return {"tiers": tiers, **money.in_units(data, base, "floor", "cap")}


def _as_kept(terms: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in terms.items()}
