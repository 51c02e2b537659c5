"""Routes of tickets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Answer, Api, Resource
from service_desk.surveys import actions as surveys
from service_desk.tickets import actions
from service_desk.tickets.model import Ticket
from service_desk.tickets.schema import (
    AssignIn,
    EscalateIn,
    ResolvedOut,
    ResolveIn,
    TicketIn,
    TicketOut,
    TicketPatch,
)

api = Api("tickets", scope="service-desk")

_FILTERS = (
    *("number", "state", "priority", "kind", "channel", "product"),
    *("person_id", "company_id", "deal_id", "entitlement_id", "assignee_id", "team_id"),
    *("sla_state", "next_due", "level", "created_at", "updated_at", "resolved_at"),
)

api.add(
    Resource(
        Ticket,
        path="tickets",
        read=TicketOut,
        create=TicketIn,
        update=TicketPatch,
        filters=_FILTERS,
        sorts=("created_at", "updated_at", "next_due", "number"),
        on_create=actions.open_ticket,
        on_update=actions.change,
    )
)


@api.post("/tickets/<uuid:ticket_id>/assign", body=AssignIn, returns=TicketOut, errors=(404, 409), internal=True)
def assign(session: Session, ticket_id: UUID, body: dict[str, Any]) -> Ticket:
    """Give a ticket to an agent, or to whoever's turn it is."""
    return actions.assign(session, ticket_id, body["assignee_id"])


@api.post("/tickets/<uuid:ticket_id>/pend", returns=TicketOut, errors=(404, 409), internal=True)
def pend(session: Session, ticket_id: UUID) -> Ticket:
    """Wait for the customer: the clocks rest until they write or the ticket is reopened."""
    return actions.pend(session, ticket_id)


@api.post("/tickets/<uuid:ticket_id>/resolve", body=ResolveIn, returns=ResolvedOut, errors=(404, 409), internal=True)
def resolve(session: Session, ticket_id: UUID, body: dict[str, Any]) -> Answer:
    """Resolve a ticket and ask the customer how it was; the answer holds the link of the survey, this once."""
    ticket = actions.resolve(session, ticket_id, body["resolution"])
    if not body["survey"]:
        return Answer({"ticket": ticket, "survey": None})
    survey = surveys.send(session, ticket)
    without_token = survey | {"token": None, "link": None}
    return Answer({"ticket": ticket, "survey": survey}, kept={"ticket": ticket, "survey": without_token})


@api.post("/tickets/<uuid:ticket_id>/reopen", returns=TicketOut, errors=(404, 409))
def reopen(session: Session, ticket_id: UUID) -> Ticket:
    """Take a pending or resolved ticket in hand again."""
    return actions.reopen(session, ticket_id)


@api.post("/tickets/<uuid:ticket_id>/close", returns=TicketOut, errors=(404, 409), internal=True)
def close(session: Session, ticket_id: UUID) -> Ticket:
    """Close a resolved ticket for good."""
    return actions.close(session, ticket_id)


@api.post("/tickets/<uuid:ticket_id>/escalate", body=EscalateIn, returns=TicketOut, errors=(404, 409), internal=True)
def escalate(session: Session, ticket_id: UUID, body: dict[str, Any]) -> Ticket:
    """Raise a ticket by one level; the reason is kept as a note."""
    return actions.escalate(session, ticket_id, body["reason"])
