"""Whose a record was, when."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contacts.base import Base


class OwnerChange(Base):
    """A record (`kind` is its table) passed from one owner, team or partner company to another.

    Written by a trigger, whatever door the change came by. `by_id` and `why` are what the transaction said of itself
    (`owners.actions.because`). The rows outlive the record: they name nobody but colleagues.
    """

    __tablename__ = "owner_changes"
    __table_args__ = (
        Index("ix_owner_changes_record_id", "record_id", "id"),
        # What somebody who left had, and nobody was given.
        Index("ix_owner_changes_left_behind", "from_owner_id", "kind", postgresql_where=text("to_owner_id IS NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str]
    record_id: Mapped[UUID]
    at: Mapped[datetime]
    from_owner_id: Mapped[UUID | None]
    from_team_id: Mapped[UUID | None]
    from_partner_id: Mapped[UUID | None]
    to_owner_id: Mapped[UUID | None]
    to_team_id: Mapped[UUID | None]
    to_partner_id: Mapped[UUID | None]
    by_id: Mapped[UUID | None]
    why: Mapped[str | None]
    hand_over_id: Mapped[UUID | None]
