"""Move what is a colleague's to others, a batch at a time.

By a clock and not in the handler: the inbox of sales goes on meanwhile, and a process that dies loses one batch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.events import Event, emit
from sales.agreements.model import Agreement
from sales.base import SERVICE
from sales.deals.events import tell as tell_deal
from sales.deals.model import Deal
from sales.handovers.model import HandOver
from sales.leads.assignment import explain, hand_over
from sales.leads.model import Lead
from sales.leads.rules import OPEN
from sales.quotes.model import Quote
from sales.registrations.model import Registration
from sales.registrations.rules import HOLDING
from sales.reps.actions import set_owner
from sales.reps.model import Rep

BATCH = 200
Mover = Callable[[Session, Any, Rep], None]


def take(session: Session, event: Event) -> None:
    """`handover.requested`: remember it, where it names sales."""
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
    for kind, (model, which, give) in _KINDS.items():
        rows = session.scalars(
            select(model).where(model.owner_id == found.from_user_id, which).order_by(model.id).limit(BATCH)
            .with_for_update(of=model), execution_options={"populate_existing": True},
        ).all()  # fmt: skip
        if rows:
            for row, taker in zip(rows, _takers(session, found, rows), strict=False):
                give(session, row, taker)
                found.moved = found.moved | {kind: found.moved.get(kind, 0) + 1}
            return len(rows)
    found.done = True
    data = {"hand_over_id": str(found.id), "from_user_id": str(found.from_user_id), "moved": found.moved}
    emit(session, "handover.moved", None, data, subject=f"hand-overs/{found.id}", sequence=1)
    return 0


def _takers(session: Session, found: HandOver, rows: Sequence[Any]) -> list[Rep]:
    """Who gets each of the rows, as far as they are known here; who is not (yet) is waited for."""
    takers, turn = [], sum(found.moved.values())
    wanted = {UUID(one) for one in (*found.to_user_ids, *found.by_team.values())}
    reps = {str(rep.id): rep for rep in session.scalars(select(Rep).where(Rep.id.in_(wanted)))}
    for row in rows:
        taker = found.by_team.get(str(row.team_id)) or found.to_user_ids[turn % len(found.to_user_ids)]
        turn += 1
        if taker not in reps:
            break
        takers.append(reps[taker])
    return takers


def _lead(session: Session, lead: Lead, taker: Rep) -> None:
    hand_over(session, lead, taker, explain("manual", lead.territory, "Handed over with all that was the owner's."))


def _deal(session: Session, deal: Deal, taker: Rep) -> None:
    set_owner(deal, taker)
    tell_deal(session, "deal.updated", deal)


def _plain(_session: Session, record: Any, taker: Rep) -> None:
    set_owner(record, taker)


# What is closed stays with whom it was closed by: targets and commissions go by it.
_KINDS: dict[str, tuple[Any, ColumnElement[bool], Mover]] = {
    "leads": (Lead, Lead.status.in_(OPEN), _lead),
    "deals": (Deal, Deal.status == "open", _deal),
    "quotes": (Quote, Quote.status.in_(("draft", "pending", "approved", "sent")), _plain),
    "agreements": (Agreement, Agreement.status.in_(("draft", "signed")), _plain),
    "registrations": (Registration, Registration.status.in_(HOLDING), _plain),
}
