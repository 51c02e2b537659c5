"""Which built-in fields a new record must have."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity
from contacts.base import Base


class RequiredFields(Entity, Base):
    """What a new record of `entity` (a table) must have when it comes by the `api`, or by a web `form`. The migration
    makes one row for each entity."""

    __tablename__ = "required_fields"

    entity: Mapped[str] = mapped_column(Text, unique=True)
    api: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    form: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
