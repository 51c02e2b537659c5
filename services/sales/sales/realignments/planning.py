"""The job that plans: which open leads and deals would go where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, select
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.db.bulk import copy_rows
from chassis.ids import uuid7
from chassis.jobs import JobRun, job
from sales.assignment.giving import Dealer
from sales.deals.model import Deal
from sales.leads.model import Lead
from sales.leads.rules import OPEN
from sales.matching.facts import facts_of, with_more
from sales.matching.rules import asks, holds
from sales.realignments.actions import PLAN, changed_values
from sales.realignments.model import Move, Realignment
from sales.realignments.rules import BY_HAND, stays
from sales.reps.model import Rep
from sales.territories.reading import areas_in_force
from sales.territories.rules import Area

BATCH = 2000
COLUMNS = (
    "id", "realignment_id", "kind", "record_id", "from_owner", "to_owner", "from_territory", "to_territory", "value",
    "state",
)  # fmt: skip
SOURCES: dict[str, tuple[type[Lead] | type[Deal], Any]] = {
    "leads": (Lead, and_(Lead.status.in_(OPEN), Lead.pool_id.is_(None))),  # what lies in a pool is claimed
    "deals": (Deal, Deal.status == "open"),
}


@job(PLAN)
def plan(run: JobRun) -> dict[str, Any]:
    """Write down each move, in batches by id. After a crash it begins again: whose turn it was is known to the dead
    process alone."""
    realignment_id = UUID(run.params["realignment_id"])
    with run.step() as session:
        realignment = load(session, Realignment, realignment_id)
        session.execute(delete(Move).where(Move.realignment_id == realignment_id))
        dealer = Dealer(session, dry_run=True, areas=_areas(session, realignment))
        active = set(session.scalars(select(Rep.id).where(Rep.active)))
        run.progress(done=0)
    seen = moves = 0
    for kind in realignment.records:
        after: UUID | None = UUID(int=0)
        while after:
            with run.step() as session:
                records = _page(session, kind, after)
                rows = _moves(session, realignment, kind, records, dealer, active)
                copy_rows(session, Move.__tablename__, COLUMNS, rows)
                seen, moves = seen + len(records), moves + len(rows)
                run.progress(done=seen)
                after = records[-1].id if records else None
    with run.step() as session:
        load(session, Realignment, realignment_id, lock=True).status = "planned"
    return {"records": seen, "moves": moves}


def _areas(session: Session, realignment: Realignment) -> list[Area]:
    """The territories in force, as the re-alignment would have them."""
    instead: dict[UUID, dict[str, Any]] = {}
    for id_, values in changed_values(session, realignment.changes):
        members = values.pop("members", None)
        seats = {} if members is None else {"seats": [(one.role, one.rep_id, one.weight) for one in members]}
        instead[id_] = values | seats
    return areas_in_force(session, instead)


def _page(session: Session, kind: str, after: UUID) -> Sequence[Any]:
    """The next open records, as rows of the columns that decide."""
    model, is_open = SOURCES[kind]
    names = [column.name for column in model.__table__.columns if not column.name.startswith("search_")]
    columns = (getattr(model, name) for name in names)
    page = select(*columns).where(is_open, model.id > after).order_by(model.id).limit(BATCH)
    return session.execute(page).all()


def _moves(
    session: Session,
    realignment: Realignment,
    kind: str,
    records: Sequence[Any],
    dealer: Dealer,
    active: set[UUID],
) -> list[list[str | None]]:
    facts: Sequence[Mapping[str, Any]] = facts_of(session, records)
    facts = with_more(session, facts, records, lambda name: dealer.asks(name) or asks(realignment.when, name))
    chosen = [(record, one) for record, one in zip(records, facts, strict=True) if holds(realignment.when, one)]
    homes = [dealer.home(one) for _, one in chosen]
    leaving = [
        index
        for index, (record, _) in enumerate(chosen)
        if not _stays(realignment, record, homes[index], active)
    ]  # fmt: skip
    given = dealer.give([chosen[index][1] for index in leaving], session)
    owners: Mapping[int, UUID | None] = {
        index: one.rep.id if one.rep else chosen[index][0].owner_id for index, one in zip(leaving, given, strict=True)
    }
    rows = []
    for index, (record, _) in enumerate(chosen):
        home = homes[index].id if homes[index] else None  # type: ignore[union-attr] # indexed twice
        owner = owners.get(index, record.owner_id)
        if (owner, home) != (record.owner_id, record.territory_id):
            value = record.base_amount if kind == "deals" else None
            row = (uuid7(), realignment.id, kind, record.id, record.owner_id, owner, record.territory_id, home, value)
            rows.append([*(None if one is None else str(one) for one in row), "planned"])
    return rows


def _stays(realignment: Realignment, record: Any, home: Area | None, active: set[UUID]) -> bool:
    by_hand = (getattr(record, "assignment", None) or {}).get("strategy") in BY_HAND
    # Whom no territory holds is in everybody's.
    members = home.people if home else active
    return stays(
        record.owner_id, active=record.owner_id in active, by_hand=by_hand, members=members, keep=realignment.keep
    )
