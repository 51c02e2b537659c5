"""The tables behind custom fields, and what a migration does to make a table of a service take them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.naming import NAMING

metadata = MetaData(naming_convention=NAMING)

custom_fields = Table(
    "custom_fields",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("entity", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("label", JSONB, nullable=False),
    Column("help", JSONB),
    Column("required", Boolean, nullable=False),
    Column("is_unique", Boolean, nullable=False),
    Column("indexed", Boolean, nullable=False),
    Column("personal", Boolean, nullable=False),
    Column("partner_visible", Boolean, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("deleting", Boolean, nullable=False),
    Column("position", Integer, nullable=False),
    Column("default", JSONB(none_as_null=True)),
    Column("choices", JSONB, nullable=False),
    Column("rules", JSONB, nullable=False),
    Column("job_id", Uuid),
    Column("version", Integer, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("uq_custom_fields_entity_key", "entity", "key", unique=True),
    Index("ix_custom_fields_created_at_id", "created_at", "id"),
    comment="The fields that administrators have defined.",
)

custom_uniques = Table(
    "custom_uniques",
    metadata,
    Column("entity", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("record_id", Uuid, nullable=False),
    PrimaryKeyConstraint("entity", "key", "value"),
    Index("ix_custom_uniques_record_id", "record_id"),
    comment="The values of unique custom fields: the primary key refuses a second holder. Kept by triggers.",
)

# Triggers, because rows are written by many doors (API, handlers, COPY, merges) and none may be forgotten. By row and
# with a condition: a row without custom fields, or a change of other columns, does not even call the function. Writers
# share the lock; who defines a field takes it alone, so that no row slips through while a field becomes unique.
_KEEP = """
CREATE FUNCTION keep_custom_uniques() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended('custom:' || TG_TABLE_NAME, 0));
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM custom_uniques WHERE entity = TG_TABLE_NAME AND record_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO custom_uniques (entity, key, value, record_id)
        SELECT TG_TABLE_NAME, f.key, NEW.custom ->> f.key, NEW.id FROM custom_fields f
        WHERE f.entity = TG_TABLE_NAME AND f.is_unique AND NEW.custom ? f.key ORDER BY f.key;
    END IF;
    RETURN NULL;
END $$
"""
_WHEN = {
    "INSERT": "NEW.custom <> '{}'",
    "UPDATE OF custom": "OLD.custom IS DISTINCT FROM NEW.custom",
    "DELETE": "OLD.custom <> '{}'",
}


def copy_into(into: MetaData) -> None:
    """Put the tables into a service's metadata, once."""
    for table in metadata.tables.values():
        if table.name not in into.tables:
            table.to_metadata(into)


def create_tables_v1(op: Any) -> None:
    """The tables as of version 1, for the migration with which a service gets its first custom fields."""
    for table in metadata.sorted_tables:
        table.create(op.get_bind())
    op.execute(_KEEP)


def drop_tables_v1(op: Any) -> None:
    """Undo `create_tables_v1`."""
    op.execute("DROP FUNCTION keep_custom_uniques()")
    for table in reversed(metadata.sorted_tables):
        table.drop(op.get_bind())


def create_v1(op: Any, table: str) -> None:
    """The column of `table` (at once, however many rows it has), its index, and the triggers."""
    empty = text("'{}'")
    op.add_column(table, Column("custom", JSONB, server_default=empty, nullable=False))
    has_any = text("custom <> '{}'")
    options = {"postgresql_using": "gin", "postgresql_ops": {"custom": "jsonb_path_ops"}}
    op.create_index(f"ix_{table}_custom", table, ["custom"], postgresql_where=has_any, **options)
    for event, condition in _WHEN.items():
        name = f"{table}_custom_{event.split()[0].lower()}"
        op.execute(
            f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW WHEN ({condition})"
            " EXECUTE FUNCTION keep_custom_uniques()"
        )


def drop_v1(op: Any, table: str) -> None:
    """Undo `create_v1`."""
    for event in _WHEN:
        op.execute(f"DROP TRIGGER {table}_custom_{event.split()[0].lower()} ON {table}")
    op.drop_index(f"ix_{table}_custom", table)
    op.drop_column(table, "custom")
