"""What is to be paid over all orders, and which of them were credited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select, true
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import visible
from chassis.errors import BadRequest
from sales.orders import rules
from sales.orders.model import Instalment, Order

_OF_ORDER = (
    Order.id,
    Order.number,
    Order.currency,
    Order.company_id,
    Order.company_name,
    Order.person_id,
    Order.owner_id,
)
Way = TypeVar("Way")
_NAMES = ("order_number", "currency", "company_id", "company_name", "person_id", "owner_id")


def within_reach() -> ColumnElement[bool]:
    """Of the instalments those whose order the caller reaches."""
    mine = visible(select(Order.id), Order)
    return true() if mine.whereclause is None else Instalment.order_id.in_(mine)


def by_status(word: str) -> ColumnElement[bool]:
    """As `rules.instalment_status` says, or all that are `open`."""
    today, is_open = clock.now().date(), Instalment.paid + Instalment.released < Instalment.amount
    ways: dict[str, Callable[[], ColumnElement[bool]]] = {
        "open": lambda: is_open,
        "overdue": lambda: is_open & (Instalment.due_on < today),
        "due": lambda: is_open & (Instalment.due_on >= today) & (Instalment.paid == 0),
        "part_paid": lambda: is_open & (Instalment.due_on >= today) & (Instalment.paid > 0),
        "paid": lambda: ~is_open & (Instalment.paid > 0),
        "cancelled": lambda: ~is_open & (Instalment.paid == 0),
    }
    return _one_of("status", ways, word)()


def by_credit_status(word: str) -> ColumnElement[bool]:
    """As `rules.credit_status` says."""
    some, all_ = Order.credited > 0, Order.credited == Order.total
    return _one_of("credit_status", {"none": ~some, "part": some & ~all_, "full": some & all_}, word)


def by_owner(text: str) -> ColumnElement[bool]:
    """Of the orders of this rep."""
    try:
        owner_id = UUID(text)
    except ValueError:
        raise BadRequest("owner_id", "not_valid", "Not an identifier.") from None
    return Instalment.order_id.in_(select(Order.id).where(Order.owner_id == owner_id))


def _one_of(parameter: str, ways: Mapping[str, Way], word: str) -> Way:
    if word not in ways:
        raise BadRequest(parameter, "invalid", f"One of {', '.join(ways)}.")
    return ways[word]


def with_orders(session: Session, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """The instalments as ReceivableOut shows them."""
    wanted = select(*_OF_ORDER).where(Order.id.in_({row.order_id for row in rows}))
    orders = {id_: dict(zip(_NAMES, about, strict=True)) for id_, *about in session.execute(wanted)}
    today = clock.now().date()
    return [
        {
            **row._mapping, **orders[row.order_id], "open": row.amount - row.paid - row.released,
            "status": rules.instalment_status(row.amount, row.paid, row.released, row.due_on, today),
        }
        for row in rows
    ]  # fmt: skip
