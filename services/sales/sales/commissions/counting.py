"""What of a deal counts for whom, as it stands now."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from sales.commissions import rules
from sales.commissions.model import CommissionAssignment, CommissionPlan
from sales.credits.actions import credits_of
from sales.credits.rules import Credit
from sales.deals.model import Deal, DealLine
from sales.orders.model import Order, Payment
from sales.products.model import Product
from sales.settings import settings
from sales.targets.actions import fiscal


class Base(NamedTuple):
    """As CommissionBase, of one deal."""

    rep_id: UUID
    kind: str
    plan_id: UUID
    begins_on: date
    amount: Decimal
    parts: dict[str, str]
    counted_at: datetime


def counting(session: Session, deal: Deal) -> list[Base]:
    """What a locked deal counts, for each who is credited with it and has a plan: nothing unless it is won and, by the
    plan, ordered or paid; less by what was credited of its orders, and nothing once all are cancelled."""
    since = _since(session, deal)
    if not since or not deal.base_amount or not (worth := deal.base_amount - deal.base_credited):
        return []
    found = []
    sold = _sold(session, deal)
    for credit, amount in _shares(credits_of(session, deal), worth):
        if base := _base(session, credit, amount, since, sold):
            found.append(base)
    return found


def _since(session: Session, deal: Deal) -> dict[str, datetime]:
    """Since when it is won, ordered, paid."""
    if deal.status != "won" or deal.closed_at is None:
        return {}
    paid = select(func.sum(Payment.amount), func.max(Payment.paid_at)).where(Payment.order_id == Order.id)
    columns = Order.status, (Order.total - Order.credited).label("owed"), Order.placed_at, Order.id
    orders = session.execute(select(*columns).where(Order.deal_id == deal.id).order_by(Order.placed_at)).all()
    alive = [order for order in orders if order.status != "cancelled"]
    if orders and not alive:
        return {}
    since = {"won": deal.closed_at}
    if alive:
        since["ordered"] = alive[0].placed_at
        money = [session.execute(paid.where(Order.id == order.id)).one() for order in alive]
        if all((row[0] or 0) >= order.owed for row, order in zip(money, alive, strict=True)):
            since["paid"] = max((row[1] for row in money if row[1]), default=alive[-1].placed_at)
    return since


def _shares(credits: list[Credit], amount: Decimal) -> list[tuple[Credit, Decimal]]:
    base = settings().currency
    revenue = [credit for credit in credits if credit.kind == "revenue"]
    shares = list(zip(revenue, rules.split(amount, [credit.percent for credit in revenue], base), strict=True))
    overlays = [credit for credit in credits if credit.kind != "revenue"]
    return shares + [(credit, rules.split(amount, [credit.percent], base)[0]) for credit in overlays]


def _base(
    session: Session, credit: Credit, amount: Decimal, since: dict[str, datetime], sold: dict[str, Decimal]
) -> Base | None:
    for basis, at in since.items():
        plan = plan_on(session, credit.rep_id, at.date())
        if plan is None or plan.basis != basis or (credit.kind == "overlay" and not plan.pays_overlay):
            continue
        begins_on = fiscal(plan.period, at.date()).begin
        parts = _special(amount, sold, {rate["category_id"] for rate in plan.product_rates})
        return Base(credit.rep_id, credit.kind, plan.id, begins_on, amount, parts, at)
    return None


def plan_on(session: Session, rep_id: UUID, day: date) -> CommissionPlan | None:
    """The plan that a rep has on a day."""
    lasts = or_(CommissionAssignment.ends_on.is_(None), CommissionAssignment.ends_on > day)
    has = and_(CommissionAssignment.owner_id == rep_id, CommissionAssignment.begins_on <= day, lasts)
    joined = select(CommissionPlan).join(CommissionAssignment, CommissionAssignment.plan_id == CommissionPlan.id)
    return session.scalars(joined.where(has)).one_or_none()


def _sold(session: Session, deal: Deal) -> dict[str, Decimal]:
    """What the lines of a deal come to, by category; of no category: under ''."""
    lines = select(Product.category_id, func.sum(DealLine.amount)).select_from(DealLine)
    joined = lines.outerjoin(Product, Product.id == DealLine.product_id).where(DealLine.deal_id == deal.id)
    rows: Any = session.execute(joined.group_by(Product.category_id))
    return {str(category or ""): amount for category, amount in rows}


def _special(amount: Decimal, sold: dict[str, Decimal], rated: set[str]) -> dict[str, str]:
    """What of a share has a product rate: the share is split as the lines are."""
    whole = sum(sold.values(), Decimal(0))
    if not whole or not rated & sold.keys():
        return {}
    names = sorted(sold)
    shares = rules.split(amount, [100 * sold[name] / whole for name in names], settings().currency)
    return {name: str(share) for name, share in zip(names, shares, strict=True) if name in rated}
