"""What a study of won and lost deals says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from chassis.errors import Invalid

KINDS = ("won", "lost")
BY = ("reason", "competitor", "stage", "rep", "source", "pipeline", "month")
_A_YEAR = timedelta(days=365)
_PLACES = Decimal("0.01")


def choose(
    kind: str, choices: Mapping[UUID, str], reason_id: UUID | None, text: str | None
) -> tuple[UUID | None, str | None]:
    """The reason of a closed deal: its id and its words. By its id or by its words, of the active `choices`; in any
    words where there are none to choose from. Invalid for another, and for a loss without one."""
    if reason_id:
        if reason_id not in choices:
            raise Invalid("reason_id", "unknown_reason", f"There is no active reason of kind {kind} with this id.")
        return reason_id, choices[reason_id]
    if text is None:
        if kind == "lost":
            raise Invalid("reason", "required", "A loss needs a reason.")
        return None, None
    same = next((one for one, name in choices.items() if name.casefold() == text.casefold()), None)
    if choices and same is None:
        raise Invalid("reason", "not_a_choice", f"Must be one of: {', '.join(choices.values())}.")
    return same, choices[same] if same else text


def period(begin: date | None, end: date | None, today: date) -> tuple[date, date]:
    """The days of a study, both included: a year until today unless told otherwise. Invalid when they are turned
    round."""
    last = end or today
    first = begin or last - min(_A_YEAR, last - date.min)
    if first > last:
        raise Invalid("from", "after_the_end", "The period begins after its end.")
    return first, last


def win_rate(won: int, lost: int) -> Decimal | None:
    """Of a hundred closed deals so many were won, two places; None where none was closed."""
    closed = won + lost
    return (Decimal(100 * won) / closed).quantize(_PLACES, rounding=ROUND_HALF_UP) if closed else None
