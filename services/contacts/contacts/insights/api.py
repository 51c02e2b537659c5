"""The routes of insights."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Answer, Api
from contacts.companies.model import Company
from contacts.insights import actions, reading
from contacts.insights.model import Insight
from contacts.insights.schema import HistoryQuery, InsightIn, InsightOut
from contacts.people.model import Person

api = Api("insights", scope="contacts")
_READING: dict[str, Any] = {"query": HistoryQuery, "returns": InsightOut, "many": True, "errors": (403, 404)}
_NOTING: dict[str, Any] = {
    "body": InsightIn, "returns": InsightOut, "status": 201, "also": (200,), "errors": (403, 404),
}  # fmt: skip


@api.get("/people/<uuid:person_id>/insights", **_READING)
def person_insights(session: Session, person_id: UUID, query: dict[str, Any]) -> list[Insight]:
    """List what colleagues know of a person: habits, pains, objections, influence. Not for partners."""
    actions.refuse_partners()
    return reading.of(session, load(session, Person, person_id), **query)


@api.get("/companies/<uuid:company_id>/insights", **_READING)
def company_insights(session: Session, company_id: UUID, query: dict[str, Any]) -> list[Insight]:
    """List what colleagues know of a company. Not for partners."""
    actions.refuse_partners()
    return reading.of(session, load(session, Company, company_id), **query)


@api.post("/people/<uuid:person_id>/insights", **_NOTING)
def note_about_person(session: Session, person_id: UUID, body: dict[str, Any]) -> Answer:
    """Note what you know of a person; the same once more changes nothing (200)."""
    actions.refuse_partners()
    return _noted(*actions.note(session, load(session, Person, person_id, lock=True), body))


@api.post("/companies/<uuid:company_id>/insights", **_NOTING)
def note_about_company(session: Session, company_id: UUID, body: dict[str, Any]) -> Answer:
    """Note what you know of a company; the same once more changes nothing (200)."""
    actions.refuse_partners()
    return _noted(*actions.note(session, load(session, Company, company_id, lock=True), body))


@api.post("/insights/<uuid:insight_id>/retract", returns=InsightOut, errors=(403, 404))
def retract_insight(session: Session, insight_id: UUID) -> Insight:
    """Take an insight back. It stays in the history; what it had replaced holds again."""
    actions.refuse_partners()
    return actions.retract(session, insight_id)


def _noted(insight: Insight, new: bool) -> Answer:
    return Answer(insight, 201 if new else 200)
