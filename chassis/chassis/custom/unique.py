"""Who has a unique value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Text, and_, any_, cast, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from chassis.custom.tables import custom_uniques
from chassis.errors import Conflict


def as_text(value: Any) -> str:
    """A value as PostgreSQL's `->>` writes it, which is how the table of unique values has it."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def taken(session: Session, model: type[Any], values: Mapping[str, Any], but: UUID | None = None) -> dict[str, UUID]:
    """Of `values` (key -> value of a unique field) those that a record other than `but` has, and which."""
    return {key: id_ for (key, _), id_ in holders(session, model, list(values.items())).items() if id_ != but}


def holders(session: Session, model: type[Any], pairs: Sequence[tuple[str, Any]]) -> dict[tuple[str, str], UUID]:
    """Who has each of many (key, value): one query, for imports. The key of the answer has the value as text."""
    if not pairs:
        return {}
    table = custom_uniques.c
    values: dict[str, list[str]] = {}
    for key, value in pairs:
        values.setdefault(key, []).append(as_text(value))
    wanted = or_(
        *(and_(table.key == key, table.value == any_(cast(texts, ARRAY(Text)))) for key, texts in values.items())
    )
    rows = session.execute(
        select(table.key, table.value, table.record_id).where(table.entity == model.__tablename__, wanted)
    )
    return {(row.key, row.value): row.record_id for row in rows}


def make_unique(session: Session, model: type[Any], key: str) -> None:
    """Take every value that is there into the table of unique ones. Conflict where two records have the same. The
    caller holds the entity."""
    name = model.__tablename__
    twice = text(
        f"SELECT custom ->> :key FROM {name} WHERE custom <> '{{}}' AND custom ->> :key IS NOT NULL"  # noqa: S608
        " GROUP BY 1 HAVING count(*) > 1 LIMIT 1"
    )
    if session.execute(twice, {"key": key}).first() is not None:
        raise Conflict("not_unique", "Several records have the same value of this field: make them differ first.")
    fill = text(
        "INSERT INTO custom_uniques (entity, key, value, record_id) SELECT :entity, :key, custom ->> :key, id"  # noqa: S608
        f" FROM {name} WHERE custom <> '{{}}' AND custom ->> :key IS NOT NULL"
    )
    session.execute(fill, {"entity": name, "key": key})
