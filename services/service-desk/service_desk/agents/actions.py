"""Who can take a ticket, and keeping the copy of the users up to date."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from chassis.errors import Conflict, Invalid
from chassis.events import Event
from service_desk.agents.model import TURNS, Agent
from service_desk.agents.rules import ROLES, in_turn, least_busy
from service_desk.heard import copy_of, needed
from service_desk.settings import settings
from service_desk.tickets.model import Ticket
from service_desk.tickets.rules import UNRESOLVED

_ASSIGNABLE = (Agent.active, Agent.available, or_(*(Agent.roles.contains([role]) for role in sorted(ROLES))))


def assignable(session: Session, agent_id: UUID) -> Agent:
    """The agent with this id. Invalid where there is none, or they are not an active agent."""
    agent = session.get(Agent, agent_id)
    if agent is None:
        raise Invalid("assignee_id", "unknown_agent", "There is no agent with this id.")
    if not agent.active or not ROLES & set(agent.roles):
        raise Invalid("assignee_id", "not_an_agent", f"{agent.name} is not an active agent.")
    return agent


def next_agent(session: Session) -> Agent | None:
    """Whoever is to have the next ticket by the configured strategy; None if it is `manual` or nobody can."""
    return None if settings().assignment == "manual" else choose(session, settings().assignment)


def whose_turn(session: Session) -> Agent:
    """Whoever is to have a ticket that a person asks to be given to the next. Conflict if nobody can."""
    strategy = settings().assignment
    agent = choose(session, "round_robin" if strategy == "manual" else strategy)
    if agent is None:
        raise Conflict("no_agent", "No active agent is available; name an assignee_id.")
    return agent


def choose(session: Session, strategy: str) -> Agent | None:
    """The next agent by `round_robin` or `least_busy`.

    Turns come from a sequence, so that any number of replicas share them without waiting for one another. Two tickets
    that arrive at the same instant may both find the same agent least busy.
    """
    agents = session.scalars(select(Agent.id).where(*_ASSIGNABLE).order_by(Agent.id)).all()
    if not agents:
        return None
    turn = session.scalars(select(TURNS.next_value())).one()
    chosen = least_busy(agents, _load_of(session), turn) if strategy == "least_busy" else in_turn(agents, turn)
    return session.get(Agent, chosen)


def _load_of(session: Session) -> dict[UUID, int]:
    counted = select(Ticket.owner_id, func.count()).where(Ticket.state.in_(UNRESOLVED), Ticket.owner_id.is_not(None))
    return {owner: count for owner, count in session.execute(counted.group_by(Ticket.owner_id)) if owner}


def take_user(session: Session, event: Event) -> None:
    """Keep what user.created, user.updated and user.deactivated tell; an older event changes nothing."""
    agent = copy_of(session, Agent, event.uuid("user_id"), name="", search_text="", search_grams=[])
    if event.sequence < agent.heard:
        return
    agent.heard = event.sequence
    agent.name = event.personal.get("name") or agent.name
    agent.email = event.personal.get("email")
    agent.roles = sorted(needed(event, "roles"))
    agent.team_id = event.optional_uuid("team_id")
    agent.active = bool(needed(event, "active")) and event.type != "user.deactivated"


def change(_session: Session, agent: Agent, changes: dict[str, Any]) -> Agent:
    """Set whether an agent takes new tickets."""
    agent.available = changes.get("available", agent.available)
    return agent
