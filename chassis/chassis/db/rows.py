"""Rows of columns: what lists and reads load instead of entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import CursorResult, Row, Select
from sqlalchemy.orm import Session


def column_rows(session: Session, statement: Select[Any], values: Mapping[str, Any] | None = None) -> CursorResult[Any]:
    """The rows of a SELECT of columns and expressions, past what the session does to make entities of them."""
    session.flush()
    return session.connection().execute(statement, values)


def as_dicts(rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Each of these rows of one statement as a mapping of its own, which may be changed."""
    names = rows[0]._fields if rows else ()
    return [dict(zip(names, row, strict=True)) for row in rows]
