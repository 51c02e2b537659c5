"""How the platform writes an instant, wherever it is text. Standard library only: rules may use it."""

from __future__ import annotations

from datetime import UTC, datetime


def instant_text(instant: datetime) -> str:
    """An aware instant by RFC 3339, in UTC with `Z`: `2026-03-02T09:00:00Z`."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
