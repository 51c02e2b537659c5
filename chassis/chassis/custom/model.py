"""A row that takes custom fields, and the definition of one as a row."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from chassis import clock
from chassis.custom import tables
from chassis.ids import uuid7
from chassis.service import Service

_models: list[type[Custom]] = []


class Custom:
    """A row with the values of custom fields: `custom`, key -> value in JSON types, without those that have none.

    `__references__` names the tables that a reference may point to, by what it is called: `{"person": "people"}`;
    `__aliases__` likewise the tables (`chassis.db.aliases.Alias`) of what these were merged into.
    """

    __references__: ClassVar[dict[str, str]] = {}
    __aliases__: ClassVar[dict[str, str]] = {}

    custom: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"), sort_order=94)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        table = cls.__dict__.get("__table__")
        if table is None:
            return
        _models.append(cls)
        tables.copy_into(table.metadata)
        options = {"postgresql_using": "gin", "postgresql_ops": {"custom": "jsonb_path_ops"}}
        Index(f"ix_{table.name}_custom", table.c.custom, postgresql_where=text("custom <> '{}'"), **options)


def customised(service: Service) -> dict[str, type[Any]]:
    """The models of `service` that take custom fields, by the name of their table, which is their `entity`."""
    mine = (model for model in _models if model.__module__.partition(".")[0] == service.package)
    return {model.__tablename__: model for model in mine}  # type: ignore[attr-defined]


class FieldBase(DeclarativeBase):
    metadata = tables.metadata


class CustomField(FieldBase):
    """One field of one entity (the table's name).

    `rules` holds what else limits its values: min, max, min_length, max_length, pattern, currency, target. `personal`:
    its values travel under `data.personal` of events. `deleting`: a job is taking its values away.
    """

    __table__ = tables.custom_fields
    __mapper_args__ = {"version_id_col": tables.custom_fields.c.version}

    id: Mapped[UUID]
    entity: Mapped[str]
    key: Mapped[str]
    type: Mapped[str]
    label: Mapped[dict[str, str]]
    help: Mapped[dict[str, str] | None]
    required: Mapped[bool]
    is_unique: Mapped[bool]
    indexed: Mapped[bool]
    personal: Mapped[bool]
    partner_visible: Mapped[bool]
    active: Mapped[bool]
    deleting: Mapped[bool]
    position: Mapped[int]
    default: Mapped[Any]
    choices: Mapped[list[dict[str, Any]]]
    rules: Mapped[dict[str, Any]]
    job_id: Mapped[UUID | None]
    version: Mapped[int]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    min = property(lambda self: self.rules.get("min"))
    max = property(lambda self: self.rules.get("max"))
    min_length = property(lambda self: self.rules.get("min_length"))
    max_length = property(lambda self: self.rules.get("max_length"))
    pattern = property(lambda self: self.rules.get("pattern"))
    currency = property(lambda self: self.rules.get("currency"))
    target = property(lambda self: self.rules.get("target"))

    def __init__(self, **values: Any) -> None:
        now = clock.now()
        super().__init__(**{"id": uuid7(), "deleting": False, "created_at": now, "updated_at": now, **values})
