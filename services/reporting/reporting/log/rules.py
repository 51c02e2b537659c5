"""The gap ledger, what of a source's dense positions has not come yet; and what an event's data is stored as."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from math import isfinite
from typing import Any


@dataclass(frozen=True, slots=True)
class Hole:
    """Positions `first` to `last`, both missing, first missed at `noticed_at`."""

    first: int
    last: int
    noticed_at: datetime


@dataclass
class Ledger:
    """All of a source's positions up to `highest` have come, except those in `holes` (apart, ascending)."""

    highest: int = 0
    holes: list[Hole] = field(default_factory=list)

    def arrived(self, position: int, now: datetime) -> None:
        """Take note of a position. One that came before changes nothing."""
        if position > self.highest:
            if position > self.highest + 1:
                self.holes.append(Hole(self.highest + 1, position - 1, now))
            self.highest = position
            return
        for index, hole in enumerate(self.holes):
            if hole.first <= position <= hole.last:
                self.holes[index : index + 1] = _without(hole, position)
                return


def _without(hole: Hole, position: int) -> list[Hole]:
    """What is left of a hole when one of its positions has come."""
    parts = Hole(hole.first, position - 1, hole.noticed_at), Hole(position + 1, hole.last, hole.noticed_at)
    return [part for part in parts if part.first <= part.last]


def storable(value: Any) -> Any:
    """A JSON value as PostgreSQL's jsonb and any reader can hold it.

    NUL characters and lone surrogates become U+FFFD, NaN and infinities null, numbers beyond 64 bits text.
    """
    if isinstance(value, str):
        return value if value.isascii() and "\x00" not in value else _plain_text(value)
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, int) and abs(value) >= 2**63:
        return str(value)
    return value


def _plain_text(value: str) -> str:
    return value.replace("\x00", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
