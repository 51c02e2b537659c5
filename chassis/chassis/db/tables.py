"""The tables that every service's database holds for the chassis, and their migrations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from chassis.db.naming import NAMING
from chassis.events import tables as backbone

metadata = MetaData()

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("owner", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("request_hash", LargeBinary, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now(), index=True),
    PrimaryKeyConstraint("owner", "key"),
    comment="Answers given to requests that carried an Idempotency-Key, kept in the transaction of the change.",
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("params", JSONB, nullable=False),
    Column("state", JSONB, nullable=False),
    Column("done", BigInteger, nullable=False, server_default=text("0")),
    Column("total", BigInteger),
    Column("failed", BigInteger, nullable=False, server_default=text("0")),
    Column("result", JSONB),
    Column("problem", Text),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("created_by", Uuid),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("started_at", DateTime(timezone=True)),
    Column("ended_at", DateTime(timezone=True)),
    Column("not_before", DateTime(timezone=True)),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("traceparent", Text),
    Index("ix_jobs_waiting", "created_at", postgresql_where=text("status IN ('waiting', 'running')")),
    Index("ix_jobs_created_at_id", "created_at", "id"),
    comment="Long work with progress; survives a restart.",
)

job_files = Table(
    "job_files",
    metadata,
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("name", Text, nullable=False),
    Column("part", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("job_id", "name", "part"),
    comment="Files that a job reads or writes, in parts, so that any replica can go on with it.",
)

job_errors = Table(
    "job_errors",
    metadata,
    Column("job_id", Uuid, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("row", BigInteger, nullable=False),
    Column("field", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("message", Text, nullable=False),
    Column("record", JSON, nullable=False),  # not JSONB, which forgets the order of the columns
    PrimaryKeyConstraint("job_id", "row", "field", "code"),
    comment="Rows that a job could not take, and why.",
)

erased_people = Table(
    "erased_people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("erased_at", DateTime(timezone=True), nullable=False),
    comment="Ids of people who were erased: nothing that names them is taken in again.",
)


def copy_tables(into: MetaData) -> None:
    """Put the chassis' tables into a service's metadata, so that its migrations are checked against them."""
    for source in (metadata, backbone.metadata):
        for table in source.tables.values():
            table.to_metadata(into)


def create_v1(op: Any) -> None:
    """The chassis' tables as of version 1; called by the first migration of every service.

    Once a version is released its tables are frozen: a change of theirs is a `create_v2` that alters them.
    """
    for table in _as_of_v1():
        table.create(op.get_bind())


def drop_v1(op: Any) -> None:
    """Undo `create_v1`."""
    for table in reversed(_as_of_v1()):
        table.drop(op.get_bind())


def create_v2(op: Any) -> None:
    """What version 2 added: the ids of erased people. A service that had the table before keeps its own."""
    _since_v2().create(op.get_bind(), checkfirst=True)


def drop_v2(op: Any) -> None:
    """Undo `create_v2`."""
    _since_v2().drop(op.get_bind())


def create_v3(op: Any) -> None:
    """What version 3 changed: bodies of events are not compressed. That took a tenth of an import's time, and most of
    them live for a day."""
    op.execute("ALTER TABLE outbox ALTER body SET STORAGE EXTERNAL")


def drop_v3(op: Any) -> None:
    """Undo `create_v3`."""
    op.execute("ALTER TABLE outbox ALTER body SET STORAGE EXTENDED")


def _as_of_v1() -> list[Table]:
    return [table for table in _copy().sorted_tables if table.name != erased_people.name]


def _since_v2() -> Table:
    return _copy().tables[erased_people.name]


def _copy() -> MetaData:
    copy = MetaData(naming_convention=NAMING)
    copy_tables(copy)
    return copy
