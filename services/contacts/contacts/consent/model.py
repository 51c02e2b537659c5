"""Consent: the texts that people are shown, what they decided, the links by which they take it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.db import Entity
from contacts.base import Base


class ConsentText(Entity, Base):
    """The words that ask for consent to one purpose, in one language. Once somebody decided by them they stay."""

    __tablename__ = "consent_texts"
    __table_args__ = (
        Index("uq_consent_texts_wording", "purpose", "text_version", "language", unique=True),
    )  # fmt: skip

    purpose: Mapped[str]
    text_version: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
    valid_from: Mapped[datetime]
    created_by: Mapped[UUID | None]


class ConsentRecord(Entity, Base):
    """One decision of a person about one purpose. The latest `at` is what holds, `until` it ends.

    `text` is what the person was shown, word for word, and `text_id` the registered text where it was one;
    `evidence_id` is what proves it (a form's submission): the same evidence is recorded once. `evidence` says the same
    in words. `ended_at`: when a clock saw that `until` had come.
    """

    __tablename__ = "consents"
    __table_args__ = (
        Index("ix_consents_person_id_purpose_at", "person_id", "purpose", "at"),
        Index(
            "uq_consents_evidence", "person_id", "purpose", "evidence_id",
            unique=True, postgresql_where=text("evidence_id IS NOT NULL"),
        ),
        Index("ix_consents_until", "until", postgresql_where=text("until IS NOT NULL AND ended_at IS NULL")),
        Index("ix_consents_text_id", "text_id", postgresql_where=text("text_id IS NOT NULL")),
    )  # fmt: skip

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    purpose: Mapped[str]
    granted: Mapped[bool]
    text: Mapped[str]
    text_id: Mapped[UUID | None] = mapped_column(ForeignKey("consent_texts.id"))
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    source: Mapped[str]
    evidence_id: Mapped[UUID | None]
    evidence: Mapped[str | None]
    recorded_by: Mapped[UUID | None]

    wording: Mapped[ConsentText | None] = relationship(lazy="selectin")

    @property
    def text_version(self) -> str | None:
        """The version of the registered text."""
        return self.wording.text_version if self.wording else None

    @property
    def language(self) -> str | None:
        """The language of the registered text."""
        return self.wording.language if self.wording else None

    def in_force(self, now: datetime) -> bool:
        """Whether the person agrees at `now`, if this is the decision that holds."""
        return self.granted and (self.until is None or self.until > now)


class ConsentLink(Base):
    """A link by which a person takes consent back. Of its token only the hash is kept."""

    __tablename__ = "consent_links"
    __table_args__ = (Index("ix_consent_links_person_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(unique=True)
    purposes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime]
    created_by: Mapped[UUID | None]
    expires_at: Mapped[datetime]
