"""Rows of one column that follow from one id to another, and come back.

A row that may not follow, because the new id has one like it already (a unique constraint over the column says so),
is taken away and kept as JSON: what was one twice is one, and two again afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Column, ColumnElement, Table, UniqueConstraint, delete, false, func, select, text, true, tuple_
from sqlalchemy import update as sql_update
from sqlalchemy.orm import InstrumentedAttribute, Session

# A row's place in its table, without the column that follows: one value, or several where the key has several.
Key = Any
_PLAIN = {"synchronize_session": False}


def name_of(column: InstrumentedAttribute[Any]) -> str:
    """`table.column`: what is noted of it is noted under this."""
    return f"{column.class_.__tablename__}.{column.key}"


def point(
    session: Session, column: InstrumentedAttribute[Any], old: UUID, new: UUID, only: Sequence[Key] | None = None
) -> list[Key]:
    """Let the rows (`only` those, by their keys) that name `old` name `new`; the keys of those that do now."""
    mapped: Any = column.class_
    keys = _key_columns(column)
    statement = sql_update(mapped).where(column == old)
    if only is not None:
        statement = statement.where(_among(keys, only))
    values = {column.key: new} | ({"version": mapped.version + 1} if hasattr(mapped, "version") else {})
    shown = keys or [_table(column).c[column.key]]
    rows = session.execute(statement.values(values).returning(*shown), execution_options=_PLAIN).all()
    _expire(session, mapped)
    return [_key(row[: len(keys)]) for row in rows]


def take_twins(session: Session, column: InstrumentedAttribute[Any], old: UUID, new: UUID) -> list[dict[str, Any]]:
    """Take away the rows of `old` that `new` has already; the rows, as JSON."""
    table = _table(column)
    mine = table.c[column.key]
    found: list[dict[str, Any]] = []
    whole = func.to_jsonb(table.table_valued())
    for others, predicate in _uniques(table, column.key):
        # Not correlated: `predicate` is text whose names belong to the innermost SELECT.
        theirs = select(*(others or [mine])).where(mine == new, predicate).correlate(None)
        twice = tuple_(*others).in_(theirs) if others else theirs.exists()
        gone = delete(table).where(mine == old, predicate, twice).returning(whole)
        found += session.scalars(gone, execution_options=_PLAIN).all()
    if found:
        _expire(session, column.class_)
    return found


def put_back(
    session: Session, column: InstrumentedAttribute[Any], holder: UUID, owner: UUID, rows: Sequence[dict[str, Any]]
) -> None:
    """Twins that were taken away are there again, as `owner`'s; one that is there already comes to them."""
    if not rows:
        return
    table = _table(column)
    keys = [_key([row[one.name] for one in _key_columns(column)]) for row in rows]
    point(session, column, holder, owner, keys)
    given = orjson.dumps([row | {column.key: str(owner)} for row in rows]).decode()
    name = session.get_bind().dialect.identifier_preparer.format_table(table)
    session.execute(
        text(
            f"INSERT INTO {name} SELECT * FROM jsonb_populate_recordset(NULL::{name}, CAST(:rows AS jsonb))"  # noqa: S608
            " ON CONFLICT DO NOTHING"
        ),
        {"rows": given},
    )


def _uniques(table: Table, name: str) -> Iterator[tuple[list[Column[Any]], ColumnElement[bool]]]:
    """What is unique together with the column: the other columns, and of which rows that holds."""
    sets: list[tuple[Any, Any]] = [(table.primary_key.columns, None)]
    sets += [(one.columns, None) for one in table.constraints if isinstance(one, UniqueConstraint)]
    sets += [(one.columns, one.dialect_options["postgresql"]["where"]) for one in table.indexes if one.unique]
    for columns, where in sets:
        if name in {column.name for column in columns}:
            yield [column for column in columns if column.name != name], true() if where is None else where


def _table(column: InstrumentedAttribute[Any]) -> Table:
    table: Table = column.class_.__table__
    return table


def _key_columns(column: InstrumentedAttribute[Any]) -> list[Column[Any]]:
    return [one for one in _table(column).primary_key.columns if one.name != column.key]


def _key(row: Sequence[Any]) -> Key:
    values = [str(value) if isinstance(value, UUID) else value for value in row]
    return values[0] if len(values) == 1 else values


def _among(keys: Sequence[Column[Any]], only: Sequence[Key]) -> ColumnElement[bool]:
    if not only:
        return false()
    if not keys:
        return true()
    if len(keys) == 1:
        return keys[0].in_([_value(keys[0], key) for key in only])
    return tuple_(*keys).in_([[_value(*pair) for pair in zip(keys, key, strict=True)] for key in only])


def _value(column: Column[Any], stored: Any) -> Any:
    return UUID(stored) if column.type.python_type is UUID else stored


def _expire(session: Session, mapped: Any) -> None:
    for row in list(session.identity_map.values()):
        if isinstance(row, mapped):
            session.expire(row)
