"""Who gets leads."""

from __future__ import annotations

from collections.abc import Collection

_ROLE = "sales_rep"


def takes_leads(active: bool, roles: Collection[str]) -> bool:
    """Whether leads are handed to a user with these roles."""
    return active and _ROLE in roles
