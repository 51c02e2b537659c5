"""Who gets leads."""

from __future__ import annotations

from collections.abc import Collection

_ROLE, _MANAGER = "sales_rep", "sales_manager"


def takes_leads(active: bool, roles: Collection[str]) -> bool:
    """Whether leads are handed to a user with these roles."""
    return active and _ROLE in roles


def manages(active: bool, roles: Collection[str]) -> bool:
    """Whether what is overdue in their team goes to a user with these roles."""
    return active and _MANAGER in roles
