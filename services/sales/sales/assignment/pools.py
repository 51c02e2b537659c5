"""Which pools a lead is offered to, in order: what the rules and the territories say, before anybody's turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sales.assignment.rules import BY, Limits, Rule, Seats
from sales.matching.rules import PLACES, Facts, holds, say
from sales.territories.rules import Area, matching

_SHOWN = 20  # entries of an explanation


@dataclass(frozen=True)
class Pool:
    """Some who could take a lead, by a rule. `free` are those who take any now; `skipped` says why others do not.
    `sure`: one of them will take it whatever they have."""

    rule: Rule
    area: Area | None
    round: str
    free: Seats
    skipped: tuple[tuple[UUID, str], ...]
    sure: bool

    @property
    def counts(self) -> bool:
        """Whether what its people have decides who is next."""
        return self.rule.strategy == "least_busy"


@dataclass(frozen=True)
class Passed:
    """A rule, or a territory of it, that nobody is offered the lead by."""

    rule: Rule
    area: Area | None
    why: str


@dataclass
class Plan:
    """Everything that decides, read once for many leads. `reps` are the weights of all who take leads: one each."""

    rules: Sequence[Rule]
    areas: Sequence[Area]
    reps: Seats
    limits: Mapping[UUID, Limits]
    now: datetime
    _found: dict[str, list[Area]] = field(default_factory=dict)
    _chains: dict[str, list[Pool | Passed]] = field(default_factory=dict)
    _pools: dict[tuple[str, bool], Pool] = field(default_factory=dict)

    def chain(self, facts: Facts) -> list[Pool | Passed]:
        """What is tried for a lead, up to the first pool that is sure. Leads of which the same is known share it."""
        key = _key(facts)
        if key not in self._chains:
            self._chains[key] = list(self._until_sure(facts))
        return self._chains[key]

    def home(self, facts: Facts) -> Area | None:
        """The territory that a customer belongs to, whoever gets the lead."""
        return next(iter(self._matching(facts)), None)

    def _matching(self, facts: Facts) -> list[Area]:
        """The territories that hold a customer; those of one place are looked for once."""
        key = _key({name: facts.get(name) for name in PLACES})
        if key not in self._found:
            self._found[key] = matching(self.areas, facts)
        return self._found[key]

    def _until_sure(self, facts: Facts) -> Iterator[Pool | Passed]:
        for rule in self.rules:
            for step in self._of(rule, facts):
                yield step
                if isinstance(step, Pool) and step.sure:
                    return

    def _of(self, rule: Rule, facts: Facts) -> Iterator[Pool | Passed]:
        if not holds(rule.when, facts):
            yield Passed(rule, None, "conditions")
        elif rule.pool == "territory":
            yield from self._of_territories(rule, facts)
        else:
            seats = self.reps if rule.pool == "everyone" else rule.members
            yield self._pool(rule, None, seats, str(rule.id) if rule.id else "everyone")

    def _of_territories(self, rule: Rule, facts: Facts) -> Iterator[Pool | Passed]:
        found = self._matching(facts)
        if not found:
            yield Passed(rule, None, "no_territory")
        for area in found:
            name = f"{rule.id}:{area.id}" if rule.id else str(area.id)
            yield self._pool(rule, area, area.members, name)
            if area.backups:
                yield self._pool(rule, area, area.backups, f"{name}:backup")

    def _pool(self, rule: Rule, area: Area | None, seats: Seats, round_: str) -> Pool:
        key = (round_, rule.within_hours)
        if key not in self._pools:
            free, skipped = [], []
            for rep_id, weight in seats:
                limits = self.limits.get(rep_id)  # None: does not take leads at all
                why = limits.away(self.now, within_hours=rule.within_hours) if limits else "takes_no_leads"
                if why:
                    skipped.append((rep_id, why))
                else:
                    free.append((rep_id, weight))
            sure = any(not self.limits[rep_id].counted for rep_id, _ in free)
            self._pools[key] = Pool(rule, area, round_, tuple(free), tuple(skipped), sure)
        return self._pools[key]


def _key(facts: Facts) -> str:
    return repr(sorted((name, str(value)) for name, value in facts.items() if value not in (None, {}, "")))


def explained(
    pool: Pool | None,
    passed: Sequence[Pool | Passed],
    full: Sequence[tuple[UUID, str]],
    home: Area | None,
    *,
    nobody: bool = False,
) -> dict[str, Any]:
    """The explanation that is stored with an assignment: what was tried before `pool` (None: in vain) and why it was
    passed over, who was skipped and why. `home` is the territory of a lead that goes to somebody by no territory. Names
    no person."""
    area = (pool.area if pool else None) or home
    skipped = [pair for step in (*passed, pool) if isinstance(step, Pool) for pair in step.skipped]
    return {
        "strategy": _strategy(pool),
        "territory": pool.area.name if pool and pool.area else None,
        "reason": _reason(pool, passed, nobody=nobody),
        "territory_id": str(area.id) if area else None,
        "rule": pool.rule.name if pool else None,
        "rule_id": str(pool.rule.id) if pool and pool.rule.id else None,
        "by": pool.rule.strategy if pool else None,
        "passed": [_told(step) for step in passed][:_SHOWN],
        "skipped": [{"rep_id": str(rep_id), "why": why} for rep_id, why in dict([*skipped, *full]).items()][:_SHOWN],
    }


def _strategy(pool: Pool | None) -> str:
    if pool is None:
        return "none"
    return "territory" if pool.area else pool.rule.strategy


def _told(step: Pool | Passed) -> dict[str, str | None]:
    why = step.why if isinstance(step, Passed) else "nobody_free"
    return {"rule": step.rule.name, "territory": step.area.name if step.area else None, "why": why}


def _reason(pool: Pool | None, passed: Sequence[Pool | Passed], *, nobody: bool) -> str:
    empty = ", ".join(dict.fromkeys(step.area.name for step in passed if isinstance(step, Pool) and step.area))
    if pool is None:
        return "No active sales rep takes leads." if nobody else "Nobody whom a rule names can take it now."
    by = BY[pool.rule.strategy]
    if pool.area:
        backup = " among its backups" if pool.round.endswith(":backup") else ""
        others = ", ".join(name for name in empty.split(", ") if name and name != pool.area.name)
        return f"Territory {pool.area.name} ({pool.area.place}), {by}{backup}" + (
            f" ({others}: no active member)." if others else "."
        )
    if pool.rule.id is None:
        where = f"No active member in {empty}" if empty else "No territory holds the place"
        return f"{where}; {by} among all active reps."
    among = " among all active reps" if pool.rule.pool == "everyone" else ""
    return f"Rule {pool.rule.name} ({say(pool.rule.when)}), {by}{among}."
