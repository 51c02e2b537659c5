"""What the public posted, and the daily salts that keep its senders' addresses out of it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Instant, Json, Searchable
from marketing.base import Base


class Submission(Entity, Searchable, Base):
    """One accepted submission. `answers` holds what was answered by field name, normalised.

    `person_id` is proposed here and corrected when contacts tells whom it found (`identified_at`).
    `consent_text` is the wording as it was shown. `ip_hash` is keyed with a salt that is forgotten after a
    day, `digest` with nothing: it only tells the same content from other content.
    """

    __tablename__ = "submissions"
    __search__ = ("name", "email", "phone", "company_name")
    __table_args__ = (
        Index("ix_submissions_form_id_digest_created_at", "form_id", "digest", "created_at"),
        Index("ix_submissions_form_key_created_at_id", "form_key", "created_at", "id"),
        Index("ix_submissions_campaign_id_created_at_id", "campaign_id", "created_at", "id"),
    )
    __partner_visible__ = False

    form_id: Mapped[UUID] = mapped_column(ForeignKey("forms.id"))
    form_key: Mapped[str] = mapped_column(Text)
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("campaigns.id"))
    person_id: Mapped[UUID] = mapped_column(index=True)
    identified_at: Mapped[Instant | None]
    answers: Mapped[Json]
    name: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    company_name: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    postcode: Mapped[str | None] = mapped_column(Text)
    consent_given: Mapped[bool]
    consent_text: Mapped[str] = mapped_column(Text)
    utm: Mapped[Json]
    ip_hash: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)


class Salt(Base):
    """The secret of one day. Without it an `ip_hash` leads back to no address."""

    __tablename__ = "salts"

    day: Mapped[date] = mapped_column(primary_key=True)
    secret: Mapped[bytes]
