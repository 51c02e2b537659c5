"""Win or lose a deal, or open it again."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.errors import Conflict
from sales.currencies.actions import value
from sales.deals import rules
from sales.deals.checks import check_exit, check_required
from sales.deals.events import tell
from sales.deals.model import Deal, StagePassage
from sales.deals.moving import change_stage, enter_stage
from sales.pipelines.actions import find_stage, first_stage
from sales.pipelines.model import Stage


def win_deal(session: Session, deal_id: UUID, product: str | None = None) -> Deal:
    """Win an open deal, once. `product` is what was sold, in a word. Conflict where its stage's exit checks are not
    met; Invalid names the fields that the won stage requires and that are missing."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_open(deal.status)
    deal.product = product
    stage = first_stage(session, "won", deal.pipeline_id)
    check_exit(session, deal, stage)
    check_required(deal, stage)
    _close(session, deal, stage)
    tell(session, "deal.won", deal, product=product)
    return deal


def lose_deal(session: Session, deal_id: UUID, reason: str) -> Deal:
    """Lose an open deal, once, and say why."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_open(deal.status)
    stage = first_stage(session, "lost", deal.pipeline_id)
    check_required(deal, stage)
    _close(session, deal, stage)
    deal.lost_reason = reason
    tell(session, "deal.lost", deal, reason=reason)
    return deal


def reopen_deal(session: Session, deal_id: UUID, stage_id: UUID | None = None) -> Deal:
    """Open a closed deal again, in `stage_id` or where it stood last. Conflict once an order was placed from it."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_closed(deal.status)
    if deal.ordered:
        raise Conflict("deal_ordered", "An order was placed from the deal; it stays won.")
    stage = find_stage(session, stage_id) if stage_id else _last_open_stage(session, deal)
    rules.check_stage(deal.pipeline_id, stage.pipeline_id, stage.kind)
    deal.closed_at = deal.lost_reason = deal.product = None
    value(session, deal)
    change_stage(session, deal, stage)
    return deal


def _close(session: Session, deal: Deal, stage: Stage) -> None:
    enter_stage(session, deal, stage)
    deal.closed_at = deal.stage_entered_at
    value(session, deal)


def _last_open_stage(session: Session, deal: Deal) -> Stage:
    last = (
        select(Stage)
        .join(StagePassage, StagePassage.stage_id == Stage.id)
        .where(StagePassage.deal_id == deal.id, StagePassage.kind == "open", Stage.pipeline_id == deal.pipeline_id)
        .order_by(StagePassage.entered_at.desc(), StagePassage.id.desc())
        .limit(1)
    )
    return session.scalars(last).one_or_none() or first_stage(session, "open", deal.pipeline_id)
