"""Which category a deal is in: as somebody says of it, else as its stage says, else by the stage's probability."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import NotFound
from sales.deals.model import Deal
from sales.deals.rules import check_open
from sales.forecasts.model import DealForecast, StageForecast
from sales.forecasts.rules import BEST_CASE_FROM, COMMIT_FROM
from sales.managers import require_manager
from sales.pipelines.model import Stage

BY_STAGE = func.coalesce(
    StageForecast.category,
    case(
        (Stage.probability >= COMMIT_FROM, "commit"), (Stage.probability >= BEST_CASE_FROM, "best_case"),
        else_="pipeline",
    ),
)  # fmt: skip
CATEGORY = func.coalesce(DealForecast.category, BY_STAGE)


def with_category(deals: Select[Any]) -> Select[Any]:
    """A SELECT from deals, joined to what CATEGORY needs."""
    of_stage = deals.join(Stage, Stage.id == Deal.stage_id).outerjoin(StageForecast, StageForecast.stage_id == Stage.id)
    return of_stage.outerjoin(DealForecast, DealForecast.deal_id == Deal.id)


def show(session: Session, deal_id: UUID) -> dict[str, Any]:
    """The category of a deal within reach, as CategoryOut."""
    load(session, Deal, deal_id)
    said: tuple[Any, ...] = (
        CATEGORY.label("category"),
        BY_STAGE.label("by_stage"),
        DealForecast.set_by,
        DealForecast.set_at,
    )
    return dict(
        session.execute(with_category(select(*said).select_from(Deal)).where(Deal.id == deal_id)).mappings().one()
    )


def set_category(session: Session, deal_id: UUID, category: str | None) -> dict[str, Any]:
    """Put an open deal into a category, or back into its stage's (None); as CategoryOut."""
    deal = load(session, Deal, deal_id, lock=True)
    check_open(deal.status)
    if category is None:
        session.execute(delete(DealForecast).where(DealForecast.deal_id == deal.id))
    else:
        said = {"category": category, "set_by": actor().id, "set_at": clock.now()}
        row = insert(DealForecast).values(deal_id=deal.id, **said)
        session.execute(row.on_conflict_do_update(index_elements=["deal_id"], set_=said))
    return show(session, deal_id)


def show_stages(session: Session, pipeline_id: UUID) -> list[dict[str, Any]]:
    """The categories of a pipeline's open stages, as StageCategoryOut."""
    stages = select(Stage.id.label("stage_id"), Stage.name.label("stage"), BY_STAGE.label("category"))
    stages = stages.select_from(Stage).outerjoin(StageForecast, StageForecast.stage_id == Stage.id)
    wanted = stages.where(Stage.pipeline_id == pipeline_id, Stage.kind == "open").order_by(Stage.position)
    return [dict(row) for row in session.execute(wanted).mappings()]


def set_stage(session: Session, stage_id: UUID, category: str | None) -> list[dict[str, Any]]:
    """Say in which category the deals of an open stage are, or leave it to the probability (None)."""
    require_manager("the categories of stages")
    stage = session.get(Stage, stage_id)
    if stage is None or stage.kind != "open":
        raise NotFound("stage")
    if category is None:
        session.execute(delete(StageForecast).where(StageForecast.stage_id == stage.id))
    else:
        row = insert(StageForecast).values(stage_id=stage.id, category=category)
        session.execute(row.on_conflict_do_update(index_elements=["stage_id"], set_={"category": category}))
    return show_stages(session, stage.pipeline_id)
