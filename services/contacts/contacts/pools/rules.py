"""Why a customer does not get the owner that sales decided on."""

from __future__ import annotations

from uuid import UUID


def refusal(*, in_company: bool, partner_id: UUID | None, owner_id: UUID | None, expected: UUID | None) -> str | None:
    """None: nothing is against it. `expected` is whose sales took it for; the people of a company go with it, and
    what is a partner's stays."""
    if in_company:
        return "in_company"
    if partner_id is not None:
        return "partner"
    return None if owner_id == expected else "changed"
