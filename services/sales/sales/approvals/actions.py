"""Ask for a yes, and stop asking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from sales.approvals import events, rules
from sales.approvals.model import ApprovalRequest
from sales.approvals.people import colleagues
from sales.approvals.records import KIND_OF, Record
from sales.approvals.rules import Turn
from sales.expenses.model import ExpenseReport
from sales.quotes.model import Quote
from sales.registrations.model import Registration
from sales.settings import settings

Model = TypeVar("Model", Quote, ExpenseReport, Registration)


def ask(session: Session, record: Record, turn: Turn | None, *, decided: int | None = None) -> None:
    """Ask those whose turn it is with a locked record (None: nobody's), and end what others were asked. `decided`: the
    step on which the actor has just said yes or no. However often it is called, each is asked once for a step."""
    session.flush()
    wanted = rules.asked(turn, colleagues(session, turn.named, turn.role)) if turn else {}
    waiting = {one.user_id: one for one in _waiting(session, record.id)}
    for user_id, one in list(waiting.items()):
        if not (turn and one.step == turn.step and _holds(one, wanted)):
            _end(session, record, waiting.pop(user_id), decided)
            decided = None if user_id == actor().id else decided
    if decided is not None and actor().id:  # who decided unasked, by their reach, keeps what they saw
        session.add(_request(record, decided, actor().id, state="decided", ended_at=clock.now()))
    session.flush()
    if turn:
        for user_id in wanted.keys() - waiting.keys():
            role = None if turn.named else turn.role
            request = _request(record, turn.step, user_id, role=role, stands_in_for=wanted[user_id], state="waiting")
            session.add(request)
            events.tell_asked(session, record, request)


def load_to_decide(session: Session, model: type[Model], id: UUID) -> Model:
    """The record, locked, for who may change it, or is asked to decide on it; NotFound otherwise."""
    return load(session, model, id, lock=True, access="read" if is_asked(session, id) else None)


def is_asked(session: Session, record_id: UUID) -> bool:
    """Whether the actor is asked for the yes that a record waits for."""
    return session.scalar(_mine().where(ApprovalRequest.record_id == record_id)) is not None


def asked_of_me(session: Session) -> dict[UUID, ApprovalRequest]:
    """What the actor is asked, by record."""
    return {one.record_id: one for one in session.scalars(_mine())}


def _mine() -> Select[Any]:
    return select(ApprovalRequest).where(ApprovalRequest.user_id == actor().id, ApprovalRequest.state == "waiting")


def _waiting(session: Session, record_id: UUID) -> list[ApprovalRequest]:
    this = select(ApprovalRequest).where(ApprovalRequest.record_id == record_id, ApprovalRequest.state == "waiting")
    return list(session.scalars(this.order_by(ApprovalRequest.id)))


def _holds(request: ApprovalRequest, wanted: Mapping[UUID, UUID | None]) -> bool:
    user_id: Any = request.user_id
    return user_id in wanted and wanted[user_id] == request.stands_in_for


def _request(record: Record, step: int, user_id: UUID | None, **more: object) -> ApprovalRequest:
    now = clock.now()
    times = {"asked_at": now, "due_at": now + timedelta(days=settings().approval_days)}
    about = {"kind": KIND_OF[type(record)], "record_id": record.id, "step": step, "user_id": user_id, "access": "read"}
    return ApprovalRequest(**about, **times, **more)


def _end(session: Session, record: Record, request: ApprovalRequest, decided: int | None) -> None:
    by_them = decided is not None and request.user_id == actor().id
    request.state, request.ended_at = "decided" if by_them else "ended", clock.now()
    events.tell_settled(session, record, request)
