"""A record as it was, kept by PostgreSQL itself: whatever columns the tables come to have."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from contacts.merging.kinds import Kind

_POINTS = text("SELECT coalesce(jsonb_agg(to_jsonb(c) ORDER BY key), '[]') FROM contact_points c WHERE person_id = :id")
# Columns that a snapshot taken before they were there lacks.
_SINCE: dict[str, Any] = {"roles": [], "restricted": False}


def take(session: Session, kind: Kind, record: Any) -> dict[str, Any]:
    """The record's row as JSON, and the points of a person."""
    session.flush()
    found, table = {"id": record.id}, kind.model.__tablename__
    row = session.scalar(text(f"SELECT to_jsonb(r) FROM {table} r WHERE id = :id"), found)  # noqa: S608 - our own table
    return {"record": row, "points": session.scalar(_POINTS, found)}


def put_back(session: Session, kind: Kind, row: dict[str, Any]) -> None:
    """The record's row again."""
    table = kind.model.__tablename__
    put = f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, CAST(:row AS jsonb))"  # noqa: S608
    session.execute(text(put), {"row": orjson.dumps(_SINCE | row).decode()})


def values_of(kind: Kind, record: Any) -> dict[str, Any]:
    """The columns that somebody chooses, in JSON types."""
    values: dict[str, Any] = orjson.loads(orjson.dumps({name: getattr(record, name) for name in kind.columns()}))
    return values
