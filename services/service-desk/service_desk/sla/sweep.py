"""The timer's part: look at the clocks that are due to be looked at, and at no others."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service_desk.sla import actions
from service_desk.sla.model import SlaClock
from service_desk.tickets.model import Ticket


def sweep(session: Session, now: datetime, batch: int = 200) -> int:
    """Tell of up to `batch` tickets whose clocks have something to tell; returns how many tickets were looked at.

    Safe for any number of replicas at once: tickets are locked, those that another holds are passed over, and what a
    clock has told already stands in its row, written in the same transaction as the event.
    """
    looked = (
        select(SlaClock.ticket_id)
        .where(SlaClock.look_at < now)
        .order_by(SlaClock.look_at)
        .limit(batch)
        .scalar_subquery()
    )
    due = select(Ticket).where(Ticket.id.in_(looked)).with_for_update(of=Ticket, skip_locked=True)
    tickets = session.scalars(due.execution_options(populate_existing=True)).all()
    for ticket in tickets:
        actions.catch_up(session, ticket, now)
    return len(tickets)
