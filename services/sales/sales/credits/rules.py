"""What makes a split sound."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from chassis.errors import FieldError, Invalid

KINDS = ("revenue", "overlay")
WHOLE = Decimal("100.00")


class Credit(NamedTuple):
    """A rep's share, per cent."""

    rep_id: UUID
    kind: str
    percent: Decimal


def check_split(credits: Sequence[Credit]) -> None:
    """Invalid, naming every place at fault, unless each rep has one share of a kind and those of the revenue are the
    whole of it, to the hundredth."""
    held = [(one.rep_id, one.kind) for one in credits]
    errors = [
        FieldError(f"credits.{place}.rep_id", "duplicate", "This rep has a share of this kind already.")
        for place, one in enumerate(held)
        if one in held[:place]
    ]
    shared = sum((one.percent for one in credits if one.kind == "revenue"), Decimal(0))
    if credits and shared != WHOLE:
        errors.append(
            FieldError("credits", "not_whole", f"The shares of the revenue come to {shared} %, not to 100 %.")
        )
    if errors:
        raise Invalid.many(errors)
