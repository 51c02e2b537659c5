"""Plays: the entries of the playbook, their editions, and what the reps make of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, ScalarSelect, Text, Uuid, bindparam, func, select
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from chassis.access import actor
from chassis.db import Entity, Instant, Searchable
from chassis.ids import uuid7
from sales.base import Base

_PLAY = "plays.id"


class PlayLink(Base):
    """What a play is about: one stage, product, competitor or industry (in lower case)."""

    __tablename__ = "play_links"
    __table_args__ = (
        CheckConstraint("num_nonnulls(stage_id, product_id, competitor_id, industry) = 1", name="subject"),
        Index(
            "uq_play_links_subject", "play_id", "stage_id", "product_id", "competitor_id", "industry", unique=True,
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_play_links_industry", "industry"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    play_id: Mapped[UUID] = mapped_column(ForeignKey(_PLAY, ondelete="CASCADE"))
    stage_id: Mapped[UUID | None] = mapped_column(ForeignKey("stages.id", ondelete="CASCADE"), index=True)
    product_id: Mapped[UUID | None] = mapped_column(ForeignKey("products.id", ondelete="CASCADE"), index=True)
    competitor_id: Mapped[UUID | None] = mapped_column(ForeignKey("competitors.id", ondelete="CASCADE"), index=True)
    industry: Mapped[str | None] = mapped_column(Text)


class PlayEdition(Base):
    """The text of a play as it was from one change to the next, the present one included."""

    __tablename__ = "play_editions"

    play_id: Mapped[UUID] = mapped_column(ForeignKey(_PLAY, ondelete="CASCADE"), primary_key=True)
    edition: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    changed_by: Mapped[UUID | None]
    changed_at: Mapped[Instant]


class PlayVote(Base):
    """Whether a user finds a play useful."""

    __tablename__ = "play_votes"

    play_id: Mapped[UUID] = mapped_column(ForeignKey(_PLAY, ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    useful: Mapped[bool]
    voted_at: Mapped[Instant]


class PlayUse(Base):
    """How often somebody used a play, for a deal or for none in particular."""

    __tablename__ = "play_uses"
    __table_args__ = (
        Index(
            "uq_play_uses_play_id_user_id_deal_id", "play_id", "user_id", "deal_id", unique=True,
            postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    play_id: Mapped[UUID] = mapped_column(ForeignKey(_PLAY, ondelete="CASCADE"))
    user_id: Mapped[UUID | None]
    deal_id: Mapped[UUID | None] = mapped_column(ForeignKey("deals.id", ondelete="CASCADE"), index=True)
    times: Mapped[int]
    last_used_at: Mapped[Instant]


def _votes(play_id: Mapped[UUID], *, useful: bool) -> ScalarSelect[int]:
    votes = select(func.count()).select_from(PlayVote).where(PlayVote.play_id == play_id, PlayVote.useful.is_(useful))
    return votes.correlate_except(PlayVote).scalar_subquery()


def _own_vote(play_id: Mapped[UUID]) -> ScalarSelect[bool]:
    # Who asks is found out when the query runs, not when this module is read.
    caller = bindparam("caller", callable_=lambda: actor().id, type_=Uuid())
    mine = select(PlayVote.useful).where(PlayVote.play_id == play_id, PlayVote.user_id == caller)
    return mine.correlate_except(PlayVote).scalar_subquery()


class Play(Entity, Searchable, Base):
    """An entry of the playbook, found by its title and its whole text. A draft is seen by managers only. `edition`
    counts the changes of its text; votes and uses are no part of its version."""

    __tablename__ = "plays"
    __search__ = ("title", "body", "url")
    __partner_visible__ = False
    __table_args__ = (
        CheckConstraint("language IN ('zh', 'en')", name="language"),
        CheckConstraint("status IN ('draft', 'published')", name="status"),
        Index("ix_plays_title_id", "title", "id"),
    )

    # Said here again, for the counts below to speak of it.
    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-10)
    kind: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="draft")
    edition: Mapped[int] = mapped_column(default=1)
    published_at: Mapped[datetime | None]
    useful: Mapped[int] = column_property(_votes(id, useful=True))
    not_useful: Mapped[int] = column_property(_votes(id, useful=False))
    own_vote: Mapped[bool | None] = column_property(_own_vote(id))
    uses: Mapped[int] = column_property(
        select(func.coalesce(func.sum(PlayUse.times), 0))
        .where(PlayUse.play_id == id)
        .correlate_except(PlayUse)
        .scalar_subquery()
    )
    links: Mapped[list[PlayLink]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, lazy="selectin", order_by=PlayLink.id
    )

    @property
    def stage_ids(self) -> list[UUID]:
        """The stages that it is for."""
        return [link.stage_id for link in self.links if link.stage_id]

    @property
    def product_ids(self) -> list[UUID]:
        """The products that it is about."""
        return [link.product_id for link in self.links if link.product_id]

    @property
    def competitor_ids(self) -> list[UUID]:
        """The competitors that it helps against."""
        return [link.competitor_id for link in self.links if link.competitor_id]

    @property
    def industries(self) -> list[str]:
        """The industries that it speaks to."""
        return [link.industry for link in self.links if link.industry]
