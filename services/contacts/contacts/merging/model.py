"""What was merged into what."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.db import Entity, Json
from chassis.db.aliases import Alias
from contacts.base import Base


class Tombstone(Alias, Base):
    """What is left of a person or company that was merged into another: where they went."""

    __tablename__ = "tombstones"


class Merge(Entity, Base):
    """One record merged into another of its `kind` (person, company). `state` is done or undone; `why` says what led to
    it where that was a pair of duplicates (`duplicate_id`, `score`, `reasons`, `rule` where nobody was asked).

    `snapshot` is all that an unmerge needs: the loser's row (`record`) and points as they were, and what the merge
    changed of the survivor (`survivor`: column -> [before, after]); `fates` is what became of each field. It goes when
    the survivor is deleted.
    """

    __tablename__ = "merges"
    __table_args__ = (Index("ix_merges_survivor_id", "survivor_id"), Index("ix_merges_loser_id", "loser_id"))
    __partner_visible__ = False

    kind: Mapped[str] = mapped_column(default="person", server_default="person")
    survivor_id: Mapped[UUID]
    loser_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="done")
    why: Mapped[Json] = mapped_column(default=dict, server_default=text("'{}'"))
    snapshot: Mapped[Json]
    merged_by: Mapped[UUID | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[UUID | None]

    @property
    def changed(self) -> dict[str, Any]:
        """What the merge changed of the survivor: column -> [before, after]."""
        return dict(self.snapshot.get("survivor") or {})

    @property
    def fields(self) -> dict[str, Any]:
        """What became of each field: both values, which one was taken, and why."""
        return dict(self.snapshot.get("fates") or {})
