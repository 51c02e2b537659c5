"""Place orders from won deals."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import load
from chassis.errors import Conflict, Invalid, NotFound
from sales.credit_notes.deals import reckon
from sales.deals.model import Deal
from sales.orders import rules
from sales.orders.events import tell_placed
from sales.orders.model import NOTHING, NUMBERS, Order, OrderLine
from sales.quotes.model import Quote

_FROM_DEAL = ("person_id", "company_id", "contact_name", "company_name", "campaign_id", "owner_id", "team_id",
              "partner_id")  # fmt: skip


def place_order(session: Session, data: dict[str, Any]) -> tuple[Order, bool]:
    """The order of a won deal, and whether it is new: the one it has already unless another is asked for
    (`additional`).

    What the customer accepted is ordered, line by line; where there was no quote the lines that are named, or one of
    the deal's name and amount. Conflict where the deal is not won, or a quote is still to be decided on.
    """
    deal = _deal(session, data["deal_id"])
    rules.check_won(deal.status)
    additional = data.get("additional", False)
    placed = session.scalars(select(Order).where(Order.deal_id == deal.id, ~Order.additional)).one_or_none()
    if placed and not additional:
        return placed, False
    quote = _quote(session, deal, data)
    wanted = data.get("lines")
    if quote is not None and wanted is None:
        order = _order(deal, quote.currency, _accepted(quote))
        order.quote_id = quote.id
    else:
        order = _order(deal, deal.currency, _lines(wanted or [_whole(deal)], deal.currency))
    order.additional = placed is not None
    order.number = rules.number(order.placed_at.year, session.scalar(select(NUMBERS.next_value())) or 0)
    deal.ordered = True
    session.add(order)
    tell_placed(session, order)
    if deal.credited:
        reckon(session, deal)  # what is ordered instead counts again
    return order, True


def _deal(session: Session, deal_id: UUID) -> Deal:
    try:
        return load(session, Deal, deal_id, lock=True)
    except NotFound:
        raise Invalid("deal_id", "unknown_deal", "There is no deal with this id.") from None


def _order(deal: Deal, currency: str, lines: list[OrderLine]) -> Order:
    copied = {name: getattr(deal, name) for name in _FROM_DEAL}
    total = rules.total((line.amount for line in lines), currency)
    tax = money.total((line.tax for line in lines), currency)
    return Order(
        deal_id=deal.id, lines=lines, total=total, tax=tax, credited=money.nothing(currency), currency=currency,
        placed_at=clock.now(), **copied,
    )  # fmt: skip


def _quote(session: Session, deal: Deal, data: dict[str, Any]) -> Quote | None:
    """The accepted quote that is ordered by; None where the deal has none, or lines are ordered besides it."""
    found = session.scalars(select(Quote).where(Quote.deal_id == deal.id)).all()
    accepted = next((one for one in found if one.status == "accepted"), None)
    _check_decided(found, data.get("quote_id"))
    if accepted is None:
        return None
    ordered = select(Order.id).where(Order.deal_id == deal.id, Order.status != "cancelled", Order.quote_id.is_not(None))
    is_ordered = session.scalar(ordered) is not None
    if not is_ordered and data.get("lines"):
        raise Conflict("quote_accepted", "What the customer accepted is ordered as it is; order more besides it.")
    if is_ordered and not data.get("lines"):
        raise Invalid("lines", "required", "What the customer accepted was ordered; say what is ordered besides.")
    return None if is_ordered else accepted


def _check_decided(quotes: Sequence[Quote], named: UUID | None) -> None:
    """Refuse an order by a quote that nobody accepted, and, where none is named, besides one that still may be."""
    if named is not None and named not in {one.id for one in quotes}:
        raise Invalid("quote_id", "unknown_quote", "The deal has no quote with this id.")
    if named is None and any(one.status == "accepted" for one in quotes):
        return
    for one in quotes:
        if one.id == named or (named is None and one.status == "sent" and _is_valid(one)):
            rules.check_quote(one.status, _is_valid(one))


def _is_valid(quote: Quote) -> bool:
    return quote.valid_until >= clock.now().date()


def _accepted(quote: Quote) -> list[OrderLine]:
    names = ("position", "product_id", "description", "quantity", "unit_price", "discount", "tax_percent", "tax")
    return [OrderLine(amount=line.total, **{name: getattr(line, name) for name in names}) for line in quote.lines]


def _lines(wanted: list[dict[str, Any]], currency: str) -> list[OrderLine]:
    lines = []
    for place, line in enumerate(wanted):
        priced = line | money.in_units(line, currency, "unit_price", at=f"lines.{place}.")
        net = rules.line_amount(priced["quantity"], priced["unit_price"], currency)
        tax = rules.tax_on(net, priced.get("tax_percent", NOTHING), currency)
        sums = {"discount": money.nothing(currency), "tax": tax, "amount": net + tax}
        lines.append(OrderLine(position=place + 1, **priced, **sums))
    return lines


def _whole(deal: Deal) -> dict[str, Any]:
    return {"description": deal.product or deal.name, "quantity": Decimal("1.000"), "unit_price": deal.amount}
