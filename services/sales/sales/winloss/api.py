"""Routes of the reasons and of the study of won and lost deals."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from sales.winloss import actions, schema
from sales.winloss.model import CloseReason
from sales.winloss.study import study

api = Api("deals", scope="sales")
api.add(
    Resource(
        CloseReason,
        path="close-reasons",
        read=schema.ReasonOut,
        create=schema.ReasonIn,
        update=schema.ReasonPatch,
        filters=("kind", "active"),
        sorts=("position",),
        default_sort="position",
        on_create=actions.add_reason,
        on_update=actions.change_reason,
        on_delete=actions.remove_reason,
    )
)


@api.get("/deals/study", query=schema.StudyQuery, returns=schema.StudyOut, errors=(403, 422), internal=True)
def show_study(session: Session, query: dict[str, Any]) -> dict[str, Any]:
    """Won and lost deals by reason, competitor, stage they were closed from, rep, source, pipeline or month."""
    return study(session, **query)
