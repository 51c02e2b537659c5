"""Months and quarters of the fiscal year, in which targets, forecasts and commissions are counted."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import NamedTuple

from chassis.errors import Invalid

KINDS = ("month", "quarter")
_LENGTH = {"month": 1, "quarter": 3}
_LAST = date(9000, 1, 1)  # later days have no end of a quarter to calculate with


class Period(NamedTuple):
    """A month or quarter; `end` is the first day that is not in it."""

    kind: str
    begin: date
    end: date

    @property
    def instants(self) -> tuple[datetime, datetime]:
        """The same as instants, UTC."""
        return datetime.combine(self.begin, time.min, UTC), datetime.combine(self.end, time.min, UTC)

    @property
    def months(self) -> list[date]:
        """The first days of its months."""
        return [_later(self.begin, months) for months in range(_LENGTH[self.kind])]

    def before(self, periods: int = 1) -> Period:
        """The one that is so many periods earlier."""
        begin = _later(self.begin, -periods * _LENGTH[self.kind])
        return Period(self.kind, begin, _later(begin, _LENGTH[self.kind]))


def period_of(kind: str, on: date, first_month: int = 1, field: str = "on") -> Period:
    """The month or quarter that a day is in; the fiscal year begins with `first_month` (1-12). Invalid, naming
    `field`, for a day in the first years of the calendar or its last ones."""
    if not date(10, 1, 1) <= on < _LAST:
        raise Invalid(field, "out_of_range", "There is no period to count in on this day.")
    begin = on.replace(day=1)
    if kind == "quarter":
        begin = _later(begin, -((on.month - first_month) % 3))
    return Period(kind, begin, _later(begin, _LENGTH[kind]))


def _later(first: date, months: int) -> date:
    years, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(years, month + 1, 1)
