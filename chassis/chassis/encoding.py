"""Values as JSON, the way the platform writes it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import orjson
from sqlalchemy.engine import Row


def to_json(value: Any) -> bytes:
    """JSON as the platform writes it: instants in UTC with `Z`, ids and decimals as strings."""
    return orjson.dumps(value, default=_other, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)


def _other(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if isinstance(value, Row):
        return dict(value._mapping)
    raise TypeError(f"{type(value).__name__} is not JSON")
