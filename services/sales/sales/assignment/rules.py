"""Who of those that could take a lead gets it, and why others do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from chassis.errors import Invalid
from chassis.hours import Hours
from chassis.zones import day_of, midnight
from sales.matching.rules import Tree

STRATEGIES = ("round_robin", "least_busy", "weighted")
POOLS = ("territory", "members", "everyone")
BY = {"round_robin": "by turns", "least_busy": "to the least busy", "weighted": "by weight"}

Seats = tuple[tuple[UUID, int], ...]  # reps with their weights, by id


@dataclass(frozen=True)
class Rule:
    """A rule as assignment sees it; `id` None: one of those that hold where nobody made any."""

    name: str
    pool: str
    strategy: str = "round_robin"
    id: UUID | None = None
    when: Tree | None = None
    members: Seats = ()
    within_hours: bool = False


DEFAULT_RULES = (Rule("By territory", "territory"), Rule("Among all", "everyone"))


@dataclass
class Limits:
    """What limits a rep. `open` and `today` are the leads they have now, and got today: in the day of the calendar by
    which they work, else of `zone`, where they are."""

    opted_out: bool = False
    absences: Sequence[tuple[date, date]] = ()
    max_per_day: int | None = None
    max_open: int | None = None
    hours: Hours | None = None
    zone: str = "UTC"
    open: int = 0
    today: int = 0

    @property
    def counted(self) -> bool:
        """Whether it depends on what they have."""
        return self.max_per_day is not None or self.max_open is not None

    def away(self, now: datetime, *, within_hours: bool) -> str | None:
        """Why they take no lead now, whatever they have; None where they do."""
        if self.opted_out:
            return "opted_out"
        today = self.hours.day(now) if self.hours else day_of(now, self.zone)
        if any(first <= today <= last for first, last in self.absences):
            return "absent"
        if within_hours and self.hours and not self.hours.at_work(now):
            return "outside_hours"
        return None

    def midnight(self, now: datetime) -> datetime:
        """When their day began."""
        return self.hours.midnight(now) if self.hours else midnight(day_of(now, self.zone), self.zone)

    def full(self) -> str | None:
        """Which limit they have reached, if any."""
        if self.max_per_day is not None and self.today >= self.max_per_day:
            return "daily_limit"
        if self.max_open is not None and self.open >= self.max_open:
            return "open_limit"
        return None


@dataclass
class Round:
    """Whose turn it was in a pool, and what is owed to whom by weight."""

    last: UUID | None = None
    owed: dict[UUID, int] = field(default_factory=dict)


def choose(strategy: str, seats: Seats, round_: Round, limits: Mapping[UUID, Limits]) -> UUID:
    """Who of `seats` (all can take it) is next; the round and what they have are counted on.

    `weighted` is the smooth weighted round robin of nginx: each is owed its weight, the most owed is chosen and pays
    the sum. So shares are exact over each cycle, and nobody gets theirs in one go.
    """
    if strategy == "weighted":
        chosen = _most_owed(seats, round_)
    elif strategy == "least_busy":
        fewest = min(limits[rep_id].open for rep_id, _ in seats)
        chosen = next_in_turn([rep_id for rep_id, _ in seats if limits[rep_id].open == fewest], round_.last)
    else:
        chosen = next_in_turn([rep_id for rep_id, _ in seats], round_.last)
    round_.last = chosen
    limits[chosen].open += 1
    limits[chosen].today += 1
    return chosen


def next_in_turn(members: Sequence[UUID], last: UUID | None) -> UUID:
    """The member after `last` in the circle of `members` (sorted); the first one where nobody had a turn
    yet."""
    return next((member for member in members if last is None or member > last), members[0])


def check_seats(pool: str, members: Sequence[Mapping[str, object]]) -> None:
    """Invalid unless a pool of members names some, each once, and no other pool does."""
    if (pool == "members") != bool(members):
        detail = "Name who is in it." if pool == "members" else "Only the pool `members` names them."
        raise Invalid("members", "required" if pool == "members" else "not_allowed", detail)
    if len({member["rep_id"] for member in members}) < len(members):
        raise Invalid("members", "repeated", "Each rep stands in a rule once.")


def check_absences(absences: Sequence[Mapping[str, date]]) -> None:
    """Invalid for an absence that ends before it begins, and for two that overlap."""
    order = sorted(range(len(absences)), key=lambda i: absences[i]["from"])
    before: date | None = None
    for i in order:
        first, last = absences[i]["from"], absences[i]["until"]
        if last < first:
            raise Invalid(f"absences.{i}.until", "not_in_order", "It ends before it begins.")
        if before is not None and first <= before:
            raise Invalid(f"absences.{i}.from", "overlapping", "Absences must not overlap.")
        before = last


def _most_owed(seats: Seats, round_: Round) -> UUID:
    for rep_id, weight in seats:
        round_.owed[rep_id] = round_.owed.get(rep_id, 0) + weight
    chosen = max((rep_id for rep_id, _ in seats), key=lambda rep_id: round_.owed[rep_id])
    round_.owed[chosen] -= sum(weight for _, weight in seats)
    return chosen
