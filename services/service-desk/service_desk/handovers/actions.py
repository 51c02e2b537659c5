"""Give the tickets of a colleague to others, a batch at a time; closed ones stay with whom closed them.

By a clock and not in the handler: the inbox of the desk goes on meanwhile, and a process that dies loses one batch.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.events import Event, emit
from service_desk.agents.model import Agent
from service_desk.base import SERVICE
from service_desk.handovers.model import HandOver
from service_desk.tickets.model import Ticket
from service_desk.tickets.notice import tell

BATCH = 200


def take(session: Session, event: Event) -> None:
    """`handover.requested`: remember it, where it names the desk."""
    data = event.data
    if SERVICE.name in data["include"]:
        values = {"id": UUID(data["hand_over_id"]), "from_user_id": UUID(data["from_user_id"]), "moved": {},
                  "done": False, "to_user_ids": data["to_user_ids"], "by_team": data["by_team"]}  # fmt: skip
        session.execute(insert(HandOver).values(values).on_conflict_do_nothing())


def move(session: Session) -> int:
    """Move the next batch of a hand-over that is under way; how many. When nothing is left, say so."""
    open_ = select(HandOver).where(~HandOver.done).order_by(HandOver.id).limit(1).with_for_update(skip_locked=True)
    found = session.scalars(open_).one_or_none()
    if found is None:
        return 0
    tickets = session.scalars(
        select(Ticket).where(Ticket.owner_id == found.from_user_id, Ticket.state != "closed").order_by(Ticket.id)
        .limit(BATCH).with_for_update(of=Ticket), execution_options={"populate_existing": True},
    ).all()  # fmt: skip
    for ticket, taker in zip(tickets, _takers(session, found, tickets), strict=False):
        ticket.owner_id, ticket.team_id = taker.id, taker.team_id
        tell(session, ticket, "ticket.assigned")
        found.moved = found.moved | {"tickets": found.moved.get("tickets", 0) + 1}
    if tickets:
        return len(tickets)
    found.done = True
    data = {"hand_over_id": str(found.id), "from_user_id": str(found.from_user_id), "moved": found.moved}
    emit(session, "handover.moved", None, data, subject=f"hand-overs/{found.id}", sequence=1)
    return 0


def _takers(session: Session, found: HandOver, rows: Sequence[Any]) -> list[Agent]:
    """Who gets each of the rows, as far as they are known here; who is not (yet) is waited for."""
    takers, turn = [], sum(found.moved.values())
    wanted = {UUID(one) for one in (*found.to_user_ids, *found.by_team.values())}
    agents = {str(agent.id): agent for agent in session.scalars(select(Agent).where(Agent.id.in_(wanted)))}
    for row in rows:
        taker = found.by_team.get(str(row.team_id)) or found.to_user_ids[turn % len(found.to_user_ids)]
        turn += 1
        if taker not in agents:
            break
        takers.append(agents[taker])
    return takers
