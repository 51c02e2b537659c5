"""Routes of targets."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Answer, Api, Resource
from sales.targets import actions, schema
from sales.targets.attainment import attainment
from sales.targets.model import Target


def _set(session: Session, data: dict[str, Any]) -> Answer:
    target, new = actions.set_target(session, data)
    return Answer(target, 201 if new else 200)


api = Api("targets", scope="sales", internal=True)
api.add(
    Resource(
        Target,
        path="targets",
        read=schema.TargetOut,
        create=schema.TargetIn,
        update=schema.TargetPatch,
        filters=("period", "begins_on", "measure", "scope", "subject_id", "category_id", "pipeline_id", "team_id"),
        sorts=("begins_on",),
        on_create=_set,
        create_also=(200,),
        on_update=actions.change_target,
        on_delete=actions.remove_target,
        exported=True,
    )
)


@api.post("/targets/copy", body=schema.CopyIn, returns=schema.TargetOut, many=True, errors=(403,))
def copy(session: Session, body: dict[str, Any]) -> list[Target]:
    """Make the targets of one period those of another, raised or lowered."""
    source, goal = body.pop("from_"), body.pop("to")
    return actions.copy_targets(session, source=source, goal=goal, **body)


@api.get("/targets/attainment", query=schema.AttainmentQuery, returns=schema.AttainmentOut, errors=(403, 422))
def show_attainment(session: Session, query: dict[str, Any]) -> dict[str, Any]:
    """What was won against what was to be won: per cent, gap and rank."""
    return attainment(session, **query)
