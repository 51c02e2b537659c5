"""What a change of state carries with it: clocks, instants, and the event that tells of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service_desk.settings import settings
from service_desk.sla import actions as sla
from service_desk.tickets.model import Ticket
from service_desk.tickets.notice import tell
from service_desk.tickets.rules import move


def enter(session: Session, ticket: Ticket, act: str, now: datetime) -> None:
    """Take a locked ticket to the state that `act` leads to. Conflict where it leads nowhere; nothing is changed then.

    A ticket that comes back from resolved or closed is told as `ticket.reopened`; other changes of state are told by
    the act that made them.
    """
    before, after = ticket.state, move(act, ticket.state)
    sla.catch_up(session, ticket, now)
    if before == after:
        return
    ticket.state = after
    if after == "pending":
        sla.rest(ticket, now)
    elif after == "resolved":
        _resolve(ticket, now)
    elif after == "closed":
        ticket.closes_at, ticket.closed_at = None, now
    elif before == "pending":
        sla.resume(ticket, now)
    elif before in ("resolved", "closed"):
        _reopen(ticket, now)
        tell(session, ticket, "ticket.reopened")


def _resolve(ticket: Ticket, now: datetime) -> None:
    """What is solved has been answered: by telephone, say, without a written reply."""
    ticket.resolved_at, ticket.closes_at = now, now + settings().close_after
    ticket.first_responded_at = ticket.first_responded_at or now
    sla.stop(ticket, now, "first_response", "resolution")


def _reopen(ticket: Ticket, now: datetime) -> None:
    ticket.resolved_at = ticket.closes_at = ticket.closed_at = None
    ticket.times_reopened += 1
    sla.reopen(ticket, now)
