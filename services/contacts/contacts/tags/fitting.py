"""A rule as SQL: one condition on people, whether for one person, a batch or all of them."""

from __future__ import annotations

import operator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, cast, func, not_, or_, select
from sqlalchemy.orm import aliased

from contacts.consent.model import ConsentRecord
from contacts.consent.rules import strict
from contacts.grades.model import Purchase
from contacts.interactions.model import Interaction
from contacts.people.model import Person
from contacts.tags.rules import IDS
from contacts.timeline.model import TimelineEntry


def fits(rule: dict[str, Any], now: datetime) -> ColumnElement[bool]:
    """Whom a rule (checked) fits at `now`. Never NULL: what is not known fits nothing, and its `not` everything."""
    if "field" in rule:
        return func.coalesce(_field(rule["field"], rule.get("op", "eq"), rule["value"], now), False)
    ((name, inner),) = rule.items()
    if name == "all":
        return and_(*(fits(child, now) for child in inner))
    if name == "any":
        return or_(*(fits(child, now) for child in inner))
    if name == "not":
        return not_(fits(inner, now))
    if name == "consent":
        return _consent(inner)
    return {"purchases": _purchases, "interactions": _interactions, "survey": _survey}[name](inner, now)


def _field(name: str, op: str, value: Any, now: datetime) -> ColumnElement[bool]:
    column: Any = getattr(Person, name)
    if name in IDS and op != "known":
        value = [UUID(one) for one in value] if op == "in" else UUID(value)
    if op == "known":
        return column.is_not(None) if value else column.is_(None)
    if op == "in":
        return column.in_(value)
    if op == "contains":
        return column.icontains(value, autoescape=True)
    if op in ("before", "after"):
        moment = datetime.fromisoformat(value)
        return column < moment if op == "before" else column > moment
    if op in ("within_days", "older_than_days"):
        return _when(column, {op: value}, now)[0]
    return column == value if op == "eq" else column.is_distinct_from(value)


def _consent(said: dict[str, Any]) -> ColumnElement[bool]:
    """The decision that holds: the latest, and at the same instant the stricter. Nothing said is not granted."""
    row = aliased(ConsentRecord)
    latest = (
        select(row.granted)
        .where(row.person_id == Person.id, row.purpose == said["purpose"])
        .order_by(row.at.desc(), row.granted != strict(said["purpose"]))
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    granted = func.coalesce(latest, False)
    return granted if said.get("granted", True) else not_(granted)


def _purchases(said: dict[str, Any], now: datetime) -> ColumnElement[bool]:
    where = [Purchase.person_id == Person.id, ~Purchase.cancelled, *_when(Purchase.placed_at, said, now)]
    found = [] if "worth" in said and "count" not in said else [_counted(Purchase.order_id, where, said)]
    if "worth" in said:
        total = select(func.coalesce(func.sum(Purchase.worth), 0)).where(*where).correlate(Person).scalar_subquery()
        found.append(_compare(total, said["worth"]))
    return and_(*found)


def _interactions(said: dict[str, Any], now: datetime) -> ColumnElement[bool]:
    where = [Interaction.person_id == Person.id, *_when(Interaction.at, said, now)]
    where += [getattr(Interaction, part) == said[part] for part in ("channel", "direction", "outcome") if part in said]
    return _counted(Interaction.id, where, said)


def _survey(said: dict[str, Any], now: datetime) -> ColumnElement[bool]:
    entry = TimelineEntry
    where = [entry.person_id == Person.id, entry.type == "survey.answered", *_when(entry.at, said, now)]
    if "score" in said:
        where.append(_compare(cast(entry.data["score"].astext, Integer), said["score"]))
    return _counted(entry.id, where, said)


def _counted(key: Any, where: list[Any], said: dict[str, Any]) -> ColumnElement[bool]:
    if "count" not in said:
        return select(key).where(*where).correlate(Person).exists()
    return _compare(select(func.count()).select_from(key.class_).where(*where).correlate(Person).scalar_subquery(),
                    said["count"])  # fmt: skip


def _compare(measured: Any, said: dict[str, Any]) -> ColumnElement[bool]:
    return and_(*(getattr(operator, {"gte": "ge", "lte": "le"}.get(how, how))(measured, Decimal(number))
                  for how, number in said.items()))  # fmt: skip


def _when(column: Any, said: dict[str, Any], now: datetime) -> list[ColumnElement[bool]]:
    found = []
    if "within_days" in said:
        found.append(column >= now - timedelta(days=said["within_days"]))
    if "older_than_days" in said:
        found.append(column < now - timedelta(days=said["older_than_days"]))
    return found
