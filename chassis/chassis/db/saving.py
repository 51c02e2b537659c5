"""Entities that are written with what waits (`chassis.db.sending`): what a flush does by a round trip, a statement
for each row and some ten times the machinery."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from sqlalchemy import TypeDecorator, inspect
from sqlalchemy.orm import Mapper, PassiveFlag, Session, make_transient, make_transient_to_detached
from sqlalchemy.orm.attributes import get_history
from sqlalchemy.sql.dml import ReturningInsert

from chassis import clock
from chassis.db.bulk import insert_rows, put_rows, rows_given
from chassis.db.driver import DIALECT
from chassis.db.search import Searchable
from chassis.db.sending import ask, send
from chassis.db.updating import found_by, update_of

_AS_IT_IS = PassiveFlag.PASSIVE_NO_INITIALIZE  # nothing is loaded to know it


def save(session: Session, *entities: Any) -> None:
    """Write new entities of one model, or what was changed of them, as a flush does: each has its id and its next
    version then. What is refused, also that somebody else changed one meanwhile (StaleDataError), is raised by the next
    statement, or the commit. Where more than their rows is to be written, or a savepoint may undo it, all is flushed.
    """
    if not entities:
        return
    mapper: Mapper[Any] = inspect(type(entities[0]))
    beside = mapper.relationships or getattr(entities[0], "__grams__", None)
    if beside or session.in_nested_transaction() or not _alone(session, entities):
        session.flush()
        return
    changed: dict[tuple[str, ...], list[Any]] = {}
    for entity in entities:
        if entity in session.new:
            _insert(session, mapper, entity)
        elif names := _changed(mapper, entity):
            changed.setdefault(names, []).append(entity)
    for names, theirs in changed.items():
        _update(session, mapper, names, theirs)


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


def _alone(session: Session, entities: Collection[Any]) -> bool:
    written = {id(entity) for entity in entities}
    return not session.deleted and all(id(one) in written for one in (*session.new, *session.dirty))


def _insert(session: Session, mapper: Mapper[Any], entity: Any) -> None:
    entity.version = 1
    if isinstance(entity, Searchable):
        entity.fill_search()
    put_rows(session, type(entity), [_row(mapper, entity)])
    session.expunge(entity)
    _settle(session, entity)


def _row(mapper: Mapper[Any], entity: Any) -> dict[str, Any]:
    """The columns of a new entity, which gets what they are by default; without what the database makes."""
    row, said = {}, vars(entity)
    for name, column in _columns(mapper):
        if name not in said:
            if column.default is None and column.server_default is not None:
                continue
            setattr(entity, name, _default(column))
        row[column.name] = _bound(column, said[name])
    return row


@cache
def _columns(mapper: Mapper[Any]) -> list[tuple[str, Any]]:
    """The columns of a model's table, and the attributes that they are."""
    columns = [(one.key, one.columns[0]) for one in mapper.column_attrs]
    return [(name, column) for name, column in columns if column.table is mapper.local_table]


def _default(column: Any) -> Any:
    default = column.default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


def _changed(mapper: Mapper[Any], entity: Any) -> tuple[str, ...]:
    """The columns of an entity that have other values than the database."""
    touched = set(mapper.column_attrs.keys()) - inspect(entity).unmodified
    return tuple(sorted(name for name in touched if get_history(entity, name, _AS_IT_IS).has_changes()))


def _update(session: Session, mapper: Mapper[Any], changed: tuple[str, ...], entities: Sequence[Any]) -> None:
    searched, now = found_by(entities[0], changed), clock.now()
    names = (*dict.fromkeys((*changed, *searched, "version", "updated_at")),)
    rows = []
    for entity in entities:
        if searched:
            entity.fill_search()
        entity.version += 1
        entity.updated_at = now
        rows.append({"id": entity.id, **{name: _bound(mapper.columns[name], getattr(entity, name)) for name in names}})
    statement = update_of(mapper.local_table.name, names, unchanged=True)  # type: ignore[attr-defined]
    send(session, statement, rows_given(rows), rows=len(rows))
    for entity in entities:
        session.expunge(entity)
        make_transient(entity)
        _settle(session, entity)


def _bound(column: Any, value: Any) -> Any:
    return column.type.process_bind_param(value, DIALECT) if isinstance(column.type, TypeDecorator) else value


def _settle(session: Session, entity: Any) -> None:
    """Let the session have an entity of no session as the database has it."""
    make_transient_to_detached(entity)
    session.add(entity)
