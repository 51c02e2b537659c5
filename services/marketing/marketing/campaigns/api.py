"""Campaigns over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from marketing.campaigns import actions
from marketing.campaigns.model import Campaign, Expense
from marketing.campaigns.schema import (
    CampaignIn,
    CampaignOut,
    CampaignPatch,
    ExpenseIn,
    ExpenseOut,
    ReturnOut,
)

api = Api("campaigns", scope="marketing")
api.add(
    Resource(
        Campaign,
        path="campaigns",
        read=CampaignOut,
        create=CampaignIn,
        update=CampaignPatch,
        filters=("code", "type", "state", "budget", "currency", "starts_on", "ends_on", "created_at"),
        sorts=("created_at", "name", "attributed_revenue"),
        on_create=actions.plan_campaign,
        on_update=actions.change_campaign,
    )
)
api.add(
    Resource(
        Expense,
        path="expenses",
        read=ExpenseOut,
        filters=("campaign_id", "spent_on", "amount", "created_at"),
        sorts=("created_at",),
    )
)


@api.post("/campaigns/<uuid:campaign_id>/launch", returns=CampaignOut, errors=(404, 409))
def launch(session: Session, campaign_id: UUID) -> Campaign:
    """Make a planned campaign active."""
    return actions.launch(session, campaign_id)


@api.post("/campaigns/<uuid:campaign_id>/complete", returns=CampaignOut, errors=(404, 409))
def complete(session: Session, campaign_id: UUID) -> Campaign:
    """Complete an active campaign."""
    return actions.complete(session, campaign_id)


@api.post("/campaigns/<uuid:campaign_id>/expenses", body=ExpenseIn, returns=ExpenseOut, status=201, errors=(404,))
def spend(session: Session, campaign_id: UUID, body: dict[str, Any]) -> Expense:
    """Record money spent on a campaign."""
    return actions.spend(session, campaign_id, body)


@api.get("/campaigns/<uuid:campaign_id>/return", returns=ReturnOut, errors=(404,))
def returns(session: Session, campaign_id: UUID) -> dict[str, Any]:
    """What a campaign cost and brought, its won deals per currency."""
    return actions.returns(session, campaign_id)
