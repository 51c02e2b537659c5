"""Routes of how likely deals are to be won, and leads to be converted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from chassis.http import Api
from chassis.http.resource import ListQuery
from chassis.jobs import Job, JobOut
from sales.scoring import actions, schema
from sales.scoring.deals import DEALS
from sales.scoring.lead_list import SCORED_LEADS, scored_leads
from sales.scoring.leads import LEADS

api = Api("deals", scope="sales", internal=True)
of_leads = Api("leads", scope="sales", internal=True)


@api.get("/deals/<uuid:deal_id>/score", returns=schema.DealScoreOut, errors=(403, 404, 409))
def show_score(session: Session, deal_id: UUID) -> dict[str, Any]:
    """How likely an open deal is to be won, and why."""
    return actions.explain(session, DEALS, deal_id)


@api.get("/deals/scores", query=schema.ScoresQuery, returns=schema.ScoredDealOut, many=True, errors=(403,))
def show_scores(session: Session, query: dict[str, Any]) -> list[Row[Any]]:
    """The open deals that are likeliest to be won, up to 200."""
    return actions.likeliest(session, **query)


@api.get("/deal-scoring", returns=schema.DealScoringOut, errors=(403,))
def show_scoring(session: Session) -> dict[str, Any]:
    """By what deals are scored."""
    return actions.scoring(session, DEALS)


@api.put("/deal-scoring", body=schema.DealScoringIn, returns=schema.DealScoringOut, guarded=False, errors=(403,))
def choose_factors(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Choose by what deals are scored. The open ones are scored anew by the clock."""
    return actions.choose(session, DEALS, **body)


@api.get("/deal-scoring/back-test", returns=schema.DealBackTestOut, errors=(403,))
def show_back_test(session: Session) -> dict[str, Any]:
    """How well the score of deals would have done."""
    return actions.try_out(session, DEALS)


@api.post("/deal-scoring/rebuild", returns=JobOut, status=202, errors=(403,))
def rebuild(session: Session) -> Job:
    """Learn anew from all closed deals, and score all open ones."""
    return actions.make_anew(session, DEALS)


@of_leads.get("/leads/<uuid:lead_id>/score", returns=schema.LeadScoreOut, errors=(403, 404, 409))
def show_lead_score(session: Session, lead_id: UUID) -> dict[str, Any]:
    """How likely an open lead is to be converted, and why."""
    return actions.explain(session, LEADS, lead_id)


@of_leads.get(
    "/leads/scores", query=ListQuery, returns=schema.ScoredLeadOut, many=True, errors=(403,),
    extra_query=SCORED_LEADS.parameters(),
)  # fmt: skip
def show_lead_scores(session: Session, query: dict[str, str]) -> dict[str, Any]:
    """The open leads that are scored, those first that are likeliest to be converted."""
    return scored_leads(session, query)


@of_leads.get("/lead-scoring", returns=schema.LeadScoringOut, errors=(403,))
def show_lead_scoring(session: Session) -> dict[str, Any]:
    """By what leads are scored."""
    return actions.scoring(session, LEADS)


@of_leads.put("/lead-scoring", body=schema.LeadScoringIn, returns=schema.LeadScoringOut, guarded=False, errors=(403,))
def choose_lead_factors(session: Session, body: dict[str, Any]) -> dict[str, Any]:
    """Choose by what leads are scored. The open ones are scored anew by the clock."""
    return actions.choose(session, LEADS, **body)


@of_leads.get("/lead-scoring/back-test", returns=schema.LeadBackTestOut, errors=(403,))
def show_lead_back_test(session: Session) -> dict[str, Any]:
    """How well the score of leads would have done."""
    return actions.try_out(session, LEADS)


@of_leads.post("/lead-scoring/rebuild", returns=JobOut, status=202, errors=(403,))
def rebuild_leads(session: Session) -> Job:
    """Learn anew from all leads that came to an end, and score all open ones."""
    return actions.make_anew(session, LEADS)
