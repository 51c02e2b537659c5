"""What of a colleague's is passed on: tickets. Closed ones stay with whom closed them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from chassis.handovers import HandingOver, Kind
from service_desk.agents.model import Agent
from service_desk.handovers.model import HandOver
from service_desk.tickets.model import Ticket
from service_desk.tickets.notice import tell


def _give(session: Session, given: Sequence[tuple[Ticket, Agent]]) -> None:
    for ticket, taker in given:
        ticket.owner_id, ticket.team_id = taker.id, taker.team_id
        tell(session, ticket, "ticket.assigned")


HAND_OVERS = HandingOver(HandOver, Agent, {"tickets": Kind(Ticket, Ticket.state != "closed", _give)})
