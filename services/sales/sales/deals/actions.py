"""Open a deal, move it through its pipeline, win or lose it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Conflict
from sales.currencies.actions import value
from sales.customers.actions import company_name, current_id, introduce, introduce_company, person_named
from sales.deals import rules
from sales.deals.events import tell
from sales.deals.model import Deal, StagePassage
from sales.pipelines.actions import find_stage, first_stage
from sales.pipelines.model import Stage
from sales.reps.actions import find_rep, own_by_creator, set_owner
from sales.settings import settings

_PRICE = ("amount", "currency")
_NAMED = ("person_id", "contact_name", "company_id", "company_name")


def create_deal(session: Session, data: dict[str, Any]) -> Deal:
    """A deal from the API: it belongs to `owner_id`, or to the user who creates it."""
    owner_id = data.pop("owner_id", None)
    deal = draft_deal(session, data)
    own_by_creator(deal, actor())
    if owner_id:
        set_owner(deal, find_rep(session, owner_id))
    return open_deal(session, deal)


def draft_deal(session: Session, data: dict[str, Any]) -> Deal:
    """The deal that `data` would make, not yet part of the session.

    Where nothing is named it stands in the first open stage of the default pipeline, and person and company go by what
    contacts calls them.
    """
    pipeline_id, stage_id = data.get("pipeline_id"), data.get("stage_id")
    stage = find_stage(session, stage_id) if stage_id else first_stage(session, "open", pipeline_id)
    rules.check_stage(pipeline_id or stage.pipeline_id, stage.pipeline_id, stage.kind)
    values = {"amount": Decimal("0.00"), "currency": settings().currency, "priority": "normal"} | data
    deal = Deal(**values | {"pipeline_id": stage.pipeline_id, "stage_id": stage.id})
    deal.contact_name = deal.contact_name or _contact_name(session, deal.person_id)
    deal.company_name = deal.company_name or company_name(session, deal.company_id)
    _stand_in(deal, stage)
    value(session, deal)
    return deal


def open_deal(session: Session, deal: Deal) -> Deal:
    """Make a draft, whose owner is settled, a deal."""
    _name_anew(session, deal, {name: getattr(deal, name) for name in _NAMED})
    session.add(deal)
    tell(session, "deal.created", deal)
    session.add(_passage(deal))
    return deal


def change_deal(session: Session, deal: Deal, changes: dict[str, Any]) -> Deal:
    """Change what is known of a deal; the price of a closed one is settled."""
    repriced = any(name in changes and changes[name] != getattr(deal, name) for name in _PRICE)
    if repriced:
        rules.check_open(deal.status)
    if owner_id := changes.pop("owner_id", None):
        set_owner(deal, find_rep(session, owner_id))
    for name, new in changes.items():
        setattr(deal, name, new)
    if repriced:
        value(session, deal)
    _name_anew(session, deal, changes)
    tell(session, "deal.updated", deal)
    return deal


def move_deal(session: Session, deal_id: UUID, stage_id: UUID) -> Deal:
    """Put an open deal into another open stage of its pipeline; where it stands there already nothing happens."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_open(deal.status)
    stage = find_stage(session, stage_id)
    rules.check_stage(deal.pipeline_id, stage.pipeline_id, stage.kind)
    if stage.id != deal.stage_id:
        before = _standing(deal)
        _enter_stage(session, deal, stage)
        tell(session, "deal.stage_changed", deal, **before)
    return deal


def win_deal(session: Session, deal_id: UUID, product: str | None = None) -> Deal:
    """Win an open deal, once. `product` is what was sold, in a word."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_open(deal.status)
    _close(session, deal, "won")
    deal.product = product
    tell(session, "deal.won", deal, product=product)
    return deal


def lose_deal(session: Session, deal_id: UUID, reason: str) -> Deal:
    """Lose an open deal, once, and say why."""
    deal = load(session, Deal, deal_id, lock=True)
    rules.check_open(deal.status)
    _close(session, deal, "lost")
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
    before = _standing(deal)
    _enter_stage(session, deal, stage)
    deal.closed_at = deal.lost_reason = deal.product = None
    value(session, deal)
    tell(session, "deal.stage_changed", deal, **before)
    return deal


def _close(session: Session, deal: Deal, kind: str) -> None:
    _enter_stage(session, deal, first_stage(session, kind, deal.pipeline_id))
    deal.closed_at = clock.now()
    value(session, deal)


def _enter_stage(session: Session, deal: Deal, stage: Stage) -> None:
    current = update(StagePassage).where(StagePassage.deal_id == deal.id, StagePassage.left_at.is_(None))
    session.execute(current.values(left_at=clock.now()), execution_options={"synchronize_session": False})
    _stand_in(deal, stage)
    session.add(_passage(deal))


def _stand_in(deal: Deal, stage: Stage) -> None:
    deal.stage_id, deal.status, deal.stage_entered_at = stage.id, stage.kind, clock.now()
    set_committed_value(deal, "stage", stage.name)
    set_committed_value(deal, "probability", stage.probability)


def _standing(deal: Deal) -> dict[str, str]:
    return {"from_stage_id": str(deal.stage_id), "from_stage": deal.stage}


def _passage(deal: Deal) -> StagePassage:
    return StagePassage(
        deal_id=deal.id,
        stage_id=deal.stage_id,
        stage=deal.stage,
        kind=deal.status,
        entered_at=deal.stage_entered_at,
        moved_by=actor().id,
    )


def _last_open_stage(session: Session, deal: Deal) -> Stage:
    last = (
        select(Stage)
        .join(StagePassage, StagePassage.stage_id == Stage.id)
        .where(StagePassage.deal_id == deal.id, StagePassage.kind == "open")
        .order_by(StagePassage.entered_at.desc(), StagePassage.id.desc())
        .limit(1)
    )
    return session.scalars(last).one_or_none() or first_stage(session, "open", deal.pipeline_id)


def _name_anew(session: Session, deal: Deal, changes: dict[str, Any]) -> None:
    """Call the person and company of a changed deal by their names, unless the change does."""
    if "person_id" in changes:
        deal.person_id = current_id(session, deal.person_id) if deal.person_id else None
        person = introduce(session, deal.person_id) if deal.person_id else None
        deal.contact_name = changes.get("contact_name") or (person.name if person else None)
    if "company_id" in changes:
        company = introduce_company(session, deal.company_id) if deal.company_id else None
        deal.company_name = changes.get("company_name") or (company.name if company else None)


def _contact_name(session: Session, person_id: UUID | None) -> str | None:
    person = person_named(session, person_id)
    return person.name if person else None
