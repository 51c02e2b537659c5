"""The fold itself, in memory: facts in, changed states and moved counters out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from chassis.errors import Malformed
from reporting.activity import rules as activity
from reporting.campaigns import rules as campaigns
from reporting.deals import rules as deals
from reporting.figures.rules import ZERO, Entry, Fact, Reach, mark
from reporting.leads import rules as leads
from reporting.orders import rules as orders
from reporting.tickets import rules as tickets

EVER = date(1970, 1, 1)


class Kind(NamedTuple):
    """A kind of thing that has a state: which facts change it, how, and what it is worth."""

    name: str
    source: str
    types: frozenset[str]
    state: Callable[[str], Any]
    key: Callable[[Fact], str | None]
    fold: Callable[[Any, Fact], None]
    entries: Callable[[Any], Iterator[Entry]]
    belongs_to: Callable[[Any], Reach]


KINDS = (
    Kind(
        "lead",
        leads.SOURCE,
        leads.TYPES,
        leads.LeadState,
        leads.key,
        leads.fold,
        leads.entries,
        leads.belongs_to,
    ),
    Kind(
        "deal",
        deals.SOURCE,
        deals.TYPES,
        deals.DealState,
        deals.key,
        deals.fold,
        deals.entries,
        deals.belongs_to,
    ),
    Kind(
        "stage",
        deals.SOURCE,
        deals.TYPES,
        deals.StageState,
        deals.stage_key,
        deals.fold_stage,
        deals.stage_entries,
        deals.stage_belongs_to,
    ),
    Kind(
        "order",
        orders.SOURCE,
        orders.TYPES,
        orders.OrderState,
        orders.key,
        orders.fold,
        orders.entries,
        orders.belongs_to,
    ),
    Kind(
        "ticket",
        tickets.SOURCE,
        tickets.TYPES,
        tickets.TicketState,
        tickets.key,
        tickets.fold,
        tickets.entries,
        tickets.belongs_to,
    ),
    Kind(
        "campaign",
        campaigns.SOURCE,
        campaigns.TYPES,
        campaigns.CampaignState,
        campaigns.key,
        campaigns.fold,
        campaigns.entries,
        campaigns.belongs_to,
    ),
)
_HEARING: dict[tuple[str, str], list[Kind]] = defaultdict(list)
for _kind in KINDS:
    for _type in _kind.types:
        _HEARING[_kind.source, _type].append(_kind)
# What tells of many at once: where they stand in its data, and what it is of each.
_BUNDLES = {
    (feature.SOURCE, type_): (type_.partition(".")[0], single)
    for feature in (leads, deals)
    for type_, single in feature.BUNDLES.items()
}
BUNDLED_TYPES = sorted(type_ for _, type_ in _BUNDLES)
FOLDED_TYPES = sorted({type_ for _, type_ in (*_HEARING, *activity.COUNTED, *_BUNDLES)})

States = dict[str, dict[str, Any]]  # kind -> id -> state
Worth = tuple[Reach, list[Entry]]
Moved = dict[tuple[Reach, tuple[str, date | None, str, str]], list[Any]]  # whose, figure, day, key, currency


class Cell(NamedTuple):
    """What one counter counts."""

    scope: str
    grain: str
    period: date
    figure: str
    key: str
    currency: str


@dataclass
class Folded:
    """What a batch of facts came to: the states that changed, the counters that moved, the facts that made no sense."""

    states: States = field(default_factory=lambda: {kind.name: {} for kind in KINDS})
    moved: Moved = field(default_factory=dict)
    refused: list[tuple[int, str]] = field(default_factory=list)

    def counters(self) -> dict[Cell, tuple[int, Decimal]]:
        """By how much each counter moves; those that stand still are left out."""
        cells: dict[Cell, tuple[int, Decimal]] = defaultdict(lambda: (0, ZERO))
        for (whose, counted), (count, amount) in self.moved.items():
            if not count and not amount:
                continue
            for cell in _cells(whose, *counted):
                before = cells[cell]
                cells[cell] = (before[0] + count, before[1] + amount)
        return {cell: moved for cell, moved in cells.items() if moved[0] or moved[1]}


def singly(fact: Fact) -> Iterator[Fact]:
    """What a fact about many says of each; one about a single thing is what it is. What makes no sense stays so."""
    bundle = _BUNDLES.get((fact.source, fact.type))
    if bundle is None:
        yield fact
        return
    name, type_ = bundle
    event_id, many = fact.mark.partition("/")[2], fact.data.get(name)
    for one in many if isinstance(many, list) else [None]:
        data = one if isinstance(one, dict) else {}
        sequence = data.get("sequence")
        newest = mark(sequence if isinstance(sequence, int) and sequence > 0 else 0, event_id)
        yield fact._replace(mark=newest, type=type_, data=data)


def touched(facts: Iterable[Fact]) -> dict[str, set[str]]:
    """The ids, per kind, whose states a batch needs."""
    ids: dict[str, set[str]] = {kind.name: set() for kind in KINDS}
    for fact in facts:
        for kind in _HEARING.get((fact.source, fact.type), ()):
            try:
                if (id_ := kind.key(fact)) is not None:
                    ids[kind.name].add(id_)
            except Malformed:
                continue
    return ids


def fold(known: Mapping[str, Mapping[str, Any]], facts: Iterable[Fact]) -> Folded:
    """Fold `facts` into the `known` states (which it changes).

    A fact that makes no sense is named in `refused` and left out: it never holds the others up.
    """
    folded, before = Folded(), dict[tuple[str, str], Worth]()
    for fact in facts:
        try:
            for kind in _HEARING.get((fact.source, fact.type), ()):
                _take(kind, known[kind.name], folded.states[kind.name], before, fact)
            for whose, entry in activity.count(fact):
                _move(folded.moved, whose, entry, 1)
        except Malformed as error:
            folded.refused.append((fact.position, str(error)))
    for kind in KINDS:
        for id_, state in folded.states[kind.name].items():
            _difference(folded.moved, before[kind.name, id_], (kind.belongs_to(state), list(kind.entries(state))))
    return folded


def _take(
    kind: Kind,
    known: Mapping[str, Any],
    changed: dict[str, Any],
    before: dict[tuple[str, str], Worth],
    fact: Fact,
) -> None:
    id_ = kind.key(fact)
    if id_ is None:
        return
    state = changed.get(id_)
    if state is not None:
        kind.fold(state, fact)
        return
    state = known.get(id_)
    worth: Worth = (Reach(), []) if state is None else (kind.belongs_to(state), list(kind.entries(state)))
    state = state if state is not None else kind.state(id_)
    kind.fold(state, fact)
    changed[id_], before[kind.name, id_] = state, worth


def _difference(moved: Moved, before: Worth, after: Worth) -> None:
    if before == after:
        return
    for entry in before[1]:
        _move(moved, before[0], entry, -1)
    for entry in after[1]:
        _move(moved, after[0], entry, 1)


def _move(moved: Moved, whose: Reach, entry: Entry, sign: int) -> None:
    total = moved.setdefault((whose, (entry.figure, entry.day, entry.key, entry.currency)), [0, ZERO])
    total[0] += sign * entry.number
    total[1] += sign * entry.amount


def _cells(whose: Reach, figure: str, day: date | None, key: str, currency: str) -> Iterator[Cell]:
    periods = [("ever", EVER)]
    if day is not None:
        periods += [("month", day.replace(day=1)), ("day", day)]
    for scope in scopes(whose):
        for grain, period in periods:
            yield Cell(scope, grain, period, figure, key, currency)


def scopes(whose: Reach) -> Iterator[str]:
    """Under which names a figure is kept: for all, for its owner, its team, its partner."""
    yield "all"
    if whose.owner_id:
        yield f"owner:{whose.owner_id}"
    if whose.team_id:
        yield f"team:{whose.team_id}"
    if whose.partner_id:
        yield f"partner:{whose.partner_id}"
