"""Routes of assignment: its rules, working hours, and who is there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from chassis.http.endpoint import check_version
from sales.assignment import actions, schema
from sales.assignment.model import AssignmentRule, Availability, WorkCalendar

api = Api("assignment", scope="sales", internal=True)
api.add(
    Resource(
        AssignmentRule,
        path="assignment-rules",
        read=schema.RuleOut,
        create=schema.RuleIn,
        update=schema.RulePatch,
        filters=("name", "active", "pool", "strategy"),
        sorts=("position", "name"),
        default_sort="position",
        on_create=actions.create_rule,
        on_update=actions.change_rule,
        on_delete=actions.remove_rule,
        exported=True,
    )
)
api.add(
    Resource(
        WorkCalendar,
        path="work-calendars",
        read=schema.CalendarOut,
        create=schema.CalendarIn,
        update=schema.CalendarPatch,
        filters=("name",),
        sorts=("name",),
        on_create=actions.create_calendar,
        on_update=actions.change_calendar,
        on_delete=actions.remove_calendar,
    )
)


@api.get("/reps/<uuid:rep_id>/availability", returns=schema.AvailabilityOut, errors=(404,))
def read_availability(session: Session, rep_id: UUID) -> Availability:
    """What limits the leads that a rep gets by rule."""
    return actions.availability_of(session, rep_id)


@api.put("/reps/<uuid:rep_id>/availability", body=schema.AvailabilityIn, returns=schema.AvailabilityOut, errors=(404,))
def put_availability(session: Session, rep_id: UUID, body: dict[str, Any]) -> Availability:
    """Say what limits a rep; one may do so for oneself. If-Match is `"0"` where nothing was said yet."""
    availability = actions.availability_of(session, rep_id, lock=True)
    check_version(availability)
    return actions.set_availability(session, availability, body)
