"""Values as events hold them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

Record = TypeVar("Record")


def text(value: object) -> str | None:
    """An id, a date or a decimal as text; None stays None."""
    return None if value is None else str(value)


def by_owner(
    told: Mapping[Record, dict[str, Any]],
) -> Iterator[tuple[dict[str, str | None], dict[Record, dict[str, Any]]]]:
    """What is told of each record, parted by whose they are: an event of which all is one owner's is seen by them."""
    parts: dict[Any, dict[Record, dict[str, Any]]] = {}
    for record, said in told.items():
        whose: Any = record
        parts.setdefault((whose.owner_id, whose.team_id), {})[record] = said
    for (owner_id, team_id), part in parts.items():
        yield {"owner_id": text(owner_id), "team_id": text(team_id)}, part
