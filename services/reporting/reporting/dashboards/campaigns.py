"""What campaigns brought in: the ones launched last, with their return on the budget."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from reporting.base import SERVICE
from reporting.dashboards.counters import ALL_TIME, LIVE, Figures, read
from reporting.dashboards.rules import return_on
from reporting.projections.model import CampaignRow

SHOWN = 20
_FIGURES = ("campaigns.responses", "campaigns.leads", "campaigns.revenue", "campaigns.credited")
_LATEST = (
    select(CampaignRow.id, CampaignRow.name, CampaignRow.budget, CampaignRow.currency, CampaignRow.launched_at)
    .where(CampaignRow.generation == LIVE, CampaignRow.launched_at.is_not(None))
    .order_by(CampaignRow.launched_at.desc(), CampaignRow.id.desc())
    .limit(SHOWN)
)


def latest(session: Session) -> list[dict[str, Any]]:
    """The last 20 campaigns, the newest first. For those who see everything: a budget has no owner."""
    rows = session.execute(_LATEST).all()
    figures = read(session, "all", _FIGURES, ALL_TIME, [str(row.id) for row in rows]) if rows else Figures()
    return [_campaign(row, figures) for row in rows]


def _campaign(row: Any, figures: Figures) -> dict[str, Any]:
    key = str(row.id)
    own = Figures(
        {
            figure: {cell: total for cell, total in figures.get(figure, {}).items() if cell[0] == key}
            for figure in _FIGURES
        }
    )
    revenue = own.net("campaigns.revenue", "campaigns.credited")
    comparable = next((line["net"] for line in revenue if line["currency"] == row.currency), Decimal(0))
    return {
        "campaign_id": row.id,
        "name": row.name,
        "budget": row.budget,
        "currency": row.currency,
        "launched_at": row.launched_at,
        "responses": own.count("campaigns.responses"),
        "leads": own.count("campaigns.leads"),
        "revenue": revenue,
        "roi": return_on(row.budget, comparable),
        "events": f"{SERVICE.url_prefix}/events?subject=campaigns/{key}",
    }
