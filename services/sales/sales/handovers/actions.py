"""What of a colleague's is passed on: leads, deals and the papers that are not closed, and orders that somebody has to
see through."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import exists, or_
from sqlalchemy.orm import Session

from chassis.db import Owned
from chassis.handovers import HandingOver, Kind
from sales.agreements.model import Agreement
from sales.deals.batches import place_deals
from sales.deals.model import Deal
from sales.handovers.model import HandOver
from sales.leads.assignment import explain
from sales.leads.batches import Gift, hand_over_many
from sales.leads.model import Lead
from sales.leads.rules import OPEN
from sales.orders.model import Instalment, Order
from sales.orders.rules import UNDER_WAY
from sales.quotes.model import Quote
from sales.quotes.rules import UNDECIDED
from sales.registrations.model import Registration
from sales.registrations.rules import HOLDING
from sales.reps.actions import set_owner
from sales.reps.model import Rep


def _leads(session: Session, given: Sequence[tuple[Lead, Rep]]) -> None:
    why = "Handed over with all that was the owner's."
    hand_over_many(session, [Gift(lead, taker, explain("manual", lead.territory, why)) for lead, taker in given])


def _deals(session: Session, given: Sequence[tuple[Deal, Rep]]) -> None:
    place_deals(session, [(deal, taker, deal.territory_id) for deal, taker in given])


def _papers(_session: Session, given: Sequence[tuple[Owned, Rep]]) -> None:
    for paper, taker in given:
        set_owner(paper, taker)


_OWED = exists().where(Instalment.order_id == Order.id, Instalment.paid + Instalment.released < Instalment.amount)

# What is closed stays with whom it was closed by: targets and commissions go by it.
HAND_OVERS = HandingOver(
    HandOver,
    Rep,
    {
        "leads": Kind(Lead, Lead.status.in_(OPEN), _leads),
        "deals": Kind(Deal, Deal.status == "open", _deals),
        "quotes": Kind(Quote, Quote.status.in_(UNDECIDED), _papers),
        "agreements": Kind(Agreement, Agreement.status.in_(("draft", "signed")), _papers),
        "orders": Kind(Order, or_(Order.status.in_(UNDER_WAY), _OWED), _papers),
        "registrations": Kind(Registration, Registration.status.in_(HOLDING), _papers),
    },
)
