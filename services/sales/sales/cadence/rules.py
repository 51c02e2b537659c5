"""When a lead is to be followed up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

_TITLES = ("First contact with a new lead", "Second contact with a lead")


# Behind every step of a cadence: of what is planned, an interaction does the step that comes first.
WARNING = 1000


@dataclass(frozen=True)
class Step:
    """One follow-up: its number (from 1), when it is due, and a title without personal data."""

    number: int
    due_at: datetime
    title: str


def plan(days: Sequence[int], done: int, since: datetime) -> list[Step]:
    """The steps left of a cadence of which `done` are done, each due its number of `days` after `since`."""
    left = list(enumerate(days, start=1))[done:]
    return [Step(number, since + timedelta(days=wait), _title(number)) for number, wait in left]


def warning(goes_back_at: datetime) -> Step:
    """What is to be done before a lead goes back to its public pool at this instant."""
    return Step(WARNING, goes_back_at, "Follow up a lead before it goes back to the public pool")


def _title(number: int) -> str:
    return _TITLES[number - 1] if number <= len(_TITLES) else f"Contact {number} with a lead"
