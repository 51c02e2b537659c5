"""A web form and the consent texts it has shown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Instant, Searchable
from marketing.base import Base


class Form(Entity, Searchable, Base):
    """`fields` is the definition as `rules.define` leaves it. `consent_version` names the text shown now.

    `dropped` counts what the honeypot caught; it is counted without raising `version`.
    """

    __tablename__ = "forms"
    __search__ = ("name", "key")
    __partner_visible__ = False

    key: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    fields: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    consent_text: Mapped[str] = mapped_column(Text)
    consent_version: Mapped[int]
    consent_required: Mapped[bool]
    campaign_id: Mapped[UUID | None] = mapped_column(ForeignKey("campaigns.id"), index=True)
    active: Mapped[bool]
    dropped: Mapped[int] = mapped_column(default=0)


class ConsentText(Base):
    """One wording of a form's consent text; never changed, so that a consent can be shown as it was given."""

    __tablename__ = "consent_texts"

    form_id: Mapped[UUID] = mapped_column(ForeignKey("forms.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    shown_from: Mapped[Instant]
