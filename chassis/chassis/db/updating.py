"""Many rows that are in a session, changed by one statement: what a flush does with a statement a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from chassis import clock
from chassis.db.beside import keep
from chassis.db.search import Searchable, search_values
from chassis.encoding import to_json


def update_many(session: Session, changes: Mapping[Any, Mapping[str, Any]]) -> None:
    """Give entities of one model (locked, without changes that wait for a flush) the values of their columns in
    `changes`, one version more each. They are then as after a flush; what they are searched by is kept in step. ORM
    events do not run. Raises IntegrityError where the database refuses one of them: in a savepoint, none is changed."""
    if not changes:
        return
    entities, now = list(changes), clock.now()
    said = {name for values in changes.values() for name in values}
    searched = found_by(entities[0], said)
    for entity, values in changes.items():
        _assign(entity, {**values, "version": entity.version + 1, "updated_at": now})
        if searched:
            _assign(entity, dict(zip(searched, search_values(entity.search_terms()), strict=False)))
    names = sorted({*said, "version", "updated_at", *searched})
    rows = [{name: getattr(entity, name) for name in ("id", *names)} for entity in entities]
    try:
        statement = update_of(entities[0].__tablename__, tuple(names))
        session.connection().execute(statement, {"rows": to_json(rows).decode()})
    except DBAPIError:
        for entity in entities:
            session.expire(entity)
        raise
    if searched and entities[0].__grams__:
        keep(session, entities[0].__grams__, {entity.id: entity.search_text for entity in entities})


@cache
def update_of(table: str, names: tuple[str, ...], *, unchanged: bool = False) -> TextClause:
    """An UPDATE of these columns, the version among them, of rows that are given as JSON with their ids (`rows`); if
    they are `unchanged`, of those only that are at the version before."""
    still = " AND old.version = new.version - 1" if unchanged else ""
    listed = ", ".join(f'"{name}" = new."{name}"' for name in names)
    return text(
        f'UPDATE "{table}" AS old SET {listed}'  # noqa: S608 - names of a table and its columns
        f' FROM jsonb_populate_recordset(CAST(NULL AS "{table}"), CAST(:rows AS jsonb)) AS new'
        f" WHERE old.id = new.id{still}"
    )


def found_by(entity: Any, names: Iterable[str]) -> tuple[str, ...]:
    """What on the row says what it is found by, if that may be one of these columns."""
    if not isinstance(entity, Searchable) or (entity.__search__ and set(entity.__search__).isdisjoint(names)):
        return ()
    return ("search_text",) if entity.__grams__ else ("search_text", "search_grams")


def _assign(entity: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        set_committed_value(entity, name, value)
