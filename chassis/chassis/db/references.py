"""References that PostgreSQL holds by the statement.

A foreign key is checked row by row, by a statement of its own for each: of all that PostgreSQL does for an import of
people, that was a third. The triggers made here promise the same by one statement for all rows that came together: who
is named is there, and stays until the transaction has ended (FOR KEY SHARE); who is deleted leaves nobody behind. They
are for tables that are written by the ten thousand; all others have foreign keys (ADR 0021).

Not promised: the refusal of a new id for a row that is referred to, and of TRUNCATE. Ids are never changed, and no
service empties a table so.
"""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import Connection, ForeignKey, MetaData, text
from sqlalchemy.schema import ForeignKeyConstraint

OnDelete = Literal["CASCADE", "SET NULL"]
_BY_STATEMENT = "by statement"

# What is asked in the transaction's next snapshot: a row that was deleted meanwhile is not found, and is refused. Asked
# by an array, for which an index is looked through however many rows PostgreSQL expects, and in one statement without
# parameters, of which the plan is kept.
_CHECK = """
CREATE OR REPLACE FUNCTION {name}_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE missing uuid;
BEGIN
    IF (WITH named AS MATERIALIZED (SELECT array_agg(DISTINCT {column}) AS ids FROM added WHERE {column} IS NOT NULL),
        held AS (SELECT FROM {parent} WHERE id = ANY((SELECT ids FROM named)::uuid[]) ORDER BY id FOR KEY SHARE)
        SELECT (SELECT count(*) FROM held) < (SELECT cardinality(ids) FROM named)) THEN
        SELECT {column} INTO missing FROM added
        WHERE {column} IS NOT NULL AND NOT EXISTS (SELECT FROM {parent} WHERE id = {column}) LIMIT 1;
        RAISE foreign_key_violation USING {said};
    END IF;
    RETURN NULL;
END $$
"""
_MOVE = """
CREATE FUNCTION {name}_move() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE missing uuid := NEW.{column};
BEGIN
    PERFORM FROM {parent} WHERE id = NEW.{column} FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE foreign_key_violation USING {said};
    END IF;
    RETURN NULL;
END $$
"""
_SAID = """
    MESSAGE = 'insert or update on table "{table}" violates the reference "{name}"',
    DETAIL = format('Key ({column})=(%s) is not present in table "{parent}".', missing),
    CONSTRAINT = '{name}', TABLE = '{table}', COLUMN = '{column}'
"""
_LEAVE = """
CREATE FUNCTION {name}_leave() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {leave} WHERE {column} IN (SELECT id FROM removed);
    RETURN NULL;
END $$
"""
_LEFT = {"CASCADE": "DELETE FROM {table}", "SET NULL": "UPDATE {table} SET {column} = NULL"}
# A trigger for some columns gets no table of what was changed; and few rows are given another reference at a time.
_TRIGGERS = (
    "CREATE TRIGGER {name}_check AFTER INSERT ON {table} REFERENCING NEW TABLE AS added"
    " FOR EACH STATEMENT EXECUTE FUNCTION {name}_check()",
    "CREATE TRIGGER {name}_move AFTER UPDATE OF {column} ON {table} FOR EACH ROW"
    " WHEN (NEW.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column}) EXECUTE FUNCTION {name}_move()",
    "CREATE TRIGGER {name}_leave AFTER DELETE ON {parent} REFERENCING OLD TABLE AS removed"
    " FOR EACH STATEMENT EXECUTE FUNCTION {name}_leave()",
)
_MADE = text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'fk\\_%'")


def reference(parent: str, *, ondelete: OnDelete) -> ForeignKey:
    """For a column of a model: a foreign key to `people.id` or the like that triggers hold (`create_reference`)."""
    return ForeignKey(parent, ondelete=ondelete, info={_BY_STATEMENT: True})


def create_reference(op: Any, table: str, column: str, parent: str, *, ondelete: OnDelete) -> None:
    """In a migration: let triggers hold that a uuid `column` refers to the `id` of `parent`. In place of a foreign key
    that is dropped in the same migration; what is there already is not looked at."""
    names = _names(table, column, parent) | {"leave": _LEFT[ondelete].format(table=table, column=column)}
    for statement in (_CHECK, _MOVE, _LEAVE, *_TRIGGERS):
        op.execute(statement.format(**names))


def renew_reference(op: Any, table: str, column: str, parent: str) -> None:
    """In a migration: let a reference that is there be checked as one that is made now. It promises the same, so there
    is nothing to undo."""
    op.execute(_CHECK.format(**_names(table, column, parent)))


def drop_reference(op: Any, table: str, column: str, parent: str) -> None:
    """Undo `create_reference`."""
    for part, on in (("check", table), ("move", table), ("leave", parent)):
        op.execute(f"DROP TRIGGER fk_{table}_{column}_{part} ON {on}")
        op.execute(f"DROP FUNCTION fk_{table}_{column}_{part}()")


def no_reference(entry: Any, _name: str | None, _type: str, reflected: bool, _other: Any) -> bool:
    """For alembic, which would look for foreign keys in their place (`include_object`)."""
    return not (isinstance(entry, ForeignKeyConstraint) and not reflected and _by_statement(entry))


def missing_triggers(connection: Connection, metadata: MetaData) -> set[str]:
    """Triggers of the references in `metadata` that the database has not got, and those that it has for none."""
    held = {
        f"fk_{table.name}_{key.column_keys[0]}_{part}"
        for table in metadata.tables.values()
        for key in table.foreign_key_constraints
        if _by_statement(key)
        for part in ("check", "move", "leave")
    }
    return held ^ set(connection.scalars(_MADE))


def _names(table: str, column: str, parent: str) -> dict[str, str]:
    names = {"name": f"fk_{table}_{column}", "table": table, "column": column, "parent": parent}
    return names | {"said": _SAID.format(**names)}


def _by_statement(key: ForeignKeyConstraint) -> bool:
    return all(element.info.get(_BY_STATEMENT) for element in key.elements)
