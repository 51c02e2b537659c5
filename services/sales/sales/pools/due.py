"""When something goes back to the pool of its team: leads and customers alike, each by rules of their own.

A warning holds for the instant that it was given for (`warned_for`). A follow-up, another owner or other terms of the
pool make another one of it, and the owner is warned anew: nobody loses anything unwarned, also where a pool is new.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, and_, case, func, literal, or_, select, true, union_all

from sales.pools.model import Pool, PoolTeam
from sales.settings import settings

_INSTANT = DateTime(timezone=True)


@dataclass(frozen=True)
class Rule:
    """Due so many `days` (a column of the pool) after `since`, unless `spared`. An index by team and `since` finds what
    is near."""

    since: Any
    days: Any
    spared: ColumnElement[bool] | None = None

    @property
    def instant(self) -> Any:
        """When it is due; NULL: not by this rule."""
        due = self.since + _days(self.days)
        return due if self.spared is None else case((~self.spared, due), else_=None)


class Due:
    """What of `model` goes back by which of `rules`: the rows that are `held`, of teams that have a pool in use."""

    def __init__(self, model: Any, rules: Mapping[str, Rule], *held: ColumnElement[bool]) -> None:
        self.model, self.rules, self.held = model, rules, (*held, Pool.active)
        ends = [rule.instant for rule in rules.values()]
        self.at = func.least(*ends, type_=_INSTANT)  # LEAST of PostgreSQL passes over NULL
        self.rule = case(*((self.at == end, name) for name, end in zip(rules, ends, strict=True)))

    def over(self, now: datetime) -> Select[Any]:
        """A batch of rows (`batch`) whose time is over, and whose owners were warned in time."""
        warned = and_(self.model.warned_for == self.at, self.model.reclaim_at <= now)
        return self.batch(now, self.at <= now, or_(Pool.warn_days == 0, warned))

    def soon(self, now: datetime) -> Select[Any]:
        """A batch of rows whose owners are to be warned, once for each instant at which one goes back."""
        early = self.at - _days(Pool.warn_days) <= now
        return self.batch(now, Pool.warn_days > 0, early, self.model.warned_for.is_distinct_from(self.at))

    def batch(self, now: datetime, *conditions: ColumnElement[bool]) -> Select[Any]:
        """Rows with the instant, the rule, the pool's id and its days of warning, those first that are due longest:
        locked, without those that somebody changes at this moment. What is left over is for the next round."""
        near = union_all(*(self._near(rule, now, conditions) for rule in self.rules.values())).cte("near")
        found = (
            select(self.model, self.at, self.rule, Pool.id, Pool.warn_days)
            .join(PoolTeam, PoolTeam.team_id == self.model.team_id)
            .join(Pool, Pool.id == PoolTeam.pool_id)
            .where(self.model.id.in_(select(near.c.id)), *self.held, *conditions)
        )
        batch = found.order_by(self.at, self.model.id).limit(settings().sweep_batch)
        return batch.with_for_update(of=self.model, skip_locked=True, key_share=True)

    def _near(self, rule: Rule, now: datetime, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
        """The ids of the first rows of each team that are due, or to be warned of, by one rule. In the order of its
        index and no more than a batch: so that a plan by the index is the cheapest, and the rest is not read."""
        until = literal(now, _INSTANT) - _days(rule.days - Pool.warn_days)
        of_team = select(self.model.id).where(
            self.model.team_id == PoolTeam.team_id, rule.since <= until, *self.held, *conditions
        )
        first = of_team.order_by(rule.since).limit(settings().sweep_batch).correlate(Pool, PoolTeam).lateral()
        return select(first.c.id).select_from(PoolTeam).join(Pool, Pool.id == PoolTeam.pool_id).join(first, true())


def _days(number: Any) -> Any:
    return func.make_interval(0, 0, 0, number)
