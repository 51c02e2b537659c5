"""A person as they were, kept by PostgreSQL itself: whatever columns the tables come to have."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from contacts.people.model import Person

_PERSON = text("SELECT to_jsonb(p) FROM people p WHERE id = :id")
_POINTS = text("SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY key), '[]') FROM contact_points c WHERE person_id = :id")
_PUT_PERSON = text("INSERT INTO people SELECT * FROM jsonb_populate_record(NULL::people, CAST(:row AS jsonb))")
# Columns that a snapshot taken before they were there lacks.
_SINCE: dict[str, Any] = {"roles": []}
_DERIVED = {"id", "version", "created_at", "updated_at", "search_text", "search_grams", "grade", "rfm"}


def take(session: Session, person: Person) -> dict[str, Any]:
    """The person's row and points as JSON."""
    session.flush()
    found = {"id": person.id}
    return {"person": session.scalar(_PERSON, found), "points": session.scalar(_POINTS, found)}


def put_back(session: Session, row: dict[str, Any]) -> None:
    """The person's row again; points are left to the caller, who knows which are free."""
    session.execute(_PUT_PERSON, {"row": orjson.dumps(_SINCE | row).decode()})


def values_of(person: Person) -> dict[str, Any]:
    """The columns of a person that somebody chooses, in JSON types."""
    columns = [attribute.key for attribute in inspect(Person).column_attrs if attribute.key not in _DERIVED]
    values: dict[str, Any] = orjson.loads(orjson.dumps({name: getattr(person, name) for name in columns}))
    return values
