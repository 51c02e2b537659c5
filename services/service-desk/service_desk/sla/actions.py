"""The service level of a ticket: which policy holds, its clocks, and what is told when one runs out.

Every function here expects the ticket to be locked (or new).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service_desk.sla import clocks
from service_desk.sla.clocks import METRICS, target_of
from service_desk.sla.model import SlaPolicy
from service_desk.tickets.model import Ticket
from service_desk.tickets.notice import tell, tell_sla
from service_desk.tickets.rules import MAX_LEVEL


def policy_for(session: Session, priority: str, kind: str) -> SlaPolicy | None:
    """The active policy of the lowest rank that covers such a ticket; None where none does."""
    covers = (
        SlaPolicy.active,
        or_(SlaPolicy.priority.is_(None), SlaPolicy.priority == priority),
        or_(SlaPolicy.kind.is_(None), SlaPolicy.kind == kind),
    )
    return session.scalars(select(SlaPolicy).where(*covers).order_by(SlaPolicy.rank, SlaPolicy.id).limit(1)).first()


def start(session: Session, ticket: Ticket, now: datetime) -> None:
    """Put the clocks of its policy on a new ticket."""
    policy = policy_for(session, ticket.priority, ticket.kind)
    if policy is not None:
        _follow(ticket, policy, now)


def follow_change(session: Session, ticket: Ticket, now: datetime) -> None:
    """Another priority or kind may mean another policy: time used so far counts against its targets."""
    policy = policy_for(session, ticket.priority, ticket.kind)
    if policy is None:
        ticket.clocks.clear()
        ticket.policy_id = None
        summarise(ticket)
    elif policy.id != ticket.policy_id:
        _follow(ticket, policy, now)


def _follow(ticket: Ticket, policy: SlaPolicy, now: datetime) -> None:
    ticket.policy_id = policy.id
    for metric in METRICS:
        target, clock = target_of(policy, metric), ticket.clocks.get(metric)
        if clock is not None and target is None:
            del ticket.clocks[metric]
        elif clock is not None and target is not None:
            clocks.retarget(clock, policy, target, now)
        elif target is not None and _is_awaited(ticket, metric):
            ticket.clocks[metric] = clocks.begin(policy, metric, target, now)
    if ticket.state == "pending":
        rest(ticket, now)
    summarise(ticket)


def _is_awaited(ticket: Ticket, metric: str) -> bool:
    done = ticket.first_responded_at if metric == "first_response" else ticket.resolved_at
    return done is None


def rest(ticket: Ticket, now: datetime) -> None:
    """The desk waits for the customer: all clocks stand still."""
    for clock in ticket.clocks.values():
        clocks.rest(clock, now)
    summarise(ticket)


def resume(ticket: Ticket, now: datetime) -> None:
    """The wait is over: clocks that rested go on."""
    for clock in ticket.clocks.values():
        if clock.stopped_at is None:
            clocks.resume(clock, now)
    summarise(ticket)


def stop(ticket: Ticket, now: datetime, *metrics: str) -> None:
    """The promise of each metric is done."""
    for metric in metrics:
        if metric in ticket.clocks:
            clocks.stop(ticket.clocks[metric], now)
    summarise(ticket)


def reopen(ticket: Ticket, now: datetime) -> None:
    """It was not resolved after all: the time to resolution goes on with what was left of it."""
    if "resolution" in ticket.clocks:
        clocks.resume(ticket.clocks["resolution"], now)
    summarise(ticket)


def catch_up(session: Session, ticket: Ticket, now: datetime) -> None:
    """Tell what the clocks have to tell by now: each warning and each breach once, and a breach escalates.

    Called by the timer, and by every act on a ticket before it changes anything, so that what is told does not depend
    on how soon after a due instant the timer came round.
    """
    for metric in METRICS:
        clock = ticket.clocks.get(metric)
        if clock is None:
            continue
        for news in clocks.catch_up(clock, now):
            summarise(ticket)
            tell_sla(session, ticket, f"sla.{news}", metric, clock.due_at)
            if news == "breached":
                ticket.level = min(ticket.level + 1, MAX_LEVEL)
                tell(session, ticket, "ticket.escalated", reason=f"sla_{metric}")


def summarise(ticket: Ticket) -> None:
    """Bring the ticket's `sla_state` and `next_due` in line with its clocks."""
    running = [clock for clock in ticket.clocks.values() if clock.stopped_at is None]
    if any(clock.breached_at for clock in ticket.clocks.values()):
        ticket.sla_state = "breached"
    elif any(clock.warned_at for clock in running):
        ticket.sla_state = "at_risk"
    else:
        ticket.sla_state = "on_track" if ticket.clocks else "none"
    due = [clock.due_at for clock in running if clock.due_at is not None and clock.breached_at is None]
    ticket.next_due = min(due, default=None)
