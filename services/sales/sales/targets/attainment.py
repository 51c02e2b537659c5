"""How far targets are reached."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import Actor, actor
from sales.periods import Period
from sales.products.model import Category
from sales.reps.model import Rep
from sales.settings import settings
from sales.targets import rules
from sales.targets.actions import fiscal
from sales.targets.actuals import won
from sales.targets.model import Target
from sales.targets.rules import Key, Sought


def attainment(session: Session, period: str, on: date | None, measure: str, scope: str | None) -> dict[str, Any]:
    """The targets of a period within reach against what was won in it, as AttainmentOut. Places are counted among all
    reps, teams or categories alike, though only those within reach are shown."""
    days = fiscal(period, on or clock.now().date())
    targets, teams = sought(session, days, measure)
    actual = rules.totals(won(session, days, any(key.category_id for key in targets)))
    nothing = (Decimal(0), Decimal(0))
    reached = {key: actual.get(key, nothing)[measure == "count"] for key in targets}
    places = rules.ranks({key: reached[key] / one.value for key, one in targets.items()})
    who = actor()
    shown = [key for key in targets if scope in (None, key.scope) and sees(who, key, teams.get(key.subject_id))]
    names = _names(session, shown)
    rows = [_row(key, targets[key], reached[key], places[key], names, measure) for key in shown]
    rows.sort(
        key=lambda row: (rules.SCOPES.index(row["scope"]), row["rank"], row["name"] or "", str(row["subject_id"]))
    )
    return {
        "period": period, "begins_on": days.begin, "ends_before": days.end, "measure": measure,
        "currency": settings().currency, "targets": rows,
    }  # fmt: skip


def sought(session: Session, days: Period, measure: str) -> tuple[dict[Key, Sought], dict[UUID | None, UUID | None]]:
    """The targets of a period by what they are for, and the teams of the reps among them."""
    set_for = and_(Target.period == days.kind, Target.begins_on == days.begin)
    if days.kind == "quarter":
        set_for = or_(set_for, and_(Target.period == "month", Target.begins_on.in_(days.months)))
    columns = (Target.period, Target.begins_on, Target.scope, Target.subject_id, Target.category_id,
               Target.pipeline_id, Target.value, Target.team_id)  # fmt: skip
    rows = session.execute(select(*columns).where(set_for, Target.measure == measure)).all()
    found = rules.sought(days.kind, ((row[0], row[1], Key(*row[2:6]), row.value) for row in rows))
    return found, {row.subject_id: row.team_id for row in rows if row.scope == "rep"}


def sees(who: Actor, key: Key, team_id: UUID | None) -> bool:
    """Whether a target is within reach; `team_id`: of the rep, where it is a rep's."""
    if who.reach == "all" or (key.scope == "rep" and key.subject_id == who.id):
        return True
    team = key.subject_id if key.scope == "team" else team_id
    return who.reach == "team" and team is not None and team == who.team_id


def _names(session: Session, keys: list[Key]) -> dict[UUID | None, str]:
    reps = select(Rep.id, Rep.name).where(Rep.id.in_([key.subject_id for key in keys if key.scope == "rep"]))
    categories = select(Category.id, Category.name).where(Category.id.in_([key.category_id for key in keys]))
    return {row.id: row.name for statement in (reps, categories) for row in session.execute(statement)}


def _row(
    key: Key, target: Sought, actual: Decimal, place: tuple[int, int], names: dict[UUID | None, str], measure: str
) -> dict[str, Any]:
    shown = partial(rules.measured, measure=measure, currency=settings().currency)
    return {
        **key._asdict(), "name": names.get(key.subject_id), "category": names.get(key.category_id),
        "target": target.value, "months": target.months, "actual": shown(actual),
        "gap": shown(target.value - actual), "attainment": rules.attainment(actual, target.value),
        "rank": place[0], "of": place[1],
    }  # fmt: skip
