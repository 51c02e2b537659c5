"""Routes of the reasons of leads."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from sales.lead_reasons import actions, schema
from sales.lead_reasons.model import LeadReason

api = Api("lead reasons", scope="sales")
api.add(
    Resource(
        LeadReason,
        path="lead-reasons",
        read=schema.ReasonOut,
        create=schema.ReasonIn,
        update=schema.ReasonPatch,
        filters=("step", "active"),
        default_sort="created_at",
        on_create=actions.create,
        on_update=actions.change,
    )
)


@api.get("/lead-reasons/stats", query=schema.StatsQuery, returns=schema.StatsOut, many=True, internal=True)
def stats(session: Session, query: dict[str, Any]) -> list[Any]:
    """How often each reason was given, and what share that is."""
    return actions.stats(session, **query)
