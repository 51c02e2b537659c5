"""The contact points of a person: read from what came in, and put in the place of those that were there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import visible
from chassis.errors import Conflict, FieldError
from contacts.people.model import Person
from contacts.points import actions as points
from contacts.points.model import ContactPoint
from contacts.points.rules import LISTS, Point, keys_of


def take_points(data: dict[str, Any]) -> list[Point]:
    """Takes `email`, `phone` and the lists of points out of `data`: all points, the primary ones first."""
    singles = [data.pop("email", None), data.pop("phone", None)]
    lists = [point for many in LISTS.values() for point in data.pop(many, None) or ()]
    return [point for point in (*singles, *lists) if point is not None]


def points_after(person: Person, changes: dict[str, Any]) -> list[Point] | None:
    """Takes the contact points out of `changes`: all that the person shall have then; None where they stay."""
    if not {"email", "phone", "name", *LISTS.values()} & changes.keys():
        return None
    wanted: list[Point] = []
    for kind, many in LISTS.items():
        before = [row.as_point() for row in getattr(person, many)]
        after = list(changes.pop(many, before) or ())
        first = changes.pop(kind, None)
        wanted += [first, *(p for p in after if p.value != first.value)] if first else after
    return wanted


def replace_points(session: Session, person: Person, wanted: Sequence[Point]) -> None:
    """Give the person these points. Conflict where one is somebody else's. What stays keeps its row."""
    keys = keys_of(list(wanted), person.name)
    for key, owner_id in points.owners(session, keys).items():
        if owner_id != person.id:
            field = next(many for kind, many in LISTS.items() if key.startswith(f"{kind}:"))
            raise taken(session, owner_id, "This contact point belongs to somebody else.", field)
    before = {row.key: row for row in person.points}
    shapes = sorted(_shape(row) for row in person.points)
    rows = points.rows(wanted, person.name)
    if [_shape(row) for row in rows] != shapes:
        person.points = [_kept(before.get(row.key), row) for row in rows]
        person.touch()


def taken(session: Session, person_id: UUID, detail: str, field: str = "emails") -> Conflict:
    """409 that names the existing person, if the caller may see them."""
    seen = session.scalar(visible(select(Person.id).where(Person.id == person_id), Person))
    if seen is None:
        detail = "A person with one of these contact points exists, outside your reach."
    refusal = Conflict("person_exists", detail, **({"existing_id": str(seen)} if seen else {}))
    refusal.errors = [FieldError(field, "taken", detail)]
    return refusal


def _kept(before: ContactPoint | None, now: ContactPoint) -> ContactPoint:
    if before is None:
        return now
    before.typed, before.label, before.position = now.typed, now.label, now.position
    return before


def _shape(row: ContactPoint) -> tuple[str, int, str, str]:
    return row.key, row.position, row.label, row.typed
