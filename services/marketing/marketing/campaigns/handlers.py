"""What other services tell of leads and deals that a campaign brought."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis.events import Event
from chassis.money import digits
from marketing.campaigns.model import Campaign, CampaignDeal, CampaignLead


def lead_created(session: Session, event: Event) -> None:
    """A lead that names one of our campaigns counts once, however often it is told."""
    campaign = _campaign_of(session, event)
    if campaign is None:
        return
    row = insert(CampaignLead).values(lead_id=UUID(event.data["lead_id"]), campaign_id=campaign.id)
    new = session.execute(row.on_conflict_do_nothing().returning(CampaignLead.lead_id)).first()
    if new:
        statement = update(Campaign).where(Campaign.id == campaign.id)
        session.execute(statement.values(leads=Campaign.leads + 1))


def deal_told(session: Session, event: Event) -> None:
    """The amount of a won deal, less what is credited of it, goes to the campaign that it named first; a later version
    of the deal replaces it, and one that is open again counts no more. Each event tells all of that, so that they may
    come in any order.

    Only amounts in the campaign's own currency add up to its revenue; the others are kept beside, see
    `actions.returns`.
    """
    campaign = _campaign_of(session, event, lock=True)
    if campaign is None:
        return
    row = insert(CampaignDeal).values(
        deal_id=UUID(event.data["deal_id"]),
        campaign_id=campaign.id,
        amount=Decimal(event.data["amount"]),
        credited=Decimal(event.data.get("credited", 0)),  # not told by sales of before
        currency=event.data["currency"],
        won=event.data["stage_kind"] == "won",
        sequence=event.sequence,
    )
    newer = {name: row.excluded[name] for name in ("amount", "credited", "currency", "won", "sequence")}
    is_newer = CampaignDeal.sequence < row.excluded.sequence
    session.execute(row.on_conflict_do_update(index_elements=["deal_id"], set_=newer, where=is_newer))
    _reckon(session, campaign)


def _reckon(session: Session, campaign: Campaign) -> None:
    """Add up the campaign's won deals afresh. Its row is locked, so that no other deal slips in between."""
    deals = select(CampaignDeal).where(CampaignDeal.campaign_id == campaign.id, CampaignDeal.won).subquery()

    def total(amount: ColumnElement[Decimal]) -> ScalarSelect[Decimal]:
        whole = func.round(func.coalesce(func.sum(amount), 0), digits(campaign.currency))
        return select(whole).where(deals.c.currency == campaign.currency).scalar_subquery()

    sums = {
        "won_deals": select(func.count()).select_from(deals).scalar_subquery(),
        "attributed_revenue": total(deals.c.amount - deals.c.credited),
        "credited_revenue": total(deals.c.credited),
    }
    statement = update(Campaign).where(Campaign.id == campaign.id).values(sums)
    session.execute(statement, execution_options={"synchronize_session": False})


def _campaign_of(session: Session, event: Event, *, lock: bool = False) -> Campaign | None:
    """The campaign that the event names; None if it names none, or one that is not ours."""
    if not event.data.get("campaign_id"):
        return None
    statement = select(Campaign).where(Campaign.id == UUID(event.data["campaign_id"]))
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()
