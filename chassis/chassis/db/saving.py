"""One entity, written with what waits (`chassis.db.sending`): what a flush does by a round trip and some ten times the
machinery."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import TypeDecorator, inspect
from sqlalchemy.orm import Mapper, Session, make_transient, make_transient_to_detached
from sqlalchemy.sql.dml import ReturningInsert

from chassis import clock
from chassis.db.bulk import insert_rows, put_rows, rows_given
from chassis.db.driver import DIALECT
from chassis.db.search import Searchable
from chassis.db.sending import ask, send
from chassis.db.updating import found_by, update_of
from chassis.encoding import to_json

_MISSING = object()


def save(session: Session, entity: Any) -> None:
    """Write a new entity, or what was changed of one, as a flush does: it has its id and its next version then. What is
    refused, also that somebody else changed it meanwhile (StaleDataError), is raised by the next statement, or the
    commit. Where more than this entity and its row is to be written, or a savepoint may undo it, all is flushed."""
    mapper: Mapper[Any] = inspect(type(entity))
    beside = mapper.relationships or getattr(entity, "__grams__", None)
    if beside or session.in_nested_transaction() or not _alone(session, entity):
        session.flush()
    elif entity in session.new:
        _insert(session, mapper, entity)
    elif changed := _changed(mapper, entity):
        _update(session, mapper, entity, changed)


def save_if_new(session: Session, entity: Any) -> bool:
    """Write an entity that is of no session yet, unless there is one with its id; whether it was written."""
    mapper: Mapper[Any] = inspect(type(entity))
    row = _row(mapper, entity)
    if not ask(session, _unless_there(mapper.local_table, tuple(row)), rows_given([row])):
        return False
    _settle(session, entity)
    return True


@cache
def _unless_there(table: Any, names: tuple[str, ...]) -> ReturningInsert[Any]:
    return insert_rows(table, names).on_conflict_do_nothing().returning(table.c.id)


def _alone(session: Session, entity: Any) -> bool:
    return not session.deleted and all(one is entity for one in (*session.new, *session.dirty))


def _insert(session: Session, mapper: Mapper[Any], entity: Any) -> None:
    entity.version = 1
    if isinstance(entity, Searchable):
        entity.fill_search()
    put_rows(session, type(entity), [_row(mapper, entity)])
    session.expunge(entity)
    _settle(session, entity)


def _row(mapper: Mapper[Any], entity: Any) -> dict[str, Any]:
    """The columns of a new entity, which gets what they are by default."""
    row = {}
    for attribute in mapper.column_attrs:
        column: Any = attribute.columns[0]
        if column.table is mapper.local_table and (value := _given(entity, attribute.key, column)) is not _MISSING:
            setattr(entity, attribute.key, value)
            row[column.name] = _bound(column, value)
    return row


def _given(entity: Any, name: str, column: Any) -> Any:
    """The value of a column in a new row; `_MISSING` where the database makes one."""
    if (value := vars(entity).get(name, _MISSING)) is not _MISSING:
        return value
    if column.default is not None:
        return column.default.arg(None) if column.default.is_callable else column.default.arg
    return _MISSING if column.server_default is not None else None


def _changed(mapper: Mapper[Any], entity: Any) -> dict[str, Any]:
    """The columns of an entity that have other values than the database."""
    state = inspect(entity)
    touched = set(mapper.column_attrs.keys()) - state.unmodified
    return {name: getattr(entity, name) for name in touched if state.attrs[name].history.has_changes()}


def _update(session: Session, mapper: Mapper[Any], entity: Any, changed: dict[str, Any]) -> None:
    if searched := found_by(entity, changed):
        entity.fill_search()
        changed |= {name: getattr(entity, name) for name in searched}
    entity.version += 1
    entity.updated_at = clock.now()
    values = {**changed, "version": entity.version, "updated_at": entity.updated_at}
    row = {name: _bound(mapper.columns[name], value) for name, value in values.items()}
    statement = update_of(mapper.local_table.name, tuple(sorted(row)), unchanged=True)  # type: ignore[attr-defined]
    send(session, statement, {"rows": to_json([row | {"id": entity.id}]).decode()}, one=True)
    session.expunge(entity)
    make_transient(entity)
    _settle(session, entity)


def _bound(column: Any, value: Any) -> Any:
    return column.type.process_bind_param(value, DIALECT) if isinstance(column.type, TypeDecorator) else value


def _settle(session: Session, entity: Any) -> None:
    """Let the session have an entity of no session as the database has it."""
    make_transient_to_detached(entity)
    session.add(entity)
