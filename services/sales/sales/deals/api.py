"""Routes of deals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from chassis.http import Api, Resource
from sales.deals import actions, rules, schema
from sales.deals.board import board
from sales.deals.model import Deal, StagePassage

api = Api("deals", scope="sales")
api.add(
    Resource(
        Deal,
        path="deals",
        read=schema.DealOut,
        create=schema.DealIn,
        update=schema.DealPatch,
        filters=(
            "status", "pipeline_id", "stage_id", "owner_id", "team_id", "person_id", "company_id", "lead_id",
            "campaign_id", "amount", "currency", "priority", "expected_close", "closed_at", "created_at",
        ),
        sorts=("amount", "expected_close"),
        on_create=actions.create_deal,
        on_update=actions.change_deal,
        exported=True,
    )
)  # fmt: skip


@api.post("/deals/<uuid:deal_id>/move", body=schema.MoveIn, returns=schema.DealOut, errors=(409,))
def move(session: Session, deal_id: UUID, body: dict[str, Any]) -> Deal:
    """Move an open deal to another open stage of its pipeline."""
    return actions.move_deal(session, deal_id, **body)


@api.post("/deals/<uuid:deal_id>/win", body=schema.WinIn, returns=schema.DealOut, errors=(409,))
def win(session: Session, deal_id: UUID, body: dict[str, Any]) -> Deal:
    """Win an open deal."""
    return actions.win_deal(session, deal_id, **body)


@api.post("/deals/<uuid:deal_id>/lose", body=schema.LoseIn, returns=schema.DealOut, errors=(409,))
def lose(session: Session, deal_id: UUID, body: dict[str, Any]) -> Deal:
    """Lose an open deal; a loss needs a reason."""
    return actions.lose_deal(session, deal_id, **body)


@api.post("/deals/<uuid:deal_id>/reopen", body=schema.ReopenIn, returns=schema.DealOut, errors=(409,))
def reopen(session: Session, deal_id: UUID, body: dict[str, Any]) -> Deal:
    """Open a closed deal again.

    It stands in the named stage, or where it stood before it was closed. A deal that was ordered from stays
    won.
    """
    return actions.reopen_deal(session, deal_id, **body)


@api.get("/deals/<uuid:deal_id>/history", returns=schema.PassageOut, many=True)
def history(session: Session, deal_id: UUID) -> list[dict[str, Any]]:
    """The stages a deal passed through, and how long it stood in each."""
    deal, now = load(session, Deal, deal_id), clock.now()
    passages = select(StagePassage).where(StagePassage.deal_id == deal.id)
    return [
        {**_passage(one), "seconds": rules.seconds_in_stage(one.entered_at, one.left_at, now)}
        for one in session.scalars(passages.order_by(StagePassage.entered_at, StagePassage.id))
    ]


@api.get("/pipelines/<uuid:pipeline_id>/board", query=schema.BoardQuery, returns=schema.BoardOut)
def show_board(session: Session, pipeline_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """The open deals of a pipeline by stage, with the sums of each stage."""
    return board(session, pipeline_id, **query)


def _passage(one: StagePassage) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("stage_id", "stage", "kind", "entered_at", "left_at", "moved_by")}
