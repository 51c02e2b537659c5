"""Consent: an append-only record of what somebody allowed, and what they took back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from contacts.base import Base


class ConsentRecord(Entity, Base):
    """One decision of a person about one purpose. The latest `at` is what holds.

    `text` is what the person was shown, word for word; `evidence_id` what proves it (a form's submission): the same
    evidence is recorded once.
    """

    __tablename__ = "consents"
    __table_args__ = (
        Index("ix_consents_person_id_purpose_at", "person_id", "purpose", "at"),
        Index(
            "uq_consents_evidence", "person_id", "purpose", "evidence_id",
            unique=True, postgresql_where=text("evidence_id IS NOT NULL"),
        ),
    )  # fmt: skip

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    granted: Mapped[bool]
    text: Mapped[str]
    at: Mapped[datetime]
    source: Mapped[str]
    evidence_id: Mapped[UUID | None]
    recorded_by: Mapped[UUID | None]
