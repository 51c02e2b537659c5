"""What credit notes leave of a deal."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import money
from sales.commissions import rules
from sales.credit_notes.model import CreditNote
from sales.currencies.actions import rate_on
from sales.currencies.rules import convert
from sales.deals.model import Deal
from sales.orders.model import Order
from sales.settings import settings


def kept(session: Session, deal: Deal) -> Decimal:
    """What of the worth of a won deal still counts, in the base currency at the deal's own rate."""
    ordered = credited = Decimal(0)
    noted = select(func.sum(CreditNote.net)).where(CreditNote.order_id == Order.id).scalar_subquery()
    net = (Order.total - Order.tax).label("net")
    for order in session.execute(select(Order.currency, Order.status, net, noted).where(Order.deal_id == deal.id)):
        currency, status, whole, less = order
        ordered += _in_currency_of(session, deal, currency, whole)
        credited += _in_currency_of(session, deal, currency, whole if status == "cancelled" else less or Decimal(0))
    left = rules.kept(deal.amount, ordered, credited)
    if left == deal.amount or deal.base_rate is None:
        return deal.base_amount or money.nothing(settings().currency)
    return convert(left, deal.base_rate, settings().currency)


def _in_currency_of(session: Session, deal: Deal, currency: str, amount: Decimal) -> Decimal:
    """An amount of an order as the deal counts: at the rates of the day it was won, nothing where there is none."""
    if currency == deal.currency:
        return amount
    rate = rate_on(session, currency, deal.closed_at.date()) if deal.closed_at else None
    return convert(amount, rate, deal.currency, deal.base_rate) if rate and deal.base_rate else Decimal(0)
