"""The state of an order and what it is worth, once it is credited or cancelled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from reporting.figures.rules import ZERO, Entry, Fact, Reach, day, instant, money, reach, required_id

SOURCE = "/sales"
TYPES = frozenset({"order.placed", "order.cancelled", "credit_note.issued"})


@dataclass(slots=True)
class OrderState:
    """An order. `placed_at` is None while only what became of it is known. `credited` of the total is owed no more."""

    id: str
    mark: str = ""
    total: Decimal = ZERO
    credited: Decimal = ZERO
    currency: str = ""
    cancelled: bool = False
    placed_at: datetime | None = None
    owner_id: str | None = None
    team_id: str | None = None
    partner_id: str | None = None


def key(fact: Fact) -> str:
    """The order that the fact is about."""
    return required_id(fact.data, "order_id")


def fold(state: OrderState, fact: Fact) -> None:
    """Take a fact in. Malformed, with nothing changed, where it makes no sense.

    A credit note tells what is credited of its order by then, which only grows: the most holds. An order that is
    cancelled stays so.
    """
    if fact.type == "credit_note.issued":
        state.credited = max(state.credited, money(fact.data, "order_credited")[0])
        return
    (total, currency), whose = money(fact.data, "total"), reach(fact.data)
    if fact.type == "order.placed":
        state.placed_at = instant(fact.data, "placed_at") or fact.time
    else:
        state.cancelled = True
    if fact.mark > state.mark:
        state.mark, state.total, state.currency = fact.mark, total, currency
        state.owner_id, state.team_id, state.partner_id = whose


def entries(state: OrderState) -> Iterator[Entry]:
    """An order counts on the day it was placed, and so does what was credited of it since: all, once it is
    cancelled."""
    if state.placed_at is None:
        return
    placed_on, credited = day(state.placed_at), state.total if state.cancelled else state.credited
    yield Entry("orders.placed", placed_on, "", state.currency, 1, state.total)
    if state.cancelled:
        yield Entry("orders.cancelled", placed_on, "", state.currency, 1, state.total)
    if credited:
        yield Entry("orders.credited", placed_on, "", state.currency, 1, credited)


def belongs_to(state: OrderState) -> Reach:
    """Who sees it."""
    return Reach(state.owner_id, state.team_id, state.partner_id)
