"""What the others are told of a deal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chassis import custom
from chassis.db.saving import save
from chassis.events import emit, emit_together
from sales.deals.model import Deal
from sales.scoring.deals import DEALS
from sales.scoring.following import follow
from sales.told import text


def tell(session: Session, type_: str, deal: Deal, **more: Any) -> None:
    """Emit an event of the deal: its state after the change, and what is particular to the event. Its score follows."""
    save(session, deal)  # gives a new deal its id
    emit(session, type_, deal, data_of(session, deal, **more))
    follow(session, DEALS, [deal.id])


def tell_many(session: Session, type_: str, deals: Sequence[Deal]) -> None:
    """Tell of the states of many deals by the hundred; their scores follow. Not what the deals are called, nor who is
    behind them, nor custom fields: who changes those changes one deal at a time."""
    states = [{name: value for name, value in _state(deal).items() if name != "name"} for deal in deals]
    together = [state | {"sequence": deal.version} for state, deal in zip(states, deals, strict=True)]
    emit_together(session, type_, "deals", together)
    follow(session, DEALS, [deal.id for deal in deals])


def data_of(session: Session, deal: Deal, **more: Any) -> dict[str, Any]:
    """The data of an event of the deal, personal data included."""
    told, personal = custom.told(session, deal)
    names: dict[str, Any] = {"contact_name": deal.contact_name} | ({"custom": personal} if personal else {})
    return {**_state(deal), "custom": told, **more, "personal": names}


def _state(deal: Deal) -> dict[str, Any]:
    return {
        "deal_id": str(deal.id),
        "name": deal.name,
        "amount": str(deal.amount),
        "currency": deal.currency,
        "credited": str(deal.credited),
        "pipeline_id": str(deal.pipeline_id),
        "stage_id": str(deal.stage_id),
        "stage": deal.stage,
        "stage_kind": deal.status,
        "probability": deal.probability,
        "close_pushes": deal.close_pushes,
        "on_hold": deal.held_until is not None,
        "stalled": deal.stalled,
        "expected_close": deal.expected_close.isoformat() if deal.expected_close else None,
        "person_id": text(deal.person_id),
        "company_id": text(deal.company_id),
        "owner_id": text(deal.owner_id),
        "team_id": text(deal.team_id),
        "partner_id": text(deal.partner_id),
        "territory_id": text(deal.territory_id),
        "lead_id": text(deal.lead_id),
        "campaign_id": text(deal.campaign_id),
        "source": deal.source,
        "created_at": deal.created_at.isoformat(),
        "closed_at": deal.closed_at.isoformat() if deal.closed_at else None,
    }
