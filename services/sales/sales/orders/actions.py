"""Place orders from won deals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from chassis.errors import Invalid, NotFound
from sales.deals.model import Deal
from sales.orders import rules
from sales.orders.events import tell_placed
from sales.orders.model import NUMBERS, Order, OrderLine
from sales.quotes.model import Quote

_FROM_DEAL = ("person_id", "company_id", "contact_name", "company_name", "campaign_id", "currency",
              "owner_id", "team_id", "partner_id")  # fmt: skip


def place_order(session: Session, data: dict[str, Any]) -> tuple[Order, bool]:
    """The order of a won deal, and whether it is new: the one it has already unless another is asked for
    (`additional`).

    Without lines the order has one, of the accepted quote's total, or else of the deal's name and
    amount. Conflict where the deal is not won.
    """
    deal = _deal(session, data["deal_id"])
    rules.check_won(deal.status)
    additional = data.get("additional", False)
    placed = session.scalars(select(Order).where(Order.deal_id == deal.id, ~Order.additional)).one_or_none()
    if placed and not additional:
        return placed, False
    order = _order(deal, _lines(data.get("lines") or [_whole(session, deal)]))
    order.additional = placed is not None
    order.number = rules.number(order.placed_at.year, session.scalar(select(NUMBERS.next_value())) or 0)
    deal.ordered = True
    session.add(order)
    tell_placed(session, order)
    return order, True


def _deal(session: Session, deal_id: UUID) -> Deal:
    try:
        return load(session, Deal, deal_id, lock=True)
    except NotFound:
        raise Invalid("deal_id", "unknown_deal", "There is no deal with this id.") from None


def _order(deal: Deal, lines: list[OrderLine]) -> Order:
    copied = {name: getattr(deal, name) for name in _FROM_DEAL}
    total = rules.total(line.amount for line in lines)
    return Order(deal_id=deal.id, lines=lines, total=total, placed_at=clock.now(), **copied)


def _lines(wanted: list[dict[str, Any]]) -> list[OrderLine]:
    return [
        OrderLine(position=position, amount=rules.line_amount(line["quantity"], line["unit_price"]), **line)
        for position, line in enumerate(wanted, start=1)
    ]


def _whole(session: Session, deal: Deal) -> dict[str, Any]:
    """One line: of the accepted quote and its total, tax included, or else of the deal and its amount."""
    accepted = select(Quote).where(
        Quote.deal_id == deal.id, Quote.status == "accepted", Quote.currency == deal.currency
    )
    if quote := session.scalars(accepted).one_or_none():
        what, price = f"{quote.number}-{quote.revision}", quote.total
    else:
        what, price = deal.product or deal.name, deal.amount
    return {"description": what, "quantity": Decimal("1.000"), "unit_price": price}
