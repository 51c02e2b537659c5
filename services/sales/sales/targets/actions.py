"""Set targets, and copy them from one period to another."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import money
from chassis.access import actor, visible
from chassis.errors import Forbidden, Invalid
from chassis.events import emit
from sales.locks import hold
from sales.managers import require_manager
from sales.periods import Period, period_of
from sales.pipelines.model import Pipeline
from sales.products.model import Category
from sales.reps.actions import find_rep
from sales.settings import settings
from sales.targets import rules
from sales.targets.model import Target
from sales.told import text

_WHAT = "targets"
_KEY = ("period", "begins_on", "measure", "subject_id", "category_id", "pipeline_id")


def set_target(session: Session, data: dict[str, Any]) -> tuple[Target, bool]:
    """Set the target of a rep, a team or the company for the period that `on` is in, and whether it is new: one that is
    there already takes the value."""
    require_manager(_WHAT)
    value = _value(data["measure"], data["value"])
    period = fiscal(data["period"], data["on"])
    scope, subject_id = rules.subject(data.get("rep_id"), data.get("team_id"))
    owner_id, team_id = _owner(session, scope, subject_id)
    _check_reach(team_id)
    for model, name in ((Category, "category_id"), (Pipeline, "pipeline_id")):
        if data.get(name) and session.get(model, data[name]) is None:
            raise Invalid(name, "unknown", "There is nothing with this id.")
    key = {
        "period": period.kind, "begins_on": period.begin, "measure": data["measure"], "subject_id": subject_id,
        "category_id": data.get("category_id"), "pipeline_id": data.get("pipeline_id"),
    }  # fmt: skip
    return _put(session, key, value, scope=scope, owner_id=owner_id, team_id=team_id)


def change_target(session: Session, target: Target, changes: dict[str, Any]) -> Target:
    """Change the value of a target."""
    require_manager(_WHAT)
    return _set(session, target, _value(target.measure, changes["value"]))


def remove_target(session: Session, target: Target) -> None:
    """Take a target away; the others are told that it is nothing any more."""
    require_manager(_WHAT)
    _tell(session, target, None)
    session.delete(target)


def copy_targets(
    session: Session, period: str, source: date, goal: date, percent: Decimal, overwrite: bool
) -> list[Target]:
    """Make the targets within reach of one period those of another, each times `percent`; those that were made. What
    the other has already stays, unless `overwrite`."""
    require_manager(_WHAT)
    first, second = fiscal(period, source, "from"), fiscal(period, goal, "to")
    if first == second:
        raise Invalid("to", "same_period", "Both days are in one period.")
    wanted = select(Target).where(Target.period == period, Target.begins_on == first.begin).order_by(Target.id)
    made = []
    for one in session.scalars(visible(wanted, Target)).all():
        key = {name: getattr(one, name) for name in _KEY} | {"begins_on": second.begin}
        owner = {name: getattr(one, name) for name in ("scope", "owner_id", "team_id")}
        target, done = _put(
            session, key, rules.scaled(one.value, percent, one.measure, settings().currency), overwrite, **owner
        )
        made += [target] if done or overwrite else []
    return made


def fiscal(period: str, on: date, field: str = "on") -> Period:
    """The month or quarter of the fiscal year that a day is in."""
    return period_of(period, on, settings().fiscal_month, field)


def _put(
    session: Session, key: dict[str, Any], value: Decimal, overwrite: bool = True, **owner: Any
) -> tuple[Target, bool]:
    hold(session, "target " + " ".join(str(key[name]) for name in _KEY))
    known = session.scalars(select(Target).filter_by(**key).with_for_update()).one_or_none()
    if known is None:
        known = Target(**key, value=value, set_by=actor().id, **owner)
        session.add(known)
        _tell(session, known, value)
        return known, True
    return (_set(session, known, value) if overwrite else known), False


def _set(session: Session, target: Target, value: Decimal) -> Target:
    if target.value != value:
        target.value, target.set_by = value, actor().id
        _tell(session, target, value)
    return target


def _value(measure: str, value: Decimal) -> Decimal:
    rules.check_value(measure, value)
    return value if measure == "count" else money.accepted(value, settings().currency, "value")


def _owner(session: Session, scope: str, subject_id: UUID | None) -> tuple[UUID | None, UUID | None]:
    if scope != "rep" or subject_id is None:
        return None, subject_id
    rep = find_rep(session, subject_id, "rep_id")
    return rep.id, rep.team_id


def _check_reach(team_id: UUID | None) -> None:
    who = actor()
    if who.reach == "team" and (team_id is None or team_id != who.team_id):
        raise Forbidden("You set the targets of your own team.", "not_your_team")


def _tell(session: Session, target: Target, value: Decimal | None) -> None:
    session.flush()
    told: Sequence[str] = ("owner_id", "team_id", "category_id", "pipeline_id", "begins_on", "set_by")
    plain = {name: getattr(target, name) for name in ("period", "measure", "scope")}
    ids = {name: text(getattr(target, name)) for name in told}
    emit(session, "target.set", target, {"target_id": str(target.id), "value": text(value), **plain, **ids})
