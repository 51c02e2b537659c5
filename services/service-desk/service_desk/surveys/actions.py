"""Asking the customer, and taking the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import SYSTEM, acting_as, load
from chassis.errors import Conflict, Gone, NotFound
from chassis.events import emit
from chassis.links import hash_of, new_token
from service_desk.settings import settings
from service_desk.surveys.model import Survey
from service_desk.surveys.rules import Reply, is_low, is_repeat
from service_desk.tickets.life import enter
from service_desk.tickets.model import Ticket
from service_desk.tickets.rules import MOVES


def send(session: Session, ticket: Ticket) -> dict[str, Any]:
    """A survey for a resolved ticket, as SurveySent. Emits `survey.sent`, in which the token does not stand."""
    survey = Survey(
        ticket_id=ticket.id,
        person_id=ticket.person_id,
        owner_id=ticket.owner_id,
        team_id=ticket.team_id,
        partner_id=ticket.partner_id,
        kind="csat",
        expires_at=clock.now() + settings().survey_valid,
    )
    link = _new_link(survey)
    session.add(survey)
    session.flush()
    emit(session, "survey.sent", survey, {**_about(survey), "expires_at": survey.expires_at.isoformat()})
    return {"id": survey.id, **link, "expires_at": survey.expires_at}


def renew_link(session: Session, survey_id: UUID) -> dict[str, Any]:
    """Another link for an unanswered survey, as SurveySent; the one before it leads nowhere from now on."""
    survey = load(session, Survey, survey_id, lock=True)
    if survey.answered_at is not None:
        raise Conflict("already_answered", "This survey has been answered.")
    survey.expires_at = clock.now() + settings().survey_valid
    return {"id": survey.id, **_new_link(survey), "expires_at": survey.expires_at}


def _new_link(survey: Survey) -> dict[str, str]:
    token = new_token()
    survey.token_hash = hash_of(token)
    return {"token": token, "link": settings().survey_url.replace("{token}", token)}


def show(session: Session, token: str) -> dict[str, Any]:
    """A survey as SurveyPage. NotFound for an unknown token, Gone once it has expired unanswered."""
    survey = _find(session, token)
    if survey.answered_at is None and clock.now() >= survey.expires_at:
        raise Gone("expired", "This survey can no longer be answered.")
    return _page(session, survey)


def answer(session: Session, token: str, score: int, comment: str | None) -> dict[str, Any]:
    """Take the customer's answer, once; SurveyPage. Emits `survey.answered`; a low score reopens the ticket.

    The same answer again changes nothing; another is a Conflict.
    """
    survey, reply, now = _find(session, token, lock=True), Reply(score, comment), clock.now()
    given = None if survey.score is None else Reply(survey.score, survey.comment)
    if not is_repeat(given, reply, survey.expires_at, now):
        survey.score, survey.comment, survey.answered_at = reply.score, reply.comment, now
        session.flush()
        data = {**_about(survey), "score": score, "answered_at": now.isoformat()}
        emit(session, "survey.answered", survey, data, personal={"comment": comment})
        if is_low(score, settings().reopen_at):
            _complain(session, survey)
    return _page(session, survey)


def _complain(session: Session, survey: Survey) -> None:
    """The customer who holds the link acts on this one ticket, though nobody is logged in."""
    with acting_as(SYSTEM):
        ticket = load(session, Ticket, survey.ticket_id, lock=True)
    if ticket.state in MOVES["complain"]:
        enter(session, ticket, "complain", clock.now())


def _find(session: Session, token: str, *, lock: bool = False) -> Survey:
    statement = select(Survey).where(Survey.token_hash == hash_of(token))
    if lock:
        statement = statement.with_for_update(of=Survey).execution_options(populate_existing=True)
    survey = session.scalars(statement).one_or_none()
    if survey is None:
        raise NotFound("survey")
    return survey


def _about(survey: Survey) -> dict[str, Any]:
    return {
        "survey_id": str(survey.id),
        "ticket_id": str(survey.ticket_id),
        "person_id": str(survey.person_id) if survey.person_id else None,
        "kind": survey.kind,
    }


def _page(session: Session, survey: Survey) -> dict[str, Any]:
    asked = session.execute(select(Ticket.number, Ticket.subject).where(Ticket.id == survey.ticket_id)).one()
    return {
        "number": asked.number,
        "subject": asked.subject,
        "kind": survey.kind,
        "lowest": 1,
        "highest": 5,
        "expires_at": survey.expires_at,
        "answered": survey.answered_at is not None,
        "score": survey.score,
        "answered_at": survey.answered_at,
    }
