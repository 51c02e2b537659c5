"""What the desk tells others of a ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.events import emit
from service_desk.tickets.model import Ticket


def tell(session: Session, ticket: Ticket, type_: str, **more: Any) -> None:
    """Emit an event with the ticket's state after the change; each has a sequence of its own."""
    ticket.touch()
    session.flush()
    emit(
        session,
        type_,
        ticket,
        {**state_of(ticket), **more},
        personal={"requester_name": ticket.requester_name},
    )


def tell_sla(session: Session, ticket: Ticket, type_: str, metric: str, due_at: datetime | None) -> None:
    """Emit `sla.at_risk` or `sla.breached` for one metric of the ticket."""
    ticket.touch()
    session.flush()
    data = {
        "ticket_id": str(ticket.id),
        "number": ticket.number,
        "metric": metric,
        "due_at": _instant(due_at),
        "assignee_id": _id(ticket.owner_id),
    }
    emit(session, type_, ticket, data)


def state_of(ticket: Ticket) -> dict[str, Any]:
    """The ticket as events carry it: nothing in it names a person."""
    return {
        "ticket_id": str(ticket.id),
        "number": ticket.number,
        "subject": ticket.subject,
        "state": ticket.state,
        "priority": ticket.priority,
        "kind": ticket.kind,
        "channel": ticket.channel,
        "product": ticket.product,
        "person_id": _id(ticket.person_id),
        "company_id": _id(ticket.company_id),
        "deal_id": _id(ticket.deal_id),
        "assignee_id": _id(ticket.owner_id),
        "team_id": _id(ticket.team_id),
        "level": ticket.level,
        "created_at": _instant(ticket.created_at),
        "first_response_due": _instant(ticket.first_response_due),
        "resolution_due": _instant(ticket.resolution_due),
        "first_responded_at": _instant(ticket.first_responded_at),
        "resolved_at": _instant(ticket.resolved_at),
        "first_response_met": ticket.first_response_met,
        "resolution_met": ticket.resolution_met,
    }


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None


def _instant(value: datetime | None) -> str | None:
    return value.isoformat() if value else None
