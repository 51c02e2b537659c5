"""Rows of columns: what lists and reads load instead of entities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Engine, Row, Select
from sqlalchemy.orm import Session


def column_rows(
    session: Session, statement: Select[Any], values: Mapping[str, Any] | None = None
) -> Sequence[Row[Any]]:
    """The rows of a SELECT of columns and expressions, past what the session does to make entities of them; where it is
    for reads and has no connection yet, also past what it does to have one."""
    session.flush()
    if session.info.get("read_only") and not session.in_transaction():
        with _engine(session).connect() as connection:
            return connection.execute(statement, values).all()
    return session.connection().execute(statement, values).all()


def _engine(session: Session) -> Engine:
    engine = session.get_bind()
    assert isinstance(engine, Engine)
    return engine


def as_dicts(rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Each of these rows of one statement as a mapping of its own, which may be changed."""
    names = rows[0]._fields if rows else ()
    return [dict(zip(names, row, strict=True)) for row in rows]
