"""The tables of the event backbone, copied into every service's metadata by `chassis.db.new_base()`."""

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)

metadata = MetaData()

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("event_id", Uuid, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("traceparent", Text),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    Column("position", BigInteger),
    # What the relay has yet to number, in order; stays tiny however long the table is.
    Index("ix_outbox_unnumbered", "id", postgresql_where=text("position IS NULL")),
    Index("uq_outbox_position", "position", unique=True),
    comment="Events of this service: written with the change, numbered and published by the relay.",
)

relay_state = Table(
    "relay_state",
    metadata,
    Column("source", Text, primary_key=True),
    Column("assigned", BigInteger, nullable=False, server_default="0"),
    Column("published", BigInteger, nullable=False, server_default="0"),
    comment="Last position given to an event, and the position up to which the broker has confirmed all.",
)

inbox = Table(
    "inbox",
    metadata,
    Column("consumer", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("handled_at", DateTime(timezone=True), nullable=False, server_default=text("clock_timestamp()")),
    PrimaryKeyConstraint("consumer", "source", "event_id", name="pk_inbox"),
    Index("ix_inbox_handled_at", "handled_at"),
    comment="Events that were handled: the same one is never applied twice.",
)
