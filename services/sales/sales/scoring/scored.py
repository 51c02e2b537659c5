"""What is scored: deals, or leads. The rest of this room asks here for whatever differs between the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from sales.scoring.rules import Factor
from sales.scoring.wording import Said


class Closed(NamedTuple):
    """What is learnt of one that came to an end: `facts` as it was then, `halfway` as it stood in the middle."""

    id: UUID
    won: bool
    closed_at: datetime
    facts: dict[str, list[str]]
    halfway: dict[str, list[str]]


@dataclass(frozen=True)
class Scored:
    """One kind of what is scored: its model, the tables of what is learnt (`key` names their column with its id), by
    which `factors`, in which words. `choice` is the row of `ScoringChoice` with those that are chosen.

    In the statuses `won` and `lost` it has come to an end and is learnt from, in `open` it is scored. `read_open` gives
    the facts of those of the ids that are open, `read_closed` what is to be learnt of those that have ended, in the
    order of their ids. `names` says what values are called that are ids or bounds, by factor and value.
    """

    name: str
    choice: int
    model: type[Any]
    key: str
    outcomes: type[Any]
    frequencies: type[Any]
    scores: type[Any]
    open: tuple[str, ...]
    won: tuple[str, ...]
    lost: tuple[str, ...]
    factors: tuple[str, ...]
    said: Said
    read_open: Callable[[Session, Sequence[UUID]], dict[UUID, dict[str, list[str]]]]
    read_closed: Callable[[Session, Sequence[UUID]], list[Closed]]
    names: Callable[[Session, Sequence[Factor]], Mapping[tuple[str, str], str]]

    @property
    def ended(self) -> tuple[str, ...]:
        """The statuses that are learnt from."""
        return (*self.won, *self.lost)

    def key_of(self, table: type[Any]) -> Any:
        """The column of outcomes or scores with the id of what they are of."""
        return getattr(table, self.key)
