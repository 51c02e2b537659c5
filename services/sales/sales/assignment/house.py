"""Who takes leads, by which rules, in which territories, within which limits: what assignment goes by until somebody
changes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.kept import kept
from sales.assignment.model import AssignmentRule, Availability, WorkCalendar
from sales.assignment.pools import Plan
from sales.assignment.rules import DEFAULT_RULES, Limits, Rule
from sales.reps.actions import Taker, taking_leads, zone_of
from sales.reps.model import Rep
from sales.territories.reading import TABLES, Row, in_force_today, read_territories
from sales.territories.rules import Area


@dataclass(frozen=True)
class House:
    """All reps who take leads, the rules in their order, the limits of those reps who have any, the territories."""

    reps: Mapping[UUID, Taker]
    rules: Sequence[Rule]
    limits: Mapping[UUID, Limits]
    territories: Sequence[Row]

    def plan(self, areas: Sequence[Area] | None = None) -> Plan:
        """What decides now, with the territories in force, or other ones; what the reps have is to be counted in it."""
        areas = in_force_today(self.territories) if areas is None else areas
        zones = {rep.id: zone_of(rep.time_zone) for rep in self.reps.values()}
        limits = {id_: replace(self.limits.get(id_, Limits()), zone=zone) for id_, zone in zones.items()}
        return Plan(self.rules, areas, tuple((rep_id, 1) for rep_id in sorted(self.reps)), limits, clock.now())


def read_house(session: Session) -> House:
    """The house as it is."""
    return kept(session, (Rep, AssignmentRule, Availability, WorkCalendar, *TABLES), _read)


def _read(session: Session) -> House:
    rows = session.scalars(select(AssignmentRule).where(AssignmentRule.active).order_by(*_ORDER)).all()
    rules = [_rule(row) for row in rows] or DEFAULT_RULES
    return House(taking_leads(session), rules, _limits(session), read_territories(session))


def _rule(row: AssignmentRule) -> Rule:
    seats = tuple(sorted((UUID(one["rep_id"]), one["weight"]) for one in row.members))
    return Rule(row.name, row.pool, row.strategy, row.id, row.when, seats, row.within_hours)


def _limits(session: Session) -> dict[UUID, Limits]:
    joined = select(Availability, WorkCalendar).outerjoin(WorkCalendar, WorkCalendar.id == Availability.calendar_id)
    return {
        row.id: Limits(
            opted_out=row.opted_out,
            absences=[(date.fromisoformat(a["from"]), date.fromisoformat(a["until"])) for a in row.absences],
            max_per_day=row.max_per_day,
            max_open=row.max_open,
            hours=calendar.as_hours() if calendar else None,
        )
        for row, calendar in session.execute(joined)
    }


_ORDER = (AssignmentRule.position, AssignmentRule.id)
