"""What was merged into what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Json
from chassis.db.aliases import Alias
from contacts.base import Base


class Tombstone(Alias, Base):
    """What is left of a person who was merged into another: where they went."""

    __tablename__ = "tombstones"


class Merge(Entity, Base):
    """One person merged into another. `state` is done or undone.

    `snapshot` is all that an unmerge needs: the loser's row and points as they were, and what the merge
    changed of the survivor (`survivor`: column -> [before, after]). It goes when the survivor is deleted.
    """

    __tablename__ = "merges"
    __table_args__ = (Index("ix_merges_survivor_id", "survivor_id"), Index("ix_merges_loser_id", "loser_id"))
    __partner_visible__ = False

    survivor_id: Mapped[UUID]
    loser_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="done")
    snapshot: Mapped[Json]
    merged_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]

    @property
    def changed(self) -> dict[str, Any]:
        """What the merge changed of the survivor: column -> [before, after]."""
        return dict(self.snapshot.get("survivor") or {})
