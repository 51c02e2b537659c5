"""Routes of the projections."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.errors import Forbidden
from chassis.http import Api
from chassis.jobs import Job, JobOut
from chassis.schema import Schema, fields
from reporting.log.model import LoggedEvent
from reporting.projections import rebuild
from reporting.projections.model import Generation, RefusedFact

SHOWN = 200
api = Api("projections", scope="reporting")


class RefusedOut(Schema):
    """An event that is in the log and in no figure, and why."""

    position = fields.Integer(required=True)
    type = fields.String(required=True)
    reason = fields.String(required=True)


@api.get("/events/refused", returns=RefusedOut, many=True)
def list_refused(session: Session) -> dict[str, Any]:
    """Events that the figures could make no sense of: the newest 200, the newest first."""
    rows = session.execute(
        select(RefusedFact.position, LoggedEvent.type, RefusedFact.reason)
        .join(Generation, Generation.id == RefusedFact.generation)
        .join(LoggedEvent, LoggedEvent.position == RefusedFact.position)
        .where(Generation.state == "live")
        .order_by(RefusedFact.position.desc())
        .limit(SHOWN)
    )
    return {"data": list(rows), "next_cursor": None}


@api.post("/projections/rebuild", returns=JobOut, status=202, errors=(409,))
def rebuild_projections(session: Session) -> Job:
    """Fold every figure anew from the log, compare, and swap.

    The figures stay available and up to date meanwhile. The job's result says how many rows were not as before: 0
    proves the live figures right. Conflict while another rebuild is under way.
    """
    if actor().reach != "all":
        raise Forbidden("A rebuild is for those who see everything.", "reach")
    return rebuild.start(session)
