"""The list of scored leads: asked, sorted and paged like the list of leads."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.http.lists import ListSpec
from chassis.schema import fields
from sales.leads.model import Lead
from sales.scoring.model import LeadScore

_IDS = ("owner_id", "team_id", "campaign_id", "pool_id", "territory_id")
_TEXTS = ("status", "source", "country")
SCORED_LEADS = ListSpec(
    Lead,
    {
        "probability": (LeadScore.probability, fields.Decimal(as_string=True)),
        **{name: (getattr(Lead, name), fields.Id()) for name in _IDS},
        **{name: (getattr(Lead, name), fields.String()) for name in _TEXTS},
        "score": (Lead.score, fields.Integer()),
        "qualification_score": (Lead.qualification_score, fields.Integer()),
        "created_at": (Lead.created_at, fields.Instant()),
    },
    ("score", "qualification_score"),
    default_sort="-probability",
    joined={"probability": LeadScore.probability},
)


def scored_leads(session: Session, query: dict[str, str]) -> dict[str, Any]:
    """A page of the scored leads within reach, the likeliest to be converted first."""
    columns: tuple[Any, ...] = (
        Lead.id, LeadScore.lead_id, Lead.name, Lead.company_name, Lead.status, Lead.source, Lead.owner_id, Lead.score,
        Lead.qualification_score, Lead.created_at, LeadScore.probability, LeadScore.scored_at,
    )  # fmt: skip
    return SCORED_LEADS.page(select(*columns).join(LeadScore, LeadScore.lead_id == Lead.id), query, session)
