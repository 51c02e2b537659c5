"""Saying something in a ticket, and what that does to it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Forbidden
from chassis.ids import uuid7
from service_desk.conversation.model import Message
from service_desk.sla import actions as sla
from service_desk.tickets.life import enter
from service_desk.tickets.model import Ticket
from service_desk.tickets.notice import tell


def messages_of(session: Session, ticket_id: UUID) -> Select[tuple[Message]]:
    """The SELECT of what was said in a ticket within reach. Notes are the desk's: no partner sees them."""
    ticket = load(session, Ticket, ticket_id)
    said = select(Message).where(Message.ticket_id == ticket.id)
    return said.where(Message.public) if actor().reach == "partner" else said


def say(
    session: Session,
    ticket_id: UUID,
    body: str,
    *,
    direction: str = "out",
    public: bool = True,
    channel: str | None = None,
) -> Message:
    """Add a message. Emits `ticket.replied`.

    A public answer of the desk takes the ticket up and stops the first-response clock; a customer's message brings
    back a pending or resolved ticket (`ticket.reopened`); a note changes nothing. Conflict on a closed ticket, except
    for notes. Forbidden for a partner who leaves a note.
    """
    if not public and actor().reach == "partner":
        raise Forbidden("Notes are the desk's own.", "not_for_partners")
    ticket = load(session, Ticket, ticket_id, lock=True)
    now = clock.now()
    act = "hear" if direction == "in" else "answer" if public else "note"
    enter(session, ticket, act, now)
    if act == "answer" and ticket.first_responded_at is None:
        ticket.first_responded_at = now
        sla.stop(ticket, now, "first_response")
    message = _message(ticket, body, direction, public, channel, now)
    session.add(message)
    tell(session, ticket, "ticket.replied", message_id=str(message.id), public=public, direction=direction)
    return message


def _message(ticket: Ticket, body: str, direction: str, public: bool, channel: str | None, now: datetime) -> Message:
    who = actor()
    from_customer = direction == "in"
    return Message(
        id=uuid7(),
        ticket_id=ticket.id,
        direction=direction,
        public=public,
        channel=channel or ticket.channel,
        author_id=ticket.person_id if from_customer else who.id,
        author_name=ticket.requester_name if from_customer else who.name,
        body=body,
        created_at=now,
    )
