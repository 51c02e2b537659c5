"""The jobs that move what was planned, and move it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.db.bulk import one_of
from chassis.events import emit
from chassis.jobs import JobRun, job
from sales.deals.batches import place_deals
from sales.deals.model import Deal
from sales.leads.batches import Gift, hand_over_many, place_leads
from sales.leads.model import Lead
from sales.quotes.following import quotes_follow
from sales.realignments.actions import RUN, UNDO
from sales.realignments.model import Move, Realignment
from sales.realignments.planning import SOURCES
from sales.realignments.rules import RECORDS
from sales.reps.model import Rep
from sales.territories.model import Territory

BATCH = 500  # who changes one of these leads or deals waits for as long as a batch takes
_PLAIN = {"synchronize_session": False}


class Step:
    """One of the moves, in the direction in which it is carried out."""

    def __init__(self, move: Move, *, back: bool) -> None:
        owners, places = (move.from_owner, move.to_owner), (move.from_territory, move.to_territory)
        self.record_id = move.record_id
        self.was, self.becomes = owners[::-1] if back else owners
        self.stood, self.stands = places[::-1] if back else places

    def fits(self, record: Any, reps: dict[UUID, Rep]) -> bool:
        """Whether the record is still as it was, and there is somebody to take it."""
        same = (record.owner_id, record.territory_id) == (self.was, self.stood)
        return same and (self.becomes == self.was or self.becomes in reps)


@job(RUN)
def carry_out(run: JobRun) -> dict[str, Any]:
    """Move what is planned, batch by batch; what has changed since is skipped. A batch is moved, and noted as moved, or
    not at all: after a crash the rest follows."""
    return _move(run, "planned", "moved", "skipped", back=False, status="done")


@job(UNDO)
def take_back(run: JobRun) -> dict[str, Any]:
    """Move back what was moved and has not changed since."""
    return _move(run, "moved", "undone", "kept", back=True, status="undone")


def _move(run: JobRun, before: str, after: str, left: str, *, back: bool, status: str) -> dict[str, Any]:
    realignment_id = UUID(run.params["realignment_id"])
    waiting = [Move.realignment_id == realignment_id, Move.state == before]
    with run.step() as session:
        name = load(session, Realignment, realignment_id).name
        if not run.state:
            run.progress(done=0, total=session.scalar(select(func.count()).where(*waiting)))
            run.state = {"done": 0, after: 0, left: 0}
    for kind in RECORDS:
        more = True
        while more:
            with run.step() as session:
                page = select(Move).where(*waiting, Move.kind == kind).order_by(Move.id).limit(BATCH)
                moves = session.scalars(page.with_for_update()).all()
                done = _batch(session, kind, [Step(move, back=back) for move in moves], name)
                _note(session, moves, done, after, left)
                more = bool(moves)
                run.state = run.state | {
                    "done": run.state["done"] + len(moves),
                    after: run.state[after] + len(done),
                    left: run.state[left] + len(moves) - len(done),
                }
                run.progress(done=run.state["done"])
    with run.step() as session:
        load(session, Realignment, realignment_id, lock=True).status = status
        _tell(session, realignment_id, name, state=after, back=back)
    return {name: run.state[name] for name in (after, left)}


def _batch(session: Session, kind: str, steps: Sequence[Step], name: str) -> set[UUID]:
    """Carry these moves out; the ids of the records that moved."""
    model, is_open = SOURCES[kind]
    ids = [step.record_id for step in steps]
    mine = select(model).where(one_of(model.id, ids), is_open).order_by(model.id)
    locked = mine.with_for_update(key_share=True)
    records = {one.id: one for one in session.scalars(locked, execution_options={"populate_existing": True})}
    wanted = {step.becomes for step in steps if step.becomes}
    reps = {rep.id: rep for rep in session.scalars(select(Rep).where(Rep.id.in_(wanted), Rep.active))}
    fitting = [step for step in steps if step.record_id in records and step.fits(records[step.record_id], reps)]
    _MOVERS[kind](session, [(records[step.record_id], step) for step in fitting], reps, name)
    return {step.record_id for step in fitting}


def _move_leads(session: Session, pairs: Sequence[tuple[Lead, Step]], reps: dict[UUID, Rep], name: str) -> None:
    names = {row.id: row.name for row in session.execute(select(Territory.id, Territory.name))}
    gifts = []
    for lead, step in pairs:
        if step.becomes and step.becomes != step.was:
            why = {
                "strategy": "realigned",
                "territory": names.get(step.stands) if step.stands else None,
                "territory_id": str(step.stands) if step.stands else None,
                "reason": f"Territories were drawn anew: {name}.",
            }
            gifts.append(Gift(lead, reps[step.becomes], why))
    place_leads(session, [(lead, step.stands) for lead, step in pairs if step.becomes == step.was])
    hand_over_many(session, gifts)


def _move_deals(session: Session, pairs: Sequence[tuple[Deal, Step]], reps: dict[UUID, Rep], name: str) -> None:  # noqa: ARG001
    quotes_follow(session, {deal.id: reps[step.becomes] for deal, step in pairs if step.becomes in reps})
    place_deals(
        session, [(deal, reps.get(step.becomes) if step.becomes else None, step.stands) for deal, step in pairs]
    )


_MOVERS: dict[str, Callable[[Session, Any, dict[UUID, Rep], str], None]] = {"leads": _move_leads, "deals": _move_deals}


def _note(session: Session, moves: Sequence[Move], done: set[UUID], after: str, left: str) -> None:
    for state, which in ((after, True), (left, False)):
        ids = [move.id for move in moves if (move.record_id in done) is which]
        session.execute(update(Move).where(one_of(Move.id, ids)).values(state=state), execution_options=_PLAIN)


_SHARES = text(
    "SELECT owner, sum(gained_leads)::int, sum(lost_leads)::int, sum(gained_deals)::int, sum(lost_deals)::int FROM ("
    " SELECT to_owner AS owner, (kind = 'leads')::int AS gained_leads, 0 AS lost_leads,"
    " (kind = 'deals')::int AS gained_deals, 0 AS lost_deals FROM realignment_moves"
    " WHERE realignment_id = :id AND state = :state AND to_owner IS DISTINCT FROM from_owner"
    " UNION ALL SELECT from_owner, 0, (kind = 'leads')::int, 0, (kind = 'deals')::int FROM realignment_moves"
    " WHERE realignment_id = :id AND state = :state AND to_owner IS DISTINCT FROM from_owner"
    ") AS each WHERE owner IS NOT NULL GROUP BY owner ORDER BY owner"
)


def _tell(session: Session, realignment_id: UUID, name: str, *, state: str, back: bool) -> None:
    """Tell each owner, once, what they got and lost."""
    realignment = load(session, Realignment, realignment_id)
    for owner, *figures in session.execute(_SHARES, {"id": realignment_id, "state": state}):
        gained_leads, lost_leads, gained_deals, lost_deals = figures
        if back:
            gained_leads, lost_leads, gained_deals, lost_deals = lost_leads, gained_leads, lost_deals, gained_deals
        data = {
            "realignment_id": str(realignment_id),
            "name": name,
            "owner_id": str(owner),
            "gained_leads": gained_leads,
            "lost_leads": lost_leads,
            "gained_deals": gained_deals,
            "lost_deals": lost_deals,
            "taken_back": back,
        }
        emit(session, "territory.realigned", realignment, data)
