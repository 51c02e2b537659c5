"""Whose turn it is: for one lead or for ten thousand, by the same few queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.db.bulk import array_text
from chassis.db.sending import ask, send
from chassis.encoding import to_json
from sales.assignment.house import read_house
from sales.assignment.model import Availability
from sales.assignment.pools import Passed, Plan, Pool, explained
from sales.assignment.rules import Round, Seats, choose
from sales.leads.model import Lead
from sales.leads.rules import WORKED
from sales.matching.facts import with_more
from sales.matching.rules import asks
from sales.reps.actions import Taker
from sales.territories.model import Turn
from sales.territories.rules import Area

_SAVE = text(
    "UPDATE turns SET last_rep_id = t.last, owed = t.owed"
    " FROM jsonb_to_recordset(CAST(:turns AS jsonb)) AS t (round text, last uuid, owed jsonb)"
    " WHERE turns.round = t.round"
)
_TURNS = text("SELECT round, last_rep_id, owed FROM turns WHERE round = ANY(CAST(:names AS text[])) ORDER BY round")
_TURNS_LOCKED = text(f"{_TURNS.text} FOR UPDATE")


@dataclass(frozen=True)
class Given:
    """Whose turn it is, None where nobody can take it; the territory by which; the explanation."""

    rep: Taker | None
    area: Area | None
    why: dict[str, Any]


def give(
    session: Session, facts: Sequence[Mapping[str, Any]], leads: Sequence[Lead] = (), *, dry_run: bool = False
) -> list[Given]:
    """Whose turn it is for a lead of each of which these `facts` are known (`sales.matching.facts`), in order; of
    `leads` that are there, in the same order, rules may ask the grade and the chance, too.

    The rounds, and the limits of those who have any, stay locked until the transaction ends; a dry run locks nothing
    and takes no turn.
    """
    dealer = Dealer(session, dry_run=dry_run)
    if leads:
        facts = with_more(session, facts, leads, dealer.asks)
    given = dealer.give(facts, session)
    if not dry_run:
        _save(session, dealer.rounds)
    return given


class Dealer:
    """Deals leads out and remembers whose turn it is; a dry run may go on in other sessions. `areas`: other territories
    than those in force."""

    def __init__(self, session: Session, *, dry_run: bool, areas: Sequence[Area] | None = None) -> None:
        house = read_house(session)
        self.reps = house.reps
        self.plan = house.plan(areas)
        self.rounds: dict[str, Round] = {}
        self._lock = not dry_run
        self._counted: set[UUID] = set()

    def asks(self, field: str) -> bool:
        """Whether a rule goes by this field."""
        return any(asks(rule.when, field) for rule in self.plan.rules)

    def home(self, facts: Mapping[str, Any]) -> Area | None:
        """The territory that a customer belongs to."""
        return self.plan.home(facts)

    def give(self, facts: Sequence[Mapping[str, Any]], session: Session) -> list[Given]:
        """Whose turn it is for each, in order."""
        chains = [self.plan.chain(one) for one in facts]
        pools = {pool.round: pool for chain in chains for pool in chain if isinstance(pool, Pool) and pool.free}
        self.rounds |= _rounds(session, pools.keys() - self.rounds.keys(), lock=self._lock)
        self._counted |= _count(session, self.plan, pools.values(), self._counted, lock=self._lock)
        return [self._one(chain, self.home(one)) for chain, one in zip(chains, facts, strict=True)]

    def _one(self, chain: Sequence[Pool | Passed], home: Area | None) -> Given:
        passed: list[Pool | Passed] = []
        full: list[tuple[UUID, str]] = []
        for step in chain:
            seats = _open_seats(self.plan, step, full) if isinstance(step, Pool) else ()
            if isinstance(step, Pool) and seats:
                chosen = choose(step.rule.strategy, seats, self.rounds[step.round], self.plan.limits)
                return Given(self.reps[chosen], step.area, explained(step, passed, full, home))
            passed.append(step)
        return Given(None, None, explained(None, passed, full, home, nobody=not self.reps))


def _open_seats(plan: Plan, pool: Pool, full: list[tuple[UUID, str]]) -> Seats:
    """Those of the pool who have not reached their limits; who has is added to `full`."""
    seats = []
    for rep_id, weight in pool.free:
        if why := plan.limits[rep_id].full():
            full.append((rep_id, why))
        else:
            seats.append((rep_id, weight))
    return tuple(seats)


def _rounds(session: Session, names: Collection[str], *, lock: bool) -> dict[str, Round]:
    """The rounds of these names, locked in one order by all so that nobody waits in a circle."""
    if not names:
        return {}
    wanted, found = {"names": array_text(list(names))}, _TURNS_LOCKED if lock else _TURNS
    rows = ask(session, found, wanted)
    if lock and len(rows) < len(names):
        new = [{"round": name, "owed": {}} for name in sorted(set(names) - {name for name, *_ in rows})]
        session.execute(insert(Turn).values(new).on_conflict_do_nothing())
        rows = ask(session, found, wanted)
    rounds = {name: Round() for name in names}
    return rounds | {name: Round(last, {UUID(k): v for k, v in owed.items()}) for name, last, owed in rows}


def _count(session: Session, plan: Plan, pools: Collection[Pool], known: Set[UUID], *, lock: bool) -> set[UUID]:
    """Count what those have who are chosen or limited by it, and are not `known` yet; who they are. Who has limits is
    locked first: what they get by other rounds at this moment counts too."""
    people = {rep_id for pool in pools for rep_id, _ in pool.free if pool.counts or plan.limits[rep_id].counted} - known
    limited = [rep_id for rep_id in people if plan.limits[rep_id].counted]
    if lock and limited:
        mine = select(Availability.id).where(Availability.id.in_(limited)).order_by(Availability.id)
        session.execute(mine.with_for_update())
    by_midnight: dict[datetime, list[UUID]] = {}
    for rep_id in people:
        by_midnight.setdefault(plan.limits[rep_id].midnight(plan.now), []).append(rep_id)
    for midnight, ids in by_midnight.items():
        for owner_id, open_, today in session.execute(_having(ids, midnight)):
            plan.limits[owner_id].open, plan.limits[owner_id].today = open_, today
    return people


def _having(ids: Sequence[UUID], midnight: datetime) -> Any:
    worked_on, today = Lead.status.in_(WORKED), Lead.assigned_at >= midnight
    counts = (func.count().filter(worked_on), func.count().filter(today))
    having = select(Lead.owner_id, *counts).where(Lead.owner_id.in_(ids), or_(worked_on, today))
    return having.group_by(Lead.owner_id)


def _save(session: Session, rounds: Mapping[str, Round]) -> None:
    turns = [
        {"round": name, "last": one.last, "owed": {str(rep_id): owed for rep_id, owed in one.owed.items()}}
        for name, one in rounds.items()
        if one.last
    ]
    if turns:
        send(session, _SAVE, {"turns": to_json(turns).decode()})
