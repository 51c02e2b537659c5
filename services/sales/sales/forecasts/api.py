"""Routes of forecasts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from sales.forecasts import categories, schema
from sales.forecasts.accuracy import accuracy
from sales.forecasts.calls import make_call
from sales.forecasts.changes import changes
from sales.forecasts.forecast import forecast
from sales.forecasts.model import ForecastCall

_OF_DEAL = "/deals/<uuid:deal_id>/forecast"

api = Api("forecasts", scope="sales", internal=True)
api.add(
    Resource(
        ForecastCall,
        path="forecast-calls",
        read=schema.CallOut,
        create=schema.CallIn,
        filters=("kind", "period", "begins_on", "scope", "subject_id", "team_id"),
        on_create=make_call,
        exported=True,
    )
)


@api.get(_OF_DEAL, returns=schema.CategoryOut, errors=(403, 404))
def show_category(session: Session, deal_id: UUID) -> dict[str, Any]:
    """The forecast category of a deal."""
    return categories.show(session, deal_id)


@api.put(_OF_DEAL, body=schema.CategoryIn, returns=schema.CategoryOut, guarded=False, errors=(403, 404, 409))
def set_category(session: Session, deal_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Put an open deal into a forecast category, or back into its stage's."""
    return categories.set_category(session, deal_id, **body)


@api.get("/pipelines/<uuid:pipeline_id>/forecast-categories", returns=schema.StageCategoryOut, many=True, errors=(403,))
def show_stages(session: Session, pipeline_id: UUID) -> list[dict[str, Any]]:
    """The forecast categories of a pipeline's open stages."""
    return categories.show_stages(session, pipeline_id)


@api.put(
    "/stages/<uuid:stage_id>/forecast-category", body=schema.CategoryIn, returns=schema.StageCategoryOut, many=True,
    guarded=False, errors=(403, 404),
)  # fmt: skip
def set_stage(session: Session, stage_id: UUID, body: dict[str, Any]) -> list[dict[str, Any]]:
    """Say in which category the deals of a stage are; null leaves it to its probability."""
    return categories.set_stage(session, stage_id, **body)


@api.get("/forecasts", query=schema.ForecastQuery, returns=schema.ForecastOut, errors=(403, 422))
def show_forecast(session: Session, query: dict[str, Any]) -> dict[str, Any]:
    """What is expected in a period, by rep, team, pipeline or product category, against the targets."""
    return forecast(session, **query)


@api.get("/forecasts/changes", query=schema.ChangesQuery, returns=schema.ChangesOut, errors=(403, 409, 422))
def show_changes(session: Session, query: dict[str, Any]) -> dict[str, Any]:
    """What changed since last week: new, won, lost, slipped, moved in, raised, lowered."""
    return changes(session, **query)


@api.get("/forecasts/accuracy", query=schema.AccuracyQuery, returns=schema.AccuracyOut, many=True, errors=(403,))
def show_accuracy(session: Session, query: dict[str, Any]) -> list[dict[str, Any]]:
    """How near the forecasts of past periods came to what was won."""
    return accuracy(session, **query)
