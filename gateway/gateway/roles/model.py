from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from gateway.base import Base


class Role(Entity, Base):
    """What its holders may do: `scopes` such as `sales:write`, and how far, by service: `{"default": "own"}`."""

    __tablename__ = "roles"

    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reach: Mapped[dict[str, str]] = mapped_column(JSONB)
    built_in: Mapped[bool] = mapped_column(default=False)


user_roles = Table(
    "user_roles",
    Base.metadata,
    Column("user_id", ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("roles.id"), primary_key=True, index=True),
)
