"""Routes of how likely deals are to be won."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from chassis.http import Api
from chassis.jobs import Job, JobOut
from sales.scoring import actions, schema

api = Api("deals", scope="sales", internal=True)


@api.get("/deals/<uuid:deal_id>/score", returns=schema.ScoreOut, errors=(403, 404, 409))
def show_score(session: Session, deal_id: UUID) -> dict[str, Any]:
    """How likely an open deal is to be won, and why."""
    return actions.explain(session, deal_id)


@api.get("/deals/scores", query=schema.ScoresQuery, returns=schema.ScoredOut, many=True, errors=(403,))
def show_scores(session: Session, query: dict[str, Any]) -> list[Row[Any]]:
    """The open deals that are likeliest to be won, up to 200."""
    return actions.likeliest(session, **query)


@api.get("/deal-scoring", returns=schema.ScoringOut, errors=(403,))
def show_scoring(session: Session) -> dict[str, Any]:
    """By what deals are scored."""
    return actions.scoring(session)


@api.put("/deal-scoring", body=schema.ScoringIn, returns=schema.ScoringOut, guarded=False, errors=(403,))
def choose_factors(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Choose by what deals are scored. The open ones are scored anew by the clock."""
    return actions.choose(session, **body)


@api.get("/deal-scoring/back-test", returns=schema.BackTestOut, errors=(403,))
def show_back_test(session: Session) -> dict[str, Any]:
    """How well the score would have done."""
    return actions.try_out(session)


@api.post("/deal-scoring/rebuild", returns=JobOut, status=202, errors=(403,))
def rebuild(session: Session) -> Job:
    """Learn anew from all closed deals, and score all open ones."""
    return actions.make_anew(session)
