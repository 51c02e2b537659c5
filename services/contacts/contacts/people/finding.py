"""Lists of people narrowed by what is no column."""

from __future__ import annotations

from sqlalchemy import ColumnElement

from chassis.errors import BadRequest
from contacts.people.model import Person


def by_market(text: str) -> ColumnElement[bool]:
    """`b2b`: people of a company; `b2c`: people on their own."""
    if text not in ("b2b", "b2c"):
        raise BadRequest("market", "not_valid", "market is b2b or b2c.")
    return Person.company_id.is_not(None) if text == "b2b" else Person.company_id.is_(None)
