"""What every table of a service has in common."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Index, MetaData, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from chassis import clock
from chassis.db.amounts import Amount
from chassis.db.naming import NAMING
from chassis.db.shares import SharedBy
from chassis.db.tables import copy_tables
from chassis.ids import uuid7

Money = Annotated[Decimal, mapped_column(Amount())]
Instant = Annotated[datetime, mapped_column(DateTime(timezone=True))]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]

TYPES = {str: Text, datetime: DateTime(timezone=True), Decimal: Numeric(18, 2), dict[str, Any]: JSONB}


def new_base() -> Any:
    """The declarative base of one service, with metadata of its own that already holds the chassis' tables."""

    class Base(DeclarativeBase):
        metadata = MetaData(naming_convention=NAMING)
        type_annotation_map = TYPES

        def __init_subclass__(cls, **options: Any) -> None:
            super().__init_subclass__(**options)
            _add_indexes(cls)

    copy_tables(Base.metadata)
    return Base


class Entity:
    """A thing with an identity: UUIDv7 `id`, `version` (optimistic lock and ETag), `created_at`, `updated_at`."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7, sort_order=-10)
    version: Mapped[int] = mapped_column(sort_order=90)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: clock.now(), sort_order=91)
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), default=lambda: clock.now(), onupdate=lambda: clock.now(), sort_order=92
    )

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.__table__.c.version}  # type: ignore[attr-defined]

    def touch(self) -> None:
        """Raise the version though no column of the row changes, because something that belongs to it did."""
        self.updated_at = clock.now()


class Owned:
    """A record that belongs to somebody: what record-level reach is decided by. `__shares__` says by which grants
    others reach it, too; `__kept_by__`, of a copy, which service keeps the record: it is reached as it is there."""

    __shares__: ClassVar[Sequence[SharedBy]] = ()
    __kept_by__: ClassVar[str | None] = None

    owner_id: Mapped[UUID | None] = mapped_column(index=True, sort_order=80)
    team_id: Mapped[UUID | None] = mapped_column(index=True, sort_order=81)
    partner_id: Mapped[UUID | None] = mapped_column(index=True, sort_order=82)

    @classmethod
    def internal(cls) -> ColumnElement[bool] | None:
        """Which rows no partner sees, though they are about the partner's own; None where there are none."""
        return None


def _add_indexes(cls: Any) -> None:
    """The indexes that come with the mixins: creation order for keyset pages, which no copy has; GIN for search."""
    table = cls.__dict__.get("__table__")
    if table is None:
        return
    if issubclass(cls, Entity) and getattr(cls, "__kept_by__", None) is None:
        Index(f"ix_{table.name}_created_at_id", table.c.created_at, table.c.id)
    if "search_grams" in table.c and not getattr(cls, "__grams__", None):
        Index(f"ix_{table.name}_search_grams", table.c.search_grams, postgresql_using="gin")
