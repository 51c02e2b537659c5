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

from contacts.points.model import ContactPoint

_SHOWN = ("value", "typed", "label", "shared")
_POINTS = (
    select(ContactPoint.person_id, ContactPoint.kind, *(getattr(ContactPoint, name) for name in _SHOWN))
    .where(ContactPoint.person_id == bindparam("ids", type_=ARRAY(Uuid())).any_())
    .order_by(ContactPoint.person_id, ContactPoint.kind, ContactPoint.position)
)


def with_points(session: Session, people: Sequence[Row]) -> list[dict[str, Any]]:
    """Each of `people` with `emails` and `phones`, the primary ones first and besides as `email` and `phone`."""
    found: dict[tuple[UUID, str], list[dict[str, Any]]] = defaultdict(list)
    for owner, kind, *point in session.execute(_POINTS, {"ids": [person.id for person in people]}) if people else ():
        found[owner, kind].append(dict(zip(_SHOWN, point, strict=True)))
    return [_complete(person, found[person.id, "email"], found[person.id, "phone"]) for person in people]


def _complete(person: Row, emails: list[dict[str, Any]], phones: list[dict[str, Any]]) -> dict[str, Any]:
    primary = {"email": emails[0]["value"] if emails else None, "phone": phones[0]["value"] if phones else None}
    return {**person._mapping, "emails": emails, "phones": phones, **primary}
