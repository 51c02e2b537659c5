"""How a search in a list is run: by its index, or by going through the list's order.

PostgreSQL cannot tell how many rows hold some n-grams, and errs by a thousand times both ways: it goes through a
million rows in order for the few that match, or sorts the hundred thousand that match for the fifty that are shown.
So it is looked first, up to `FEW`, and PostgreSQL is then left no choice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case, false, func, literal_column, select, true
from sqlalchemy.orm import Session

from chassis.access import visible
from chassis.db.frequencies import gram_frequencies
from chassis.db.search import matches

FEW = 3000


def search(statement: Select[Any], model: type[Any], text: str, session: Session) -> tuple[Select[Any], bool]:
    """`statement` narrowed to the rows of `model` that `text` finds, and whether the caller reaches few of them: those
    are to be sorted, not met in order. Of many it says so by a CASE, which PostgreSQL takes to hold for half of all."""
    found = matches(model, text, gram_frequencies(session, model))
    searched = statement.where(found)
    reached: Select[Any] = visible(searched, model).with_only_columns(literal_column("1"), maintain_column_froms=True)
    some = reached.limit(FEW + 1).subquery()
    if (session.scalar(select(func.count()).select_from(some)) or 0) <= FEW:
        return searched, True
    return statement.where(case((found, true()), else_=false())), False
