"""Keep the rules of assignment, working hours, and who is there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.errors import Conflict, Invalid, NotFound
from sales.assignment.model import AssignmentRule, Availability, WorkCalendar
from sales.assignment.rules import check_absences, check_seats
from sales.locks import hold
from sales.managers import require_manager, require_reach_all
from sales.matching.rules import check_tree
from sales.reps.model import Rep
from sales.territories.actions import known_reps


def create_rule(session: Session, data: dict[str, Any]) -> AssignmentRule:
    """A new rule; the last in order where no position is named."""
    require_manager("rules of assignment")
    if data.get("position") is None:
        data["position"] = session.scalar(select(func.coalesce(func.max(AssignmentRule.position), 0) + 1))
    rule = AssignmentRule(**_values(session, data))
    check_seats(rule.pool, rule.members)
    session.add(rule)
    return rule


def change_rule(session: Session, rule: AssignmentRule, changes: dict[str, Any]) -> AssignmentRule:
    """Change a rule; members are replaced as a whole."""
    require_manager("rules of assignment")
    for name, value in _values(session, changes).items():
        setattr(rule, name, value)
    check_seats(rule.pool, rule.members)
    return rule


def remove_rule(session: Session, rule: AssignmentRule) -> None:
    """Delete a rule. Without any, leads go by territory and turn."""
    require_manager("rules of assignment")
    session.delete(rule)


def create_calendar(session: Session, data: dict[str, Any]) -> WorkCalendar:
    """New working hours."""
    require_manager("working hours")
    calendar = WorkCalendar()
    session.add(_set_calendar(calendar, data))
    return calendar


def change_calendar(session: Session, calendar: WorkCalendar, changes: dict[str, Any]) -> WorkCalendar:  # noqa: ARG001
    """Change working hours."""
    require_manager("working hours")
    return _set_calendar(calendar, changes)


def remove_calendar(session: Session, calendar: WorkCalendar) -> None:
    """Delete working hours. Conflict while somebody works by them."""
    require_manager("working hours")
    if session.scalar(select(Availability.id).where(Availability.calendar_id == calendar.id).limit(1)):
        raise Conflict("in_use", "Reps work by this calendar.")
    session.delete(calendar)


def availability_of(session: Session, rep_id: UUID, *, lock: bool = False) -> Availability:
    """What limits a rep; nothing, at version 0, where nobody said anything. NotFound for who is no user."""
    if session.get(Rep, rep_id) is None:
        raise NotFound("rep")
    if lock:
        hold(session, f"availability:{rep_id}")
    found = session.get(Availability, rep_id, with_for_update=lock, populate_existing=lock)
    return found or Availability(id=rep_id, opted_out=False, absences=[], version=0)


def set_availability(session: Session, availability: Availability, values: dict[str, Any]) -> Availability:
    """Say what limits a rep: they themselves, or who answers for more than their own."""
    if availability.id != actor().id:
        require_manager("the availability of others")
    if values["calendar_id"] and session.get(WorkCalendar, values["calendar_id"]) is None:
        raise Invalid("calendar_id", "unknown_calendar", "There is no calendar with this id.")
    if values["deputy_id"]:
        known_reps(session, [values["deputy_id"]], "deputy_id")
        if values["deputy_id"] == availability.id:
            raise Invalid("deputy_id", "own_deputy", "Nobody is a deputy of their own.")
        if values["deputy_id"] != availability.deputy_id and availability.id != actor().id:
            require_reach_all("who stands in for others")
    absences = [{"from": one["first"], "until": one["last"]} for one in values["absences"]]
    check_absences(absences)
    stored = [{name: day.isoformat() for name, day in one.items()} for one in absences]
    for name, value in (values | {"absences": stored}).items():
        setattr(availability, name, value)
    if availability.version == 0:
        availability.version = None  # type: ignore[assignment] # a new row: it is counted from here
        session.add(availability)
    return availability


def _values(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    values = dict(data)
    if values.get("when"):
        check_tree(values["when"])
    elif "when" in values:
        values["when"] = None
    if "members" in values:
        known_reps(session, [member["rep_id"] for member in values["members"]], "members.{}.rep_id")
        values["members"] = [one | {"rep_id": str(one["rep_id"])} for one in values["members"]]
    return values


def _set_calendar(calendar: WorkCalendar, values: dict[str, Any]) -> WorkCalendar:
    if "holidays" in values:
        values["holidays"] = sorted({day.isoformat() for day in values["holidays"]})
    for name, value in values.items():
        setattr(calendar, name, value)
    calendar.as_hours()
    return calendar
