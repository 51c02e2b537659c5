"""Values as events hold them."""

from __future__ import annotations


def text(value: object) -> str | None:
    """An id, a date or a decimal as text; None stays None."""
    return None if value is None else str(value)
