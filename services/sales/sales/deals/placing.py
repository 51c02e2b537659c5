"""Put a card into its place on the board, while others drag theirs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, tuple_, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from chassis import clock
from chassis.access import load, visible
from chassis.errors import Conflict, Invalid
from sales.deals import rules
from sales.deals.model import Deal
from sales.deals.moving import move
from sales.locks import hold

_GAP = Decimal(1_000_000)


def place_deal(
    session: Session, deal_id: UUID, stage_id: UUID, after_id: UUID | None = None, before_id: UUID | None = None
) -> Deal:
    """Put an open deal into the column of a stage, right behind one card or right before one; on top where none is
    named. Who drags in one column does so one after the other, so that all see one order. Conflict where the card
    beside it is not in that column any more.

    Where the stage stays, so does the deal's version: nothing that people enter changes, and nobody's edit is to be
    refused for it.
    """
    rules.check_anchors(deal_id, after_id, before_id)
    hold(session, f"board:{stage_id}")  # before any row: who spreads the column locks its rows
    deal = load(session, Deal, deal_id, lock=True)
    rank = _rank(session, deal, stage_id, after_id, before_id)
    if stage_id != deal.stage_id:
        return move(session, deal, stage_id, rank)
    rules.check_open(deal.status)
    _rerank(session, Deal.id == deal.id, rank)
    set_committed_value(deal, "rank", rank)
    return deal


def _rank(session: Session, deal: Deal, stage_id: UUID, after_id: UUID | None, before_id: UUID | None) -> Decimal:
    others = select(Deal.rank).where(Deal.stage_id == stage_id, Deal.id != deal.id, Deal.status == "open").limit(1)
    if not (after_id or before_id):
        first = session.scalar(others.order_by(Deal.rank, Deal.id))
        return rules.rank_at(clock.now()) if first is None else first - rules.STEP
    rank = _beside(session, others, stage_id, after_id, before_id)
    if rank is None:
        _spread(session, stage_id)
        rank = _beside(session, others, stage_id, after_id, before_id)
    assert rank is not None  # there is room now
    return rank


def _beside(
    session: Session, others: Select[Any], stage_id: UUID, after_id: UUID | None, before_id: UUID | None
) -> Decimal | None:
    key = tuple_(Deal.rank, Deal.id)
    if after_id:
        anchor = _anchor(session, after_id, stage_id, "after_id")
        below = session.scalar(others.where(key > anchor).order_by(Deal.rank, Deal.id))
        return rules.rank_between(anchor[0], below)
    anchor = _anchor(session, before_id, stage_id, "before_id")
    above = session.scalar(others.where(key < anchor).order_by(Deal.rank.desc(), Deal.id.desc()))
    return rules.rank_between(above, anchor[0])


def _anchor(session: Session, anchor_id: UUID | None, stage_id: UUID, field: str) -> tuple[Decimal, UUID]:
    card = select(Deal.rank, Deal.id, Deal.stage_id, Deal.status).where(Deal.id == anchor_id)
    found = session.execute(visible(card, Deal)).one_or_none()
    if found is None:
        raise Invalid(field, "unknown_deal", "There is no deal with this id.")
    if found.stage_id != stage_id or found.status != "open":
        raise Conflict("card_moved", "The card beside it is not in this column any more; read the board again.")
    return found.rank, found.id


def _spread(session: Session, stage_id: UUID) -> None:
    """Make room between all cards of a column; their order stays, and so does the first rank."""
    column = Deal.stage_id == stage_id, Deal.status == "open"
    session.execute(select(Deal.id).where(*column).order_by(Deal.id).with_for_update(key_share=True))
    place = func.row_number().over(order_by=(Deal.rank, Deal.id))
    cards = select(Deal.id, place.label("place"), func.min(Deal.rank).over().label("first")).where(*column).subquery()
    _rerank(session, Deal.id == cards.c.id, cards.c.first + cards.c.place * _GAP)


def _rerank(session: Session, which: ColumnElement[bool], rank: Any) -> None:
    moved = update(Deal).where(which).values(rank=rank, updated_at=Deal.updated_at)
    session.execute(moved, execution_options={"synchronize_session": False})
