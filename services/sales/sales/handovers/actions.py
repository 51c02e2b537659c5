"""What of a colleague's is passed on: leads, deals and the papers that are not closed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.db import Owned
from chassis.handovers import HandingOver, Kind
from sales.agreements.model import Agreement
from sales.deals.events import tell as tell_deal
from sales.deals.model import Deal
from sales.handovers.model import HandOver
from sales.leads.assignment import explain, hand_over
from sales.leads.model import Lead
from sales.leads.rules import OPEN
from sales.quotes.model import Quote
from sales.registrations.model import Registration
from sales.registrations.rules import HOLDING
from sales.reps.actions import set_owner
from sales.reps.model import Rep


def _lead(session: Session, lead: Lead, taker: Rep) -> None:
    hand_over(session, lead, taker, explain("manual", lead.territory, "Handed over with all that was the owner's."))


def _deal(session: Session, deal: Deal, taker: Rep) -> None:
    set_owner(deal, taker)
    tell_deal(session, "deal.updated", deal)


def _paper(_session: Session, paper: Owned, taker: Rep) -> None:
    set_owner(paper, taker)


# What is closed stays with whom it was closed by: targets and commissions go by it.
HAND_OVERS = HandingOver(
    HandOver,
    Rep,
    {
        "leads": Kind(Lead, Lead.status.in_(OPEN), _lead),
        "deals": Kind(Deal, Deal.status == "open", _deal),
        "quotes": Kind(Quote, Quote.status.in_(("draft", "pending", "approved", "sent")), _paper),
        "agreements": Kind(Agreement, Agreement.status.in_(("draft", "signed")), _paper),
        "registrations": Kind(Registration, Registration.status.in_(HOLDING), _paper),
    },
)
