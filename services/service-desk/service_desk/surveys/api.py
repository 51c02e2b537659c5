"""Routes of surveys. The public ones know no token but that of the link."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Answer, Api, Resource
from service_desk.surveys import actions
from service_desk.surveys.model import Survey
from service_desk.surveys.schema import AnswerIn, SurveyOut, SurveyPage, SurveySent

api = Api("surveys", scope="service-desk")

api.add(
    Resource(
        Survey,
        path="surveys",
        read=SurveyOut,
        filters=("ticket_id", "person_id", "score", "answered_at", "created_at"),
        sorts=("created_at", "answered_at"),
    )
)


@api.post("/surveys/<uuid:survey_id>/link", returns=SurveySent, errors=(404, 409), internal=True)
def renew_link(session: Session, survey_id: UUID) -> Answer:
    """Make another link for a survey whose link was lost; the old one no longer works."""
    sent = actions.renew_link(session, survey_id)
    return Answer(sent, kept=sent | {"token": None, "link": None})


@api.get("/public/surveys/<string(maxlength=64):token>", public=True, returns=SurveyPage, errors=(404, 410))
def show(session: Session, token: str) -> dict[str, Any]:
    """Show the survey that a customer was sent."""
    return actions.show(session, token)


@api.post(
    "/public/surveys/<string(maxlength=64):token>",
    public=True,
    body=AnswerIn,
    returns=SurveyPage,
    errors=(404, 409, 410),
)
def answer(session: Session, token: str, body: dict[str, Any]) -> dict[str, Any]:
    """Answer a survey, once: 5 is best."""
    return actions.answer(session, token, **body)
