"""Planning, running and reckoning campaigns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chassis import clock, money
from chassis.access import load
from chassis.events import emit
from chassis.ids import uuid7
from marketing.campaigns import costs, rules
from marketing.campaigns.model import Campaign, CampaignDeal, Expense


def plan_campaign(session: Session, data: dict[str, Any]) -> Campaign:
    """A new campaign, planned. The database refuses a code that is taken."""
    rules.check_dates(data["starts_on"], data["ends_on"])
    code = data.get("code") or rules.code_of(data["name"], uuid7().hex[-6:])
    budget, none = money.in_units(data, data["currency"], "budget"), money.nothing(data["currency"])
    nothing = {"responses": 0, "leads": 0, "won_deals": 0, "spent": none, "attributed_revenue": none,
               "credited_revenue": none}  # fmt: skip
    campaign = Campaign(**data | {"code": code} | budget | nothing, state=rules.PLANNED)
    session.add(campaign)
    return campaign


def change_campaign(_session: Session, campaign: Campaign, changes: dict[str, Any]) -> Campaign:
    """Change what a campaign plans."""
    starts, ends = (changes.get(name, getattr(campaign, name)) for name in ("starts_on", "ends_on"))
    rules.check_dates(starts, ends)
    for name, value in (changes | money.in_units(changes, campaign.currency, "budget")).items():
        setattr(campaign, name, value)
    return campaign


def launch(session: Session, campaign_id: UUID) -> Campaign:
    """planned -> active, and everybody is told."""
    campaign = _step(session, campaign_id, rules.ACTIVE)
    campaign.launched_at = clock.now()
    return _tell(session, "campaign.launched", campaign)


def complete(session: Session, campaign_id: UUID) -> Campaign:
    """active -> completed. Responses and deals that come later still count."""
    campaign = _step(session, campaign_id, rules.COMPLETED)
    campaign.completed_at = clock.now()
    return _tell(session, "campaign.completed", campaign)


def spend(session: Session, campaign_id: UUID, data: dict[str, Any]) -> Expense:
    """Record an expense and add it to what the campaign has spent."""
    campaign = load(session, Campaign, campaign_id)
    said = data | money.in_units(data, campaign.currency, "amount")
    expense = Expense(**{"spent_on": clock.now().date()} | said, campaign_id=campaign.id)
    session.add(expense)
    session.flush()
    _count(session, campaign.id, spent=Campaign.spent + expense.amount)
    return expense


def returns(session: Session, campaign_id: UUID) -> dict[str, Any]:
    """What a campaign cost and brought, expense reports of sales and won deals per currency, less what was credited."""
    campaign = load(session, Campaign, campaign_id)
    statement = (
        select(CampaignDeal.currency, func.count(), func.sum(CampaignDeal.amount), func.sum(CampaignDeal.credited))
        .where(CampaignDeal.campaign_id == campaign.id, CampaignDeal.won)
        .group_by(CampaignDeal.currency)
        .order_by(CampaignDeal.currency)
    )
    return {
        "campaign_id": campaign.id,
        "currency": campaign.currency,
        "budget": campaign.budget,
        "spent": campaign.spent,
        "expense_reports": costs.by_currency(session, campaign.id),
        "attributed_revenue": campaign.attributed_revenue,
        "credited_revenue": campaign.credited_revenue,
        "roi": campaign.roi,
        "revenue": [_revenue(*row) for row in session.execute(statement)],
    }


def _revenue(currency: str, deals: int, amount: Decimal, credited: Decimal) -> dict[str, Any]:
    sums = {"amount": amount, "credited": credited, "net": amount - credited}
    return {"currency": currency, "deals": deals} | {name: money.rounded(sum_, currency) for name, sum_ in sums.items()}


def find(session: Session, reference: str) -> Campaign | None:
    """The campaign of that id or code."""
    try:
        return session.get(Campaign, UUID(reference))
    except ValueError:
        return session.scalars(select(Campaign).where(Campaign.code == reference)).one_or_none()


def count_response(session: Session, campaign_id: UUID) -> None:
    """One more answered the campaign."""
    _count(session, campaign_id, responses=Campaign.responses + 1)


def _step(session: Session, campaign_id: UUID, target: str) -> Campaign:
    campaign = load(session, Campaign, campaign_id, lock=True)
    rules.check_step(campaign.state, target)
    campaign.state = target
    return campaign


def _tell(session: Session, type_: str, campaign: Campaign) -> Campaign:
    data = {"campaign_id": str(campaign.id), "name": campaign.name, "currency": campaign.currency}
    emit(session, type_, campaign, data | {"budget": str(campaign.budget)})
    return campaign


def _count(session: Session, campaign_id: UUID, **sums: Any) -> None:
    """Add to sums in the database itself, so that concurrent additions all count, without a new version."""
    session.execute(update(Campaign).where(Campaign.id == campaign_id).values(**sums))
