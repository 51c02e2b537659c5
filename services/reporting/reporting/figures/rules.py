"""What folds are written in: the fact that came, the entries that a state is worth, and careful reading of data.

A state is folded from the facts of one thing (a lead, a deal). What it is worth is a list of entries; when a fact
changes the state, the counters move by the difference between what it was worth before and after. A fold gives the same
state whatever the order of the facts, and however often one of them comes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from chassis.errors import Malformed
from chassis.money import rounded

ZERO = Decimal(0)
_LIMIT = Decimal(10) ** 15
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_MAX_TEXT = 200

Ordered = TypeVar("Ordered", datetime, str)


class Fact(NamedTuple):
    """An event as a fold sees it. `mark` orders the facts of one thing: the higher, the newer."""

    position: int
    mark: str
    source: str
    type: str
    time: datetime
    data: Mapping[str, Any]


class Reach(NamedTuple):
    """Who a figure belongs to, beside everybody."""

    owner_id: str | None = None
    team_id: str | None = None
    partner_id: str | None = None


NOBODY = Reach()


class Entry(NamedTuple):
    """One thing counted. `day` (UTC) is None for what is true now rather than of a day; `amount` is in `currency`."""

    figure: str
    day: date | None = None
    key: str = ""
    currency: str = ""
    number: int = 1
    amount: Decimal = ZERO


def mark(sequence: int, event_id: object) -> str:
    """The order of an entity's events: by its version, among events of one version by id (UUIDv7, so by time)."""
    return f"{sequence:012d}/{event_id}"


def reach(data: Mapping[str, Any], owner: str = "owner_id") -> Reach:
    """Whose `data` is; `owner` names the field that says so."""
    return Reach(optional_id(data, owner), optional_id(data, "team_id"), optional_id(data, "partner_id"))


def earliest(known: Ordered | None, new: Ordered | None) -> Ordered | None:
    """The lower of two, of which either may be missing."""
    if known is None or new is None:
        return known if new is None else new
    return min(known, new)


def day(instant: datetime | None) -> date | None:
    """The UTC day of an instant."""
    return None if instant is None else instant.date()


def required_id(data: Mapping[str, Any], name: str) -> str:
    """A UUID as lower-case text. Malformed without one."""
    found = optional_id(data, name)
    if found is None:
        raise Malformed(f"{name} is missing.")
    return found


def optional_id(data: Mapping[str, Any], name: str) -> str | None:
    """A UUID as lower-case text, or None."""
    value = data.get(name)
    if value is None:
        return None
    id_ = _as_id(value) if isinstance(value, str) else None
    if id_ is None:
        raise Malformed(f"{name} is not a UUID.")
    return id_


@lru_cache(maxsize=20_000)  # the same reps, teams and campaigns come all the time
def _as_id(value: str) -> str | None:
    lowered = value.lower()
    return lowered if _UUID.fullmatch(lowered) else None


def text(data: Mapping[str, Any], name: str, default: str = "") -> str:
    """A short text that may serve as a key; `default` where it is missing."""
    value = data.get(name)
    if value is None:
        return default
    if not isinstance(value, str):
        raise Malformed(f"{name} is not a text.")
    return value[:_MAX_TEXT]


def flag(data: Mapping[str, Any], name: str) -> bool | None:
    """True, False or unknown."""
    value = data.get(name)
    if value is not None and not isinstance(value, bool):
        raise Malformed(f"{name} is not true or false.")
    return value


def instant(data: Mapping[str, Any], name: str) -> datetime | None:
    """An instant in UTC, or None."""
    value = data.get(name)
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise Malformed(f"{name} is not an instant.") from None


def number(data: Mapping[str, Any], name: str, low: int, high: int) -> int:
    """A whole number from `low` to `high`."""
    value = data.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise Malformed(f"{name} is not a whole number from {low} to {high}.")
    return value


def money(data: Mapping[str, Any], name: str) -> tuple[Decimal, str]:
    """An amount in the units of its currency, and that (`data["currency"]`, ISO 4217). A missing amount is 0."""
    value, currency = data.get(name), data.get("currency")
    try:
        amount = ZERO if value is None else Decimal(str(value))
    except InvalidOperation:
        raise Malformed(f"{name} is not an amount.") from None
    if not amount.is_finite() or abs(amount) >= _LIMIT:
        raise Malformed(f"{name} is not an amount.")
    if not isinstance(currency, str) or not _CURRENCY.fullmatch(currency):
        raise Malformed("currency is not a currency code.")
    return rounded(amount, currency), currency
