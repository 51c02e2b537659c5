"""Many records: how complete they are by owner, team or source, what they lack, how soon it was entered. Each report is
one statement over the rows within reach."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, extract, func, select
from sqlalchemy.orm import Session

from chassis.access import visible
from contacts.interactions.model import Interaction
from contacts.people.model import Person
from contacts.quality.measuring import PEOPLE, Subject
from contacts.quality.rules import By
from contacts.staff import actions as staff

IN_TIME = timedelta(hours=24)
_MAX_GROUPS = 500
_COLUMNS = {"owner": "owner_id", "team": "team_id", "source": "source"}


def complete(session: Session, subject: Subject, rows: Select[Any], by: By) -> list[dict[str, Any]]:
    """Of each group, the largest first: `count` records, their average `score`, how many are `complete`."""
    each = subject.lacking(rows, getattr(subject.model, _COLUMNS[by]))
    count, score = func.count(), subject.score(each)
    statement = select(each.c.key, count, func.avg(score), count.filter(score >= 100)).group_by(each.c.key)
    found = session.execute(statement.order_by(count.desc(), each.c.key).limit(_MAX_GROUPS)).all()
    names = _names(session, by, (row[0] for row in found))
    return [
        {"key": _text(key), "name": names.get(key), "count": n, "score": round(score, 1), "complete": whole}
        for key, n, score, whole in found
    ]


def missing(
    session: Session, subject: Subject, rows: Select[Any], query: dict[str, str], by: By
) -> list[dict[str, Any]]:
    """Of each group, the largest first: `count` records, and for each field how many lack it, with the address of the
    list of them. `query` are the filters that `rows` obeys."""
    column = _COLUMNS[by]
    each, fields = subject.lacking(rows, getattr(subject.model, column)), list(subject.weights)
    count = func.count()
    lacking = [count.filter(each.c[field]) for field in fields]
    statement = select(each.c.key, count, *lacking).group_by(each.c.key)
    found = session.execute(statement.order_by(count.desc(), each.c.key).limit(_MAX_GROUPS)).all()
    names = _names(session, by, (row[0] for row in found))
    address = f"{session.info['service'].url_prefix}/{subject.of}/incomplete?"

    def shown(key: Any, field: str, count: int) -> dict[str, Any]:
        asked = query | {column: _text(key) or "", "missing": field}
        return {"field": field, "count": count, "list": address + urlencode(asked)}

    return [
        {"key": _text(key), "name": names.get(key), "count": n,
         "missing": [shown(key, field, count) for field, count in zip(fields, counts, strict=True)]}
        for key, n, *counts in found
    ]  # fmt: skip


def timeliness(session: Session, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """Of each user who entered something in that time: how long after a contact it was recorded (median and 90th
    percentile, minutes), how many within a day, and how complete the people are whom they entered."""
    recorded, entered = _recorded(session, since, until), _entered(session, since, until)
    users = recorded.keys() | entered.keys()
    names = staff.names(session, users)
    nothing = {"interactions": 0, "median_minutes": None, "p90_minutes": None, "within_a_day": 0}
    nobody = {"people": 0, "score": None, "complete": 0}
    rows = [
        {"user_id": user, "name": names.get(user)} | nothing | recorded.get(user, {}) | nobody | entered.get(user, {})
        for user in users
    ]
    return sorted(rows, key=lambda row: (-row["interactions"] - row["people"], str(row["user_id"])))


def _recorded(session: Session, since: datetime, until: datetime) -> dict[UUID, dict[str, Any]]:
    """What was planned ahead and entered before its time counts as entered at once."""
    minutes = func.greatest(extract("epoch", Interaction.created_at - Interaction.at) / 60, 0)
    statement = select(
        Interaction.author_id, func.count(), func.percentile_cont(0.5).within_group(minutes),
        func.percentile_cont(0.9).within_group(minutes),
        func.count().filter(Interaction.created_at - Interaction.at <= IN_TIME),
    )  # fmt: skip
    statement = statement.where(Interaction.author_id.is_not(None), Interaction.created_at >= since)
    statement = visible(statement.where(Interaction.created_at < until), Interaction)
    found = session.execute(statement.group_by(Interaction.author_id))
    return {
        user: {
            "interactions": n,
            "median_minutes": round(median, 1),
            "p90_minutes": round(p90, 1),
            "within_a_day": soon,
        }
        for user, n, median, p90, soon in found
    }


def _entered(session: Session, since: datetime, until: datetime) -> dict[UUID, dict[str, Any]]:
    rows = select(Person.id).where(
        Person.entered_by.is_not(None), Person.created_at >= since, Person.created_at < until
    )
    each = PEOPLE.lacking(visible(rows, Person), Person.entered_by)
    score = PEOPLE.score(each)
    whole: ColumnElement[Any] = func.sum(case((score >= 100, 1), else_=0))
    statement = select(each.c.key, func.count(), func.avg(score), whole).group_by(each.c.key)
    return {
        user: {"people": n, "score": round(score, 1), "complete": full}
        for user, n, score, full in session.execute(statement)
    }  # fmt: skip


def _names(session: Session, by: By, keys: Iterable[Any]) -> dict[Any, str]:
    return staff.names(session, (key for key in keys if key is not None)) if by == "owner" else {}


def _text(key: Any) -> str | None:
    return None if key is None else str(key)
