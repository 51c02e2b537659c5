"""Routes of deals."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import load
from chassis.http import Api, Resource
from sales.deals import actions, checks, closing, holding, lines, moving, placing, rules, schema
from sales.deals.board import board
from sales.deals.board_schema import BoardOut, BoardQuery
from sales.deals.model import Deal, DealLine, StagePassage

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
            "campaign_id", "source", "amount", "currency", "priority", "expected_close", "next_step_on", "held_until",
            "stalled", "reason_id", "last_activity_at", "closed_at", "created_at",
        ),
        sorts=("amount", "expected_close"),
        complete=actions.show,
        on_create=actions.create_deal,
        on_update=actions.change_deal,
        exported=True,
    )
)  # fmt: skip


@api.post("/deals/<uuid:deal_id>/move", body=schema.MoveIn, returns=schema.DealOut, errors=(409,))
def move(session: Session, deal_id: UUID, body: dict[str, Any]) -> Deal:
    """Move an open deal to another open stage of its pipeline."""
    return moving.move_deal(session, deal_id, **body)


@api.post("/deals/<uuid:deal_id>/transfer", body=schema.TransferIn, returns=schema.DealOut, errors=(409,))
def transfer(session: Session, deal_id: UUID, body: dict[str, Any]) -> Deal:
    """Put an open deal into another pipeline."""
    return moving.transfer_deal(session, deal_id, **body)


@api.post("/deals/<uuid:deal_id>/place", body=schema.PlaceIn, returns=schema.DealOut, errors=(409,))
def place(session: Session, deal_id: UUID, body: dict[str, Any]) -> Deal:
    """Put a deal into its place on the board: into the column of a stage, beside another card."""
    return placing.place_deal(session, deal_id, **body)


@api.post("/deals/<uuid:deal_id>/hold", body=schema.HoldIn, returns=schema.DealOut, errors=(409,))
def hold(session: Session, deal_id: UUID, body: dict[str, Any]) -> Deal:
    """Let an open deal rest until a day; it comes back by itself."""
    return holding.hold_deal(session, deal_id, **body)


@api.post("/deals/<uuid:deal_id>/resume", returns=schema.DealOut, errors=(404, 409))
def resume(session: Session, deal_id: UUID) -> Deal:
    """Take a deal up again before its hold is over."""
    return holding.resume_deal(session, deal_id)


@api.get("/deals/<uuid:deal_id>/checklist", returns=schema.CheckOut, many=True)
def show_checklist(session: Session, deal_id: UUID) -> list[dict[str, Any]]:
    """What has to be so before a deal leaves its stage for a later one, and what is."""
    return checks.checklist(session, deal_id)


@api.put(
    "/deals/<uuid:deal_id>/checklist/<string(maxlength=40):key>", body=schema.TickIn, returns=schema.CheckOut,
    many=True, guarded=False, errors=(404, 409),
)  # fmt: skip
def tick(session: Session, deal_id: UUID, key: str, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Tick an item of a deal's checklist, or take the tick away."""
    return checks.tick(session, deal_id, key, **body)


@api.get("/deals/<uuid:deal_id>/lines", returns=schema.LineOut, many=True)
def show_lines(session: Session, deal_id: UUID) -> list[DealLine]:
    """What is to be sold."""
    return lines.show(session, deal_id)


@api.put(
    "/deals/<uuid:deal_id>/lines", body=schema.LinesIn, returns=schema.LineOut, many=True, guarded=False,
    errors=(404, 409),
)  # fmt: skip
def set_lines(session: Session, deal_id: UUID, body: dict[str, Any]) -> list[DealLine]:
    """Say what is to be sold, all lines at once: the deal's amount is their sum."""
    return lines.set_lines(session, deal_id, **body)


@api.post("/deals/<uuid:deal_id>/win", body=schema.WinIn, returns=schema.DealOut, errors=(409,))
def win(session: Session, deal_id: UUID, body: dict[str, Any]) -> Deal:
    """Win an open deal."""
    return closing.win_deal(session, deal_id, **body)


@api.post("/deals/<uuid:deal_id>/lose", body=schema.LoseIn, returns=schema.DealOut, errors=(403, 409))
def lose(session: Session, deal_id: UUID, body: dict[str, Any]) -> Deal:
    """Lose an open deal; a loss needs a reason."""
    return closing.lose_deal(session, deal_id, **body)


@api.post("/deals/<uuid:deal_id>/reopen", body=schema.ReopenIn, returns=schema.DealOut, errors=(409,))
def reopen(session: Session, deal_id: UUID, body: dict[str, Any]) -> Deal:
    """Open a closed deal again.

    It stands in the named stage, or where it stood before it was closed. A deal that was ordered from stays
    won.
    """
    return closing.reopen_deal(session, deal_id, **body)


@api.get("/deals/<uuid:deal_id>/history", returns=schema.PassageOut, many=True)
def history(session: Session, deal_id: UUID) -> list[dict[str, Any]]:
    """The stages a deal passed through, and how long it stood in each."""
    deal, now = load(session, Deal, deal_id), clock.now()
    passages = select(StagePassage).where(StagePassage.deal_id == deal.id)
    return [
        {**_passage(one), "seconds": rules.seconds_in_stage(one.entered_at, one.left_at, now)}
        for one in session.scalars(passages.order_by(StagePassage.entered_at, StagePassage.id))
    ]


@api.get("/pipelines/<uuid:pipeline_id>/board", query=BoardQuery, returns=BoardOut)
def show_board(session: Session, pipeline_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    """The open deals of a pipeline by stage, with the sums of each stage."""
    return board(session, pipeline_id, **query)


def _passage(one: StagePassage) -> dict[str, Any]:
    return {
        name: getattr(one, name)
        for name in ("stage_id", "stage", "kind", "entered_at", "left_at", "stalled_at", "moved_by")
    }
