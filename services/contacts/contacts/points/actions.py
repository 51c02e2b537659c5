"""Whose contact points are these?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contacts.points.model import ContactPoint
from contacts.points.rules import Point

PRIMARY_KEY = "pk_contact_points"


def owners(session: Session, keys: Sequence[str]) -> dict[str, UUID]:
    """The person behind each of `keys` that has one."""
    if not keys:
        return {}
    found = session.execute(select(ContactPoint.key, ContactPoint.person_id).where(ContactPoint.key.in_(keys)))
    return dict(found.all())


def owner(session: Session, keys: Sequence[str]) -> UUID | None:
    """The person behind the first of `keys` that has one. Keys come in the order of their weight."""
    known = owners(session, keys)
    return next((known[key] for key in keys if key in known), None)


def rows(points: Sequence[Point], name: str) -> list[ContactPoint]:
    """The rows of a person's points in the order of their keys, so that two writers never wait for each other in a
    circle. The first of each kind is the primary one; the same point twice is one."""
    places: Counter[str] = Counter()
    found: dict[str, ContactPoint] = {}
    for point in points:
        if point.key(name) not in found:
            found[point.key(name)] = ContactPoint.of(point, name, places[point.kind])
            places[point.kind] += 1
    return [found[key] for key in sorted(found)]


def lost_race(error: IntegrityError) -> bool:
    """Whether an insert failed because another transaction has just taken one of its keys."""
    return PRIMARY_KEY in str(error.orig)
