"""Which entries of a timeline somebody reads."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select, true

from chassis.access import actor, reach_ways, visible
from contacts.interactions.rules import NOTE
from contacts.people.model import Person
from contacts.timeline.model import TimelineEntry


def shown() -> ColumnElement[bool]:
    """Of the entries of a record within reach: what was with nobody else, or with somebody whom the actor reaches.
    Partners read neither the notes of colleagues nor who was merged with whom."""
    if reach_ways(Person, actor()) is None:
        return true()
    person = visible(select(Person.id).where(Person.id == TimelineEntry.person_id), Person)
    reached = or_(TimelineEntry.person_id.is_(None), person.exists())
    if actor().reach != "partner":
        return reached
    internal = TimelineEntry.kind.in_(("contact", "company", "note"))
    return reached & TimelineEntry.data["channel"].astext.is_distinct_from(NOTE) & ~internal
