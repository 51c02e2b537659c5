"""What can be set about receipts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from marshmallow import validate

from chassis.settings import Env, load_settings

MIB = 1024 * 1024


@dataclass(frozen=True)
class ReceiptSettings:
    """`max_bytes`: of one receipt."""

    max_bytes: int

    @classmethod
    def read(cls, env: Env) -> Self:
        """From `SALES_RECEIPT_MAX_MB`."""
        return cls(max_bytes=(env.int("SALES_RECEIPT_MAX_MB", 10, validate=validate.Range(1, 100)) or 0) * MIB)


@lru_cache
def settings() -> ReceiptSettings:
    """The settings of this process, read once."""
    return load_settings(ReceiptSettings)


def max_body() -> int:
    """The bytes of a form with one receipt."""
    return settings().max_bytes + MIB
