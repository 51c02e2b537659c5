"""What lies in a pool, as those see it who may claim it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sales.leads.model import Lead
from sales.pools.model import Pool

_SHOWN = (
    "id", "name", "company_name", "country", "region", "source", "status", "score", "campaign_id", "territory_id",
    "pooled_at", "last_activity_at", "created_at",
)  # fmt: skip
_REACHED_BY = ("email", "phone", "message")


def shown(pool: Pool, lead: Lead) -> Mapping[str, Any]:
    """A pooled lead; how to reach the person is left out where the pool masks it, and said to be known."""
    row = {name: getattr(lead, name) for name in _SHOWN}
    row |= {name: None if pool.masked else getattr(lead, name) for name in _REACHED_BY}
    return row | {"has_email": bool(lead.email), "has_phone": bool(lead.phone)}
