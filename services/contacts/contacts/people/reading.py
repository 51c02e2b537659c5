"""People as lists and reads show them: columns, with the contact points of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import JSON, Row, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from chassis.db.rows import as_dicts
from contacts.addresses.exporting import with_addresses
from contacts.addresses.model import Address
from contacts.people.model import Person
from contacts.points.model import ContactPoint
from contacts.points.rules import LISTS, bare

_SHOWN = ("value", "typed", "label", "shared")
_POINT = func.json_build_array(ContactPoint.kind, *(getattr(ContactPoint, name) for name in _SHOWN))
POINTS = (  # without their names, which would be read again for each
    select(func.json_agg(aggregate_order_by(_POINT, ContactPoint.position), type_=JSON))
    .where(ContactPoint.person_id == Person.id)
    .scalar_subquery()
)


def with_points(_session: Session, people: Sequence[Row]) -> list[dict[str, Any]]:
    """Each of `people`, who come with their `POINTS` as `points`, with those of every kind, the primary ones first and
    besides as `email` and `phone`."""
    return [_sorted(person) for person in as_dicts(people)]


def for_export(session: Session, people: Sequence[Row]) -> list[dict[str, Any]]:
    """The same with their further addresses."""
    return with_addresses(session, Address.person_id, with_points(session, people))


def _sorted(person: dict[str, Any]) -> dict[str, Any]:
    by_kind: dict[str, list[dict[str, Any]]] = {kind: [] for kind in LISTS}
    for kind, *shown in person.pop("points") or ():
        point = dict(zip(_SHOWN, shown, strict=True))
        by_kind[kind].append(point if kind in ("email", "phone") else point | {"bare": bare(kind, point["value"])})
    for kind, many in LISTS.items():
        person[many] = by_kind[kind]
    for kind in ("email", "phone"):
        person[kind] = by_kind[kind][0]["value"] if by_kind[kind] else None
    return person
