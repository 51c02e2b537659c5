"""The log as a feed for consumers: every event once, in an order that never changes, none ever skipped."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, null, select
from sqlalchemy.orm import Session

from chassis.access import actor, visible
from chassis.copies import NOT_FOR_PARTNERS
from reporting.log.model import LoggedEvent as Logged
from reporting.log.numbering import head

PERSONAL = "reporting:personal"
# What colleagues earn, are to earn and spend: for who may read it where it is kept.
CONFIDENTIAL = {
    "sales:read": (
        "commission.earned", "commission.reversed", "expense.approved", "expense.rejected", "expense.submitted",
        "expense.withdrawn", "target.set",
    ),
}  # fmt: skip
_COLUMNS = (
    Logged.position,
    Logged.event_id,
    Logged.source,
    Logged.type,
    Logged.version,
    Logged.subject,
    Logged.time,
    Logged.sequence,
    Logged.source_position,
    Logged.correlation_id,
    Logged.causation_id,
    Logged.actor_id,
    Logged.data,
)


def page(session: Session, query: dict[str, Any]) -> dict[str, Any]:
    """The next events behind `after`. Ask again with the `after` of the answer: nothing is skipped, nothing repeated.

    Positions become visible in order, so that all up to the head as it was before the read are in the read.
    """
    after, limit = query.get("cursor", query["after"]), query["limit"]
    until = head(session)
    personal = Logged.personal if actor().may(PERSONAL) else null()
    statement = (
        select(*_COLUMNS, personal.label("personal"))
        .where(Logged.position > after, Logged.position <= until, *_allowed(), *_conditions(query))
        .order_by(Logged.position)
        .limit(limit)
    )
    rows = [dict(row._mapping) for row in session.execute(visible(statement, Logged))]
    hidden = NOT_FOR_PARTNERS if actor().reach == "partner" else ()
    for row in rows:
        row["data"] = {name: value for name, value in row["data"].items() if name not in hidden}
        if personal_part := row.pop("personal"):
            row["data"] = row["data"] | {"personal": personal_part}
    more = len(rows) == limit
    last = rows[-1]["position"] if more else max(after, until)
    return {"data": rows, "next_cursor": str(last) if more else None, "after": last}


def _allowed() -> list[ColumnElement[bool]]:
    return [Logged.type.not_in(types) for scope, types in CONFIDENTIAL.items() if not actor().may(scope)]


def _conditions(query: dict[str, Any]) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if "source" in query:
        conditions.append(Logged.source == "/" + query["source"].removeprefix("/"))
    if "subject" in query:
        conditions.append(Logged.subject == query["subject"])
    if "correlationid" in query:
        conditions.append(Logged.correlation_id == query["correlationid"])
    if query.get("type"):
        conditions.append(Logged.type.in_(query["type"]))
    if query.get("since"):
        conditions.append(Logged.time >= _midnight(query["since"]))
    if query.get("until"):
        conditions.append(Logged.time < _midnight(query["until"]) + timedelta(days=1))
    return conditions


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
