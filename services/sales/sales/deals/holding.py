"""Put a deal on hold and take it up again; find the deals that are stalled."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, true, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from sales.deals import rules
from sales.deals.events import tell
from sales.deals.model import Deal, StagePassage
from sales.deals.moving import begin_anew
from sales.pipelines.model import Pipeline, Stage
from sales.settings import settings

_UNDER_WAY = Deal.status == "open", ~Deal.stalled, Deal.held_until.is_(None)


def hold_deal(session: Session, deal_id: UUID, until: date, reason: str) -> Deal:
    """Let an open deal rest in its stage until a day, and say why; the same again is no news."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_open(deal.status)
    rules.check_hold(until, clock.now().date())
    if (deal.held_until, deal.hold_reason) != (until, reason):
        deal.held_until, deal.hold_reason = until, reason
        deal.stalled, deal.stalled_because = False, None
        tell(session, "deal.held", deal, until=until.isoformat(), reason=reason)
    return deal


def resume_deal(session: Session, deal_id: UUID) -> Deal:
    """Take a deal up again before its hold is over; one that is not on hold stays as it is."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_open(deal.status)
    if deal.held_until:
        _resume(session, deal)
    return deal


def end_holds(session: Session, now: datetime) -> int:
    """Take up the deals whose hold is over; how many. In batches."""
    over = select(Deal).where(Deal.held_until <= now.date()).order_by(Deal.held_until).limit(settings().sweep_batch)
    deals = session.scalars(over.with_for_update(skip_locked=True, of=Deal, key_share=True)).all()
    for deal in deals:
        _resume(session, deal)
    return len(deals)


def flag_stalled(session: Session, now: datetime) -> int:
    """Flag the open deals that stand in their stage for longer than it allows, or that nobody talked about for too
    long; how many. In batches. It is told once of each stay in a stage."""
    aged = _under_way(now, Deal.aging_since, Stage.max_days)
    silent = _under_way(now, Deal.last_activity_at, Pipeline.idle_days)
    return _flag(session, now, aged, "stage_time") + _flag(session, now, silent, "no_activity")


def _resume(session: Session, deal: Deal) -> None:
    deal.held_until = deal.hold_reason = None
    begin_anew(deal)
    tell(session, "deal.resumed", deal)


def _under_way(now: datetime, since: Any, days: Any) -> Select[Any]:
    """The deals for which it is too long. The oldest of each stage, by an index: how many they are is what PostgreSQL
    cannot tell, and it would read all open deals every time."""
    batch, too_long = settings().sweep_batch, since < now - func.make_interval(0, 0, 0, days)
    oldest = (
        select(Deal.id).where(Deal.stage_id == Stage.id, *_UNDER_WAY, too_long).order_by(since).limit(batch).lateral()
    )
    stages = select(oldest.c.id).select_from(Stage).join(Pipeline, Pipeline.id == Stage.pipeline_id)
    found = stages.join(oldest, true()).where(days.is_not(None)).limit(batch)
    return select(Deal).where(Deal.id.in_(found), *_UNDER_WAY)


def _flag(session: Session, now: datetime, found: Select[Any], because: str) -> int:
    deals = session.scalars(found.with_for_update(skip_locked=True, of=Deal, key_share=True)).all()
    stays = update(StagePassage).where(StagePassage.deal_id.in_([deal.id for deal in deals]))
    first = stays.where(StagePassage.left_at.is_(None), StagePassage.stalled_at.is_(None)).values(stalled_at=now)
    news = set(session.scalars(first.returning(StagePassage.deal_id))) if deals else set()
    for deal in deals:
        deal.stalled, deal.stalled_because = True, because
        if deal.id in news:
            tell(session, "deal.stalled", deal, because=because)
    return len(deals)
