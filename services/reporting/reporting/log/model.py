"""The log and what is known of its completeness."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Owned
from reporting.base import Base


class Envelope(Owned):
    """An event. `data` is without its personal part, which stands alone so that an erasure can remove it.

    `person_id`, `owner_id`, `team_id` and `partner_id` are copied out of the data: whom it is about, who may see it.
    `person_ids` are the people of a bundle such as people.imported, whose `personal` stands by these ids.
    """

    event_id: Mapped[UUID]
    source: Mapped[str]
    type: Mapped[str]
    version: Mapped[int]
    subject: Mapped[str]
    time: Mapped[datetime]
    sequence: Mapped[int] = mapped_column(BigInteger)
    source_position: Mapped[int | None] = mapped_column(BigInteger)
    correlation_id: Mapped[str | None]
    causation_id: Mapped[str | None]
    actor_id: Mapped[str | None]
    traceparent: Mapped[str | None]
    data: Mapped[dict[str, Any]]
    personal: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    person_id: Mapped[UUID | None]
    person_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    received_at: Mapped[datetime]
    owner_id: Mapped[UUID | None] = mapped_column(index=False)
    team_id: Mapped[UUID | None] = mapped_column(index=False)
    partner_id: Mapped[UUID | None] = mapped_column(index=False)


class Arrival(Envelope, Base):
    """An event that came and has no place in the log yet; there for a second at most."""

    __tablename__ = "arrivals"

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, sort_order=-10)


class LoggedEvent(Envelope, Base):
    """An event in its place. `position` is dense (1, 2, 3 ...) and becomes visible in order."""

    __tablename__ = "event_log"

    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, sort_order=-10)

    __table_args__ = (
        Index("uq_event_log_event_id_source", "event_id", "source", unique=True),
        Index("ix_event_log_type_position", "type", "position"),
        Index("ix_event_log_source_position", "source", "position"),
        Index("ix_event_log_subject_position", "subject", "position"),
        Index("ix_event_log_correlation_id_position", "correlation_id", "position"),
        Index("ix_event_log_time", "time", postgresql_using="brin"),
        Index(
            "ix_event_log_person_id_position",
            "person_id",
            "position",
            postgresql_where=text("person_id IS NOT NULL"),
        ),
        Index(
            "ix_event_log_person_ids",
            "person_ids",
            postgresql_using="gin",
            postgresql_where=text("personal IS NOT NULL AND person_ids IS NOT NULL"),
        ),
        Index(
            "ix_event_log_owner_id_position",
            "owner_id",
            "position",
            postgresql_where=text("owner_id IS NOT NULL"),
        ),
        Index(
            "ix_event_log_team_id_position",
            "team_id",
            "position",
            postgresql_where=text("team_id IS NOT NULL"),
        ),
        Index(
            "ix_event_log_partner_id_position",
            "partner_id",
            "position",
            postgresql_where=text("partner_id IS NOT NULL"),
        ),
    )


class LogSource(Base):
    """A publishing service and the highest position that came from it."""

    __tablename__ = "log_sources"

    source: Mapped[str] = mapped_column(primary_key=True)
    highest: Mapped[int] = mapped_column(BigInteger)
    events: Mapped[int] = mapped_column(BigInteger, server_default="0")
    last_received_at: Mapped[datetime]


class LogHole(Base):
    """Positions of a source that have not come."""

    __tablename__ = "log_holes"

    source: Mapped[str] = mapped_column(primary_key=True)
    first: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(BigInteger)
    noticed_at: Mapped[datetime]
