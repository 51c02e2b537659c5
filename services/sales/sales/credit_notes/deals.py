"""What the orders of a won deal leave of it, once they are cancelled or credited."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.access import load
from sales.credit_notes import rules
from sales.credit_notes.model import CreditNote
from sales.currencies.actions import rate_on, value_credited
from sales.currencies.rules import convert
from sales.deals.events import tell
from sales.deals.model import Deal
from sales.orders.model import Order


def lock(session: Session, order_id: UUID) -> tuple[Order, Deal]:
    """An order within reach and its deal, to be changed: the deal is locked first, as by who orders from it."""
    deal_id = load(session, Order, order_id).deal_id
    locked = select(Deal).where(Deal.id == deal_id).with_for_update(key_share=True)
    deal = session.scalars(locked.execution_options(populate_existing=True)).one()
    return load(session, Order, order_id, lock=True), deal


def reckon(session: Session, deal: Deal) -> None:
    """Work out anew what of a locked won deal is credited, and tell of it where that is another."""
    session.flush()
    credited = rules.credited(deal.amount, _ordered(session, deal))
    if credited != deal.credited:
        deal.credited = credited
        value_credited(deal)
        tell(session, "deal.credited", deal)


def _ordered(session: Session, deal: Deal) -> list[rules.Ordered]:
    noted = select(func.coalesce(func.sum(CreditNote.net), 0)).where(CreditNote.order_id == Order.id).scalar_subquery()
    orders = select(Order.currency, Order.total - Order.tax, noted, Order.status).where(Order.deal_id == deal.id)
    return [
        rules.Ordered(
            _as_deal(session, deal, currency, net), _as_deal(session, deal, currency, less), status == "cancelled"
        )
        for currency, net, less, status in session.execute(orders)
    ]


def _as_deal(session: Session, deal: Deal, currency: str, amount: Decimal) -> Decimal:
    """An amount of an order as the deal counts: at the rates of the day it was won, nothing where there is none."""
    if currency == deal.currency:
        return amount
    rate = rate_on(session, currency, deal.closed_at.date()) if deal.closed_at else None
    return convert(amount, rate, deal.currency, deal.base_rate) if rate and deal.base_rate else Decimal(0)
