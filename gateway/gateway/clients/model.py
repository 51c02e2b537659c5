from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Searchable
from gateway.base import Base
from gateway.partners.model import Partner
from gateway.teams.model import Team


class ApiClient(Entity, Searchable, Base):
    """A machine's account; its id is its `client_id`. After a rotation the secret before counts until `old_until`.

    The secret is 256 random bits, so a plain SHA-256 of it gives nothing away and costs nothing to check.
    """

    __tablename__ = "api_clients"
    __search__ = ("name",)

    name: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reach: Mapped[dict[str, str]] = mapped_column(JSONB)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey(Team.id), index=True)
    partner_id: Mapped[UUID | None] = mapped_column(ForeignKey(Partner.id), index=True)
    rate_limit: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    secret_hash: Mapped[bytes]
    old_secret_hash: Mapped[bytes | None]
    old_until: Mapped[datetime | None]
