"""Which entries of a timeline somebody reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from chassis.access import actor, reach_ways, visible
from contacts.interactions.rules import NOTE
from contacts.people.model import Person
from contacts.staff import actions as staff
from contacts.timeline.model import TimelineEntry
from contacts.timeline.rules import read_as

_SHOWN = ("id", "at", "kind", "type", "actor_id", "person_id", "company_id", "data")


def read(session: Session, entries: Sequence[TimelineEntry]) -> list[dict[str, Any]]:
    """The entries as the actor reads them: what the platform wrote in their language."""
    locale = staff.locale_of(session, actor().id)
    return [
        {name: getattr(one, name) for name in _SHOWN} | {"title": read_as(one.type, one.title, one.data, locale)}
        for one in entries
    ]


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
