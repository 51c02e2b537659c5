"""Routes of the log."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Api
from reporting.log import feed, status
from reporting.log.schema import EventOut, EventQuery, GapOut, GapQuery, LogStatusOut

api = Api("log", scope="reporting")


@api.get("/events", query=EventQuery, returns=EventOut, many=True)
def list_events(session: Session, query: dict[str, Any]) -> dict[str, Any]:
    """The log as a feed: events behind `after`, in the order of the log, none skipped.

    `after` in the answer is where to go on, now or later; `next_cursor` is null when there is no more at present.
    Personal data is left out unless the token holds the scope `reporting:personal`, what colleagues earn and spend
    unless it holds `sales:read`.
    """
    return feed.page(session, query)


@api.get("/events/gaps", query=GapQuery, returns=GapOut, many=True)
def list_gaps(session: Session, query: dict[str, Any]) -> dict[str, Any]:
    """Events that were published and have not come: holes in the dense positions of each source."""
    return status.gaps(session, query.get("older_than"))


@api.get("/log/status", returns=LogStatusOut)
def log_status(session: Session) -> dict[str, Any]:
    """How far the log reaches and whether it is whole."""
    return status.summary(session)
