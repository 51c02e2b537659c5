"""Which insights hold, and lists narrowed by them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from chassis.errors import BadRequest
from contacts.companies.model import Company
from contacts.insights.model import Insight
from contacts.insights.rules import CHOSEN, DAYS_MAX, KINDS, SEARCHED, SINGLE
from contacts.people.model import Person


def of(session: Session, subject: Any, *, history: bool = False) -> list[Insight]:
    """What is known of a person or company, the latest first; with `history` also what was replaced and retracted."""
    mine = _holder(type(subject)) == subject.id
    rows = session.scalars(select(Insight).where(mine).order_by(Insight.created_at.desc(), Insight.id.desc())).all()
    seen: set[str] = set()
    found = []
    for row in rows:
        row.current = row.retracted_at is None and row.kind not in seen  # type: ignore[attr-defined]
        if row.retracted_at is None and row.kind in SINGLE:
            seen.add(row.kind)
        if row.current or history:  # type: ignore[attr-defined]
            found.append(row)
    return found


def influence_of(session: Session, person_ids: Sequence[UUID]) -> dict[UUID | None, str | None]:
    """The influence of each of these people, where it is known."""
    statement = (
        select(Insight.person_id, Insight.choice)
        .where(Insight.person_id.in_(person_ids), Insight.kind == "influence", Insight.retracted_at.is_(None))
        .order_by(Insight.created_at, Insight.id)
    )
    return dict(session.execute(statement).all())


def finders(model: type[Person | Company]) -> dict[str, Any]:
    """The parameters that a list of `model` is narrowed by."""
    found = {kind: _finder(model, kind, _by_choice) for kind in CHOSEN}
    found |= {kind: _finder(model, kind, _by_text) for kind in SEARCHED}
    found["decision_cycle_min"] = _finder(model, "decision_cycle_min", _by_days)
    found["decision_cycle_max"] = _finder(model, "decision_cycle_max", _by_days)
    return found


def _finder(model: Any, parameter: str, condition: Any) -> Any:
    def find(text: str) -> ColumnElement[bool]:
        return model.id.in_(select(_holder(model)).where(condition(parameter, text)))

    find.__doc__ = f"Of whom this is known as `{parameter}`. Not for partners."
    return find


def _by_choice(kind: str, text: str) -> ColumnElement[bool]:
    if text not in KINDS[kind].choices:
        raise BadRequest(kind, "not_a_choice", f"Must be one of: {', '.join(KINDS[kind].choices)}.")
    return and_(_holding(kind), Insight.choice == text)


def _by_text(kind: str, text: str) -> ColumnElement[bool]:
    if not 0 < len(text.strip()) <= 200:
        raise BadRequest(kind, "length", f"{kind} takes 1 to 200 characters.")
    return and_(_holding(kind), func.lower(Insight.text).contains(text.strip().lower(), autoescape=True))


def _by_days(parameter: str, text: str) -> ColumnElement[bool]:
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= DAYS_MAX):
        raise BadRequest(parameter, "out_of_range", f"A whole number of days up to {DAYS_MAX}.")
    holding = _holding("decision_cycle")
    return and_(holding, Insight.days >= int(text) if parameter.endswith("min") else Insight.days <= int(text))


def _holding(kind: str) -> ColumnElement[bool]:
    """Insights of a kind that hold: not retracted and, where only one does, with none after it."""
    holds = and_(Insight.kind == kind, Insight.retracted_at.is_(None))
    if kind not in SINGLE:
        return holds
    later = aliased(Insight)
    newer = select(later.id).where(
        later.kind == kind, later.retracted_at.is_(None),
        later.person_id.is_not_distinct_from(Insight.person_id),
        later.company_id.is_not_distinct_from(Insight.company_id),
        tuple_(later.created_at, later.id) > tuple_(Insight.created_at, Insight.id),
    )  # fmt: skip
    return and_(holds, ~newer.exists())


def _holder(model: Any) -> Any:
    return Insight.person_id if model is Person else Insight.company_id
