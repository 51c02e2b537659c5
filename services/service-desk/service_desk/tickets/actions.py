"""What can be done with a ticket. Each action is one transaction; a ticket is locked before it is changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from service_desk.agents import actions as agents
from service_desk.agents.model import Agent
from service_desk.conversation.model import Message
from service_desk.entitlements.actions import cover_for
from service_desk.people import actions as people
from service_desk.sla import actions as sla
from service_desk.tickets.life import enter
from service_desk.tickets.model import SERIALS, Ticket
from service_desk.tickets.notice import tell
from service_desk.tickets.rules import next_level, number_of


def open_ticket(session: Session, data: dict[str, Any]) -> Ticket:
    """A new ticket from the fields of TicketIn: numbered, named, covered, its clocks started, given to an agent.

    `body` becomes the customer's first message. Without `assignee_id` the configured strategy chooses.
    Emits `ticket.created`, and `ticket.assigned` if somebody has it.
    """
    now = clock.now()
    fields = {name: value for name, value in data.items() if name not in ("body", "assignee_id")}
    body, assignee_id = data.get("body"), data.get("assignee_id")
    fields["partner_id"] = fields.get("partner_id") or actor().partner_id
    ticket = Ticket(
        **people.complete(session, fields),
        number=number_of(session.scalars(select(SERIALS.next_value())).one()),
        state="new",
        created_at=now,
        level=0,
        times_reopened=0,
    )
    ticket.entitlement_id = ticket.entitlement_id or cover_for(session, ticket, now.date())
    sla.start(session, ticket, now)
    agent = agents.assignable(session, assignee_id) if assignee_id else agents.next_agent(session)
    _give(ticket, agent)
    session.add(ticket)
    tell(session, ticket, "ticket.created")
    if body:
        session.add(_first_message(ticket, body, now))
    if agent:
        tell(session, ticket, "ticket.assigned")
    return ticket


def note_of(ticket: Ticket, body: str, now: datetime) -> Message:
    """An internal note in the name of whoever acts."""
    who = actor()
    return Message(
        ticket_id=ticket.id,
        direction="out",
        public=False,
        channel="api",
        author_id=who.id,
        author_name=who.name,
        body=body,
        created_at=now,
    )


def _first_message(ticket: Ticket, body: str, now: datetime) -> Message:
    return Message(
        ticket_id=ticket.id,
        direction="in",
        public=True,
        channel=ticket.channel,
        author_id=ticket.person_id,
        author_name=ticket.requester_name,
        body=body,
        created_at=now,
    )


def _give(ticket: Ticket, agent: Agent | None) -> None:
    """A ticket belongs to its agent's team, and keeps its team where nobody has it."""
    if agent is not None:
        ticket.owner_id, ticket.team_id = agent.id, agent.team_id


def change(session: Session, ticket: Ticket, changes: dict[str, Any]) -> Ticket:
    """Change fields of a locked ticket; another priority or kind moves its due instants. Emits `ticket.updated`."""
    now = clock.now()
    changed = _differing(ticket, people.named(session, _differing(ticket, changes), ticket.partner_id))
    if ticket.company_id and "company_id" in changed:
        changed.setdefault("company_name", None)  # what it is called is not known: no longer as the other one is
    enter(session, ticket, "change", now)
    if not changed:
        return ticket
    for name, value in changed.items():
        setattr(ticket, name, value)
    if {"priority", "kind"} & changed.keys() and ticket.state != "resolved":
        sla.follow_change(session, ticket, now)
    tell(session, ticket, "ticket.updated", changed=sorted(changed))
    return ticket


def _differing(ticket: Ticket, changes: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in changes.items() if getattr(ticket, name) != value}


def assign(session: Session, ticket_id: UUID, assignee_id: UUID | None) -> Ticket:
    """Give the ticket to an agent, or to whoever's turn it is. Emits `ticket.assigned`, unless they have it already."""
    ticket = load(session, Ticket, ticket_id, lock=True)
    agent = agents.assignable(session, assignee_id) if assignee_id else agents.whose_turn(session)
    enter(session, ticket, "assign", clock.now())
    if ticket.owner_id != agent.id:
        _give(ticket, agent)
        tell(session, ticket, "ticket.assigned")
    return ticket


def pend(session: Session, ticket_id: UUID) -> Ticket:
    """Wait for the customer: the clocks rest. Emits `ticket.updated`."""
    ticket = load(session, Ticket, ticket_id, lock=True)
    enter(session, ticket, "pend", clock.now())
    tell(session, ticket, "ticket.updated", changed=["state"])
    return ticket


def reopen(session: Session, ticket_id: UUID) -> Ticket:
    """Take a pending or resolved ticket in hand again. Emits `ticket.updated` or `ticket.reopened`."""
    ticket = load(session, Ticket, ticket_id, lock=True)
    was_pending = ticket.state == "pending"
    enter(session, ticket, "reopen", clock.now())
    if was_pending:
        tell(session, ticket, "ticket.updated", changed=["state"])
    return ticket


def resolve(session: Session, ticket_id: UUID, resolution: str | None = None) -> Ticket:
    """Done: clocks stop, and it closes itself some days later. Emits `ticket.resolved`."""
    ticket = load(session, Ticket, ticket_id, lock=True)
    enter(session, ticket, "resolve", clock.now())
    ticket.resolution = resolution
    tell(session, ticket, "ticket.resolved")
    return ticket


def close(session: Session, ticket_id: UUID) -> Ticket:
    """Close a resolved ticket for good. Emits `ticket.closed`."""
    ticket = load(session, Ticket, ticket_id, lock=True)
    enter(session, ticket, "close", clock.now())
    tell(session, ticket, "ticket.closed")
    return ticket


def escalate(session: Session, ticket_id: UUID, reason: str) -> Ticket:
    """Raise the ticket by one level. Emits `ticket.escalated` with the level; the reason stays in a note."""
    ticket = load(session, Ticket, ticket_id, lock=True)
    now = clock.now()
    enter(session, ticket, "escalate", now)
    ticket.level = next_level(ticket.level)
    session.add(note_of(ticket, reason, now))
    tell(session, ticket, "ticket.escalated", reason="manual")
    return ticket


def close_resolved(session: Session, now: datetime, batch: int = 200) -> int:
    """Close what has stayed resolved long enough; returns how many. Rows that another replica holds are passed over."""
    due = select(Ticket).where(Ticket.closes_at <= now).order_by(Ticket.closes_at).limit(batch)
    tickets = session.scalars(due.with_for_update(of=Ticket, skip_locked=True)).all()
    for ticket in tickets:
        enter(session, ticket, "close", now)
        tell(session, ticket, "ticket.closed")
    return len(tickets)
