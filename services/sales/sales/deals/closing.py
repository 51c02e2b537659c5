"""Win or lose a deal, or open it again."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.access import load
from chassis.errors import Conflict
from sales.competitors import actions as competitors
from sales.credits.actions import as_told, credits_of
from sales.currencies.actions import value
from sales.deals import rules
from sales.deals.checks import check_exit, check_required
from sales.deals.events import tell
from sales.deals.model import Deal, StagePassage
from sales.deals.moving import begin_stay, came_from, enter_stage, stand_in
from sales.pipelines.actions import find_stage, first_stage, way_to
from sales.pipelines.model import Stage
from sales.told import text
from sales.winloss.actions import reason_for


def win_deal(
    session: Session, deal_id: UUID, product: str | None = None, reason: str | None = None,
    reason_id: UUID | None = None, detail: str | None = None,
) -> Deal:  # fmt: skip
    """Win an open deal, once. `product` is what was sold, in a word; the reason is one of those to choose from, if any.
    Conflict where its stage's exit checks are not met; Invalid names the fields that the won stage requires and that
    are missing."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_open(deal.status)
    chosen = reason_for(session, "won", reason_id, reason)
    current, stage = way_to(session, "won", deal.pipeline_id, deal.stage_id)
    check_exit(session, deal, current, stage)
    check_required(deal, stage, product=product)
    credits = as_told(credits_of(session, deal))
    _close(session, deal, stage)
    deal.product, deal.reason_detail = product, detail
    deal.reason_id, deal.won_reason = chosen
    tell(session, "deal.won", deal, product=product, reason=deal.won_reason, credits=credits)
    begin_stay(session, deal)
    competitors.beaten(session, deal)
    return deal


def lose_deal(
    session: Session, deal_id: UUID, reason: str | None = None, reason_id: UUID | None = None,
    detail: str | None = None, competitor_id: UUID | None = None,
) -> Deal:  # fmt: skip
    """Lose an open deal, once, and say why, and to whom if it was to somebody. Invalid without a reason, or with one
    that is not among those to choose from; `detail` is not told to the other services."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_open(deal.status)
    chosen = reason_for(session, "lost", reason_id, reason)
    stage = first_stage(session, "lost", deal.pipeline_id)
    check_required(deal, stage)
    _close(session, deal, stage)
    deal.reason_id, deal.lost_reason = chosen
    deal.reason_detail = detail
    if competitor_id:
        competitors.lost_to(session, deal, competitor_id)
    told = {"reason_id": text(deal.reason_id), "competitor_id": text(competitor_id)}
    tell(session, "deal.lost", deal, reason=deal.lost_reason, **told)
    begin_stay(session, deal)
    return deal


def reopen_deal(session: Session, deal_id: UUID, stage_id: UUID | None = None) -> Deal:
    """Open a closed deal again, in `stage_id` or where it stood last. Conflict once an order was placed from it."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_closed(deal.status)
    if deal.ordered:
        raise Conflict("deal_ordered", "An order was placed from the deal; it stays won.")
    stage = find_stage(session, stage_id) if stage_id else _last_open_stage(session, deal)
    rules.check_stage(deal.pipeline_id, stage.pipeline_id, stage.kind)
    competitors.undecided(session, deal)
    before = came_from(deal)
    enter_stage(session, deal, stage)
    deal.closed_at = deal.closed_from_id = deal.closed_from = deal.product = None
    deal.reason_id = deal.lost_reason = deal.won_reason = deal.reason_detail = None
    value(session, deal)
    tell(session, "deal.stage_changed", deal, **before)
    return deal


def _close(session: Session, deal: Deal, stage: Stage) -> None:
    """Its stay in the stage is to begin once it is told of: all that nobody waits for is sent at once then."""
    deal.closed_from_id, deal.closed_from = deal.stage_id, deal.stage
    stand_in(deal, stage)
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
