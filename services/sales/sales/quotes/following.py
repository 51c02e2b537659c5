"""Quotes that go with their deal to whoever has it next."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sales.deals.model import Deal
from sales.quotes.model import Quote
from sales.quotes.rules import UNDECIDED
from sales.reps.actions import set_owner
from sales.reps.model import Rep


def quotes_follow(session: Session, takers: Mapping[UUID, Rep]) -> None:
    """Give the quotes of locked deals that are not decided to those who take the deals, by the id of the deal. Before
    the deals are given: a quote goes that is the owner's of its deal, no other's."""
    theirs = (Quote.deal_id.in_(takers), Quote.owner_id == Deal.owner_id, Quote.status.in_(UNDECIDED))
    found = select(Quote).join(Deal, Deal.id == Quote.deal_id).where(*theirs).order_by(Quote.id)
    locking = found.with_for_update(of=Quote, key_share=True)
    for quote in session.scalars(locking.execution_options(populate_existing=True)):
        set_owner(quote, takers[quote.deal_id])
