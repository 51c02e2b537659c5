"""A pipeline as a board: what stands in each open stage, and what it comes to."""

from __future__ import annotations

from collections import defaultdict
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from chassis import money
from chassis.access import load, visible
from sales.deals.model import Deal
from sales.pipelines.model import Pipeline, Stage

CARD = ("id", "name", "amount", "currency", "priority", "expected_close", "next_step", "next_step_on", "held_until",
        "stalled", "contact_name", "company_name", "owner_id", "stage_id", "stage_entered_at", "rank",
        "version")  # fmt: skip


def board(session: Session, pipeline_id: UUID, cards: int) -> dict[str, Any]:
    """The open stages in order, each with its deals in the order of the board (up to `cards`) and its sums per
    currency.

    Two statements besides the pipeline's own, however many deals there are; both see only what the caller
    reaches.
    """
    pipeline = load(session, Pipeline, pipeline_id)
    sums, shown = _sums(session, pipeline_id), _cards(session, pipeline_id, cards)
    stages = [_column(stage, sums[stage.id], shown[stage.id]) for stage in pipeline.stages if stage.kind == "open"]
    return {"pipeline_id": pipeline.id, "name": pipeline.name, "stages": stages}


def _sums(session: Session, pipeline_id: UUID) -> dict[UUID, list[Any]]:
    by_stage = (
        select(Deal.stage_id, Deal.currency, func.count().label("deals"), func.sum(Deal.amount).label("amount"))
        .where(Deal.pipeline_id == pipeline_id, Deal.status == "open")
        .group_by(Deal.stage_id, Deal.currency)
        .order_by(Deal.currency)
    )
    found = defaultdict(list)
    for row in session.execute(visible(by_stage, Deal)):
        found[row.stage_id].append(row)
    return found


def _cards(session: Session, pipeline_id: UUID, limit: int) -> dict[UUID, list[Any]]:
    first = (
        visible(select(*(getattr(Deal, name) for name in CARD)), Deal)
        .where(Deal.stage_id == Stage.id)
        .order_by(Deal.rank, Deal.id)
        .limit(limit)
        .lateral()
    )
    of_open_stages = select(first).select_from(Stage).join(first, true()).order_by(first.c.rank, first.c.id)
    found = defaultdict(list)
    for row in session.execute(of_open_stages.where(Stage.pipeline_id == pipeline_id, Stage.kind == "open")):
        found[row.stage_id].append(row)
    return found


def _column(stage: Stage, sums: list[Any], cards: list[Any]) -> dict[str, Any]:
    return {
        "stage_id": stage.id,
        "name": stage.name,
        "probability": stage.probability,
        "count": sum(row.deals for row in sums),
        "sums": [
            {
                "currency": row.currency,
                "amount": row.amount,
                "weighted": money.rounded(row.amount * stage.probability / 100, row.currency),
            }
            for row in sums
        ],
        "deals": cards,
    }
