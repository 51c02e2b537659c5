"""The lines of a deal, and the amount that comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import money
from chassis.access import load
from sales.currencies.actions import value
from sales.deals import rules
from sales.deals.model import Deal, DealLine
from sales.deals.parts import replace
from sales.products.selling import fill_in
from sales.quotes.rules import NOTHING, Item, Sums, price

_COPIED = ("product_id", "description", "unit", "quantity", "unit_price", "discount_percent")


def set_lines(
    session: Session, deal_id: UUID, lines: list[dict[str, Any]], segment: str | None = None
) -> list[DealLine]:
    """Make these the lines of an open deal, and its amount their sum, before tax; what a product knows by
    itself is filled in. Without lines the amount stays and can be changed by hand again."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_open(deal.status)
    filled, each, whole = _priced(session, lines, deal.currency, segment)
    deal.amount_from_lines = bool(filled)
    if filled:
        deal.amount = Decimal(whole.net)
        value(session, deal)
    rows = [
        {"position": place, "amount": sums.net, **{name: line[name] for name in _COPIED}}
        for place, (line, sums) in enumerate(zip(filled, each, strict=True), start=1)
    ]
    replace(session, deal, DealLine, rows)
    return show(session, deal_id)


def take_lines(session: Session, deal: Deal, rows: Sequence[dict[str, Any]]) -> None:
    """Make what the customer of an open, locked deal said yes to its lines, and its amount their sum. `rows`: as
    DealLine, in order."""
    deal.amount_from_lines, deal.amount = True, money.total((row["amount"] for row in rows), deal.currency)
    value(session, deal)
    replace(session, deal, DealLine, rows)


def total(session: Session, lines: list[dict[str, Any]], currency: str) -> Decimal:
    """What these lines would come to before tax."""
    return Decimal(_priced(session, lines, currency, None)[2].net)


def show(session: Session, deal_id: UUID) -> list[DealLine]:
    """The lines of a deal within reach, in order."""
    deal = load(session, Deal, deal_id)
    return list(session.scalars(select(DealLine).where(DealLine.deal_id == deal.id).order_by(DealLine.position)))


def _priced(
    session: Session, lines: list[dict[str, Any]], currency: str, segment: str | None
) -> tuple[list[dict[str, Any]], Sequence[Sums], Sums]:
    filled = fill_in(session, lines, currency, segment)
    items = [Item(one["quantity"], one["unit_price"], one["discount_percent"], NOTHING) for one in filled]
    return filled, *price(items, NOTHING, currency)
