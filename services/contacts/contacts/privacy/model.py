"""What people ask for about their own data, who has answered, what must not be erased, who must not come back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity, Json
from contacts.asking import Answer, outstanding
from contacts.base import Base

_UNDER_WAY = text("state IN ('open', 'running')")


class PrivacyAnswer(Answer, Base):
    """What one service was asked, and answered: `tables` (rows dealt with) and `kept` of an erasure, `parts` of an
    export."""

    __tablename__ = "privacy_answers"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("privacy_requests.id", ondelete="CASCADE"), primary_key=True)
    parts: Mapped[int | None]
    tables: Mapped[Json] = mapped_column(default=dict)
    kept: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)


class PrivacyRequest(Entity, Base):
    """What a person asked for: `kind` is access, erasure, rectification or restriction, `law` says by when (`due_at`).

    It is open until it is begun, which takes that somebody noted how the person's identity was checked; running until
    every service has answered; then done. `person_ids` are all ids that stood for the person when it began. No foreign
    key: the record outlives the person. `public_key` is what an export is sealed for; `secret` its private half,
    encrypted, gone when the archive has expired.
    """

    __tablename__ = "privacy_requests"
    __table_args__ = (
        Index("uq_privacy_requests_under_way", "person_id", "kind", unique=True, postgresql_where=_UNDER_WAY),
        Index("ix_privacy_requests_due_at", "due_at", postgresql_where=_UNDER_WAY),
        Index("ix_privacy_requests_person_id", "person_id"),
        Index("ix_privacy_requests_expires_at", "expires_at", postgresql_where=text("secret IS NOT NULL")),
    )
    __partner_visible__ = False

    kind: Mapped[str]
    person_id: Mapped[UUID]
    person_ids: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid), default=list)
    law: Mapped[str]
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    received_at: Mapped[datetime]
    due_at: Mapped[datetime]
    note: Mapped[str | None]
    identity: Mapped[str | None]
    identity_checked_by: Mapped[UUID | None]
    identity_checked_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    opened_by: Mapped[UUID | None]
    begun_by: Mapped[UUID | None]
    begun_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    public_key: Mapped[bytes | None]
    secret: Mapped[bytes | None]

    services: Mapped[list[PrivacyAnswer]] = relationship(
        order_by=PrivacyAnswer.service, lazy="selectin", cascade="all, delete-orphan", passive_deletes=True
    )

    @property
    def outstanding(self) -> list[str]:
        """The services that have not answered yet."""
        return outstanding(self.services)


class ExportPart(Base):
    """A part of an export as it came, sealed for the request's key."""

    __tablename__ = "privacy_parts"

    request_id: Mapped[UUID] = mapped_column(ForeignKey("privacy_requests.id", ondelete="CASCADE"), primary_key=True)
    service: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class LegalHold(Entity, Base):
    """Why a person must not be erased: a lawsuit, an audit. It holds until it is lifted, or until `until`."""

    __tablename__ = "legal_holds"
    __table_args__ = (Index("ix_legal_holds_person_id", "person_id"),)
    __partner_visible__ = False

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    reason: Mapped[str]
    until: Mapped[datetime | None]
    placed_by: Mapped[UUID | None]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None]


class SuppressedPoint(Base):
    """The blind hash of an e-mail or phone of somebody who was erased. Whose it was, nothing tells."""

    __tablename__ = "suppressed_points"

    digest: Mapped[bytes] = mapped_column(primary_key=True)
    since: Mapped[datetime]
