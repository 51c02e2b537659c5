"""Further addresses in an exported file: the oldest of each kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis.schema import Schema, fields
from contacts.addresses.columns import COLUMNS
from contacts.addresses.model import Address
from contacts.addresses.rules import PLACE

_KEYS = {where: f"address_{where[0]}_{where[1]}" for where in COLUMNS.values()}
_PARTS = [getattr(Address, part) for part in PLACE]
_BLANK = dict.fromkeys(_KEYS.values())
Shown = TypeVar("Shown", bound=Schema)


def exported(read: type[Shown]) -> type[Shown]:
    """The schema of a list, with a column for each part of each kind of address."""
    more = {_KEYS[where]: fields.String(data_key=name, allow_none=True) for name, where in COLUMNS.items()}
    return type(f"{read.__name__}Exported", (read,), more)


def with_addresses(
    session: Session, holder: InstrumentedAttribute[UUID | None], rows: Sequence[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Each of `rows` with the further addresses of the record; `holder` is the column of addresses that names it."""
    found: dict[UUID, dict[str, Any]] = {row["id"]: dict(_BLANK) for row in rows}
    seen: set[tuple[UUID, str]] = set()
    theirs = select(holder, Address.kind, *_PARTS).where(holder.in_(found)).order_by(Address.created_at, Address.id)
    for id_, kind, *parts in session.execute(theirs):
        if (id_, kind) not in seen:
            found[id_] |= {_KEYS[kind, part]: value for part, value in zip(PLACE, parts, strict=True)}
        seen.add((id_, kind))
    return [row | found[row["id"]] for row in rows]
