"""What campaigns cost: the expenses that were recorded here, and those that sales approved."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.events import Event
from chassis.money import digits
from marketing.campaigns.model import Campaign, CampaignReport, Expense

_NOTHING = Decimal(0)


def report_decided(session: Session, event: Event) -> None:
    """What an expense report spent on our campaigns counts while it is approved (`expense.approved`), and no more once
    the approval is taken back (`expense.withdrawn`); the newest version of the report holds.

    Both tell the lines as they were approved: a report that comes again for other campaigns leaves nothing behind.
    """
    spent = _by_campaign(event)
    ours = select(Campaign).where(Campaign.id.in_(spent)).order_by(Campaign.id)
    for campaign in session.scalars(ours.with_for_update(key_share=True)):
        counts = event.data["status"] == "approved"
        row = insert(CampaignReport).values(
            report_id=UUID(event.data["report_id"]),
            campaign_id=campaign.id,
            amount=spent[campaign.id] if counts else _NOTHING,
            currency=event.data["currency"],
            sequence=event.sequence,
        )
        newer = {name: row.excluded[name] for name in ("amount", "currency", "sequence")}
        is_newer = CampaignReport.sequence < row.excluded.sequence
        keys = ["report_id", "campaign_id"]
        session.execute(row.on_conflict_do_update(index_elements=keys, set_=newer, where=is_newer))
        _reckon(session, campaign)


def by_currency(session: Session, campaign_id: UUID) -> list[dict[str, object]]:
    """The approved expense reports of a campaign: how many, and what they come to, in each currency."""
    amount = func.sum(CampaignReport.amount).label("amount")
    found = select(CampaignReport.currency, func.count().label("reports"), amount)
    counted = found.where(CampaignReport.campaign_id == campaign_id, CampaignReport.amount > 0)
    rows = session.execute(counted.group_by(CampaignReport.currency).order_by(CampaignReport.currency))
    return [row._asdict() for row in rows]


def _by_campaign(event: Event) -> dict[UUID, Decimal]:
    spent: dict[UUID, Decimal] = {}
    for line in event.data["lines"]:
        if line["campaign_id"]:
            campaign_id = UUID(line["campaign_id"])
            spent[campaign_id] = spent.get(campaign_id, _NOTHING) + Decimal(line["base_amount"])
    return spent


def _reckon(session: Session, campaign: Campaign) -> None:
    """Add up afresh what was spent in the campaign's own currency. Its row is locked: an expense that is being recorded
    adds itself on top."""
    recorded = select(func.coalesce(func.sum(Expense.amount), 0)).where(Expense.campaign_id == campaign.id)
    reports = select(func.coalesce(func.sum(CampaignReport.amount), 0)).where(
        CampaignReport.campaign_id == campaign.id, CampaignReport.currency == campaign.currency
    )
    spent = func.round(recorded.scalar_subquery() + reports.scalar_subquery(), digits(campaign.currency))
    statement = update(Campaign).where(Campaign.id == campaign.id).values(spent=spent)
    session.execute(statement, execution_options={"synchronize_session": False})
