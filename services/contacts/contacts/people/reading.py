"""People as lists and reads show them: columns, with the contact points of a whole page by one statement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Uuid

from contacts.addresses.exporting import with_addresses
from contacts.addresses.model import Address
from contacts.points.model import ContactPoint
from contacts.points.rules import LISTS, bare

_SHOWN = ("value", "typed", "label", "shared")
_POINTS = (
    select(ContactPoint.person_id, ContactPoint.kind, *(getattr(ContactPoint, name) for name in _SHOWN))
    .where(ContactPoint.person_id == bindparam("ids", type_=ARRAY(Uuid())).any_())
    .order_by(ContactPoint.person_id, ContactPoint.kind, ContactPoint.position)
)


def with_points(session: Session, people: Sequence[Row]) -> list[dict[str, Any]]:
    """Each of `people` with their points of every kind, the primary ones first and besides as `email` and `phone`."""
    found: dict[tuple[UUID, str], list[dict[str, Any]]] = defaultdict(list)
    for owner, kind, *shown in session.execute(_POINTS, {"ids": [person.id for person in people]}) if people else ():
        point = dict(zip(_SHOWN, shown, strict=True))
        found[owner, kind].append(point if kind in ("email", "phone") else point | {"bare": bare(kind, point["value"])})
    return [_complete(person, {many: found[person.id, kind] for kind, many in LISTS.items()}) for person in people]


def for_export(session: Session, people: Sequence[Row]) -> list[dict[str, Any]]:
    """The same with their further addresses."""
    return with_addresses(session, Address.person_id, with_points(session, people))


def _complete(person: Row, points: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    primary = {
        one: points[many][0]["value"] if points[many] else None
        for one, many in (("email", "emails"), ("phone", "phones"))
    }
    return {**person._mapping, **points, **primary}
