"""How amounts of money are kept."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric
from sqlalchemy.types import TypeDecorator

from chassis.errors import Invalid

_TOO_LARGE = 10**16


class Amount(TypeDecorator[Decimal]):
    """`numeric` without a scale: PostgreSQL keeps with each value the decimals that it was written with, those of its
    currency (`chassis.money`). At most 16 digits stand before them: Invalid for more."""

    impl = Numeric
    cache_ok = True

    @property
    def python_type(self) -> type[Decimal]:
        """What a list filters, sorts and pages by."""
        return Decimal

    def process_bind_param(self, value: Any, dialect: Any) -> Any:  # noqa: ARG002
        """Refuse what is too large for anybody who reads it."""
        if value is not None and abs(value) >= _TOO_LARGE:
            raise Invalid("", "out_of_range", "An amount is too large.")
        return value
