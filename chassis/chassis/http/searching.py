"""How a search in a list is run: along the list's order, or by the index of n-grams.

PostgreSQL cannot tell how many rows hold some n-grams, and errs by a thousand times both ways: it goes through a
million rows in order for the few that match, or sorts the hundred thousand that match for the fifty that are shown.
So it is left no choice. What is common by PostgreSQL's own statistics is looked for in the list's order, as far as four
times the page should take; where that is not enough, and for all that is rare, what the index finds is sorted.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import Any

from sqlalchemy import Select, case, false, true
from sqlalchemy.orm import Session

from chassis.access import visible
from chassis.db.frequencies import gram_frequencies
from chassis.db.search import matches, reads, share
from chassis.http.keyset import Order

FAR = 10_000  # rows: to pass so many costs as much as to sort what the index finds of something rarer
_TIMES = 4


def searched(
    statement: Select[Any], model: type[Any], text: str, session: Session, order: Order, cursor: str | None, count: int
) -> Iterator[Select[Any]]:
    """`statement`, which begins at `cursor`, narrowed to the rows of `model` that `text` finds and the caller reaches,
    in `order`. The first has the page if it has `count` rows; the last has it in any case."""
    frequencies = gram_frequencies(session, model)
    common = share(text, frequencies)
    ahead = ceil(_TIMES * count / common) if common else FAR + 1
    if ahead <= FAR and order.is_walkable:
        # Of a CASE PostgreSQL thinks that it is often true; it would take a LIKE for rare, and sort the table.
        near = statement.where(case((reads(model, text), true()), else_=false()), order.within(ahead, cursor))
        yield visible(near, model).order_by(*order.directions())
    yield visible(statement.where(matches(model, text, frequencies)), model).order_by(*order.directions(sorting=True))
