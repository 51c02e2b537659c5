"""What contacts is told of those who are asked: it makes tasks of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.events import emit
from sales.approvals.model import ApprovalRequest
from sales.approvals.records import Record
from sales.approvals.rules import titles
from sales.settings import settings
from sales.told import text


def tell_asked(session: Session, record: Record, request: ApprovalRequest) -> None:
    """Emit approval.requested: somebody is asked for their yes."""
    session.flush()  # gives it its id
    words = titles(request.kind, record.number)
    more = {
        "title": words[settings().language],
        "titles": words,
        "due_at": request.due_at.isoformat(),
        "role": request.role,
        "stands_in_for": text(request.stands_in_for),
    }
    emit(session, "approval.requested", record, _state(record, request) | more)


def tell_settled(session: Session, record: Record, request: ApprovalRequest) -> None:
    """Emit approval.settled: they decided, or need not any more."""
    session.flush()
    emit(session, "approval.settled", record, _state(record, request))


def _state(record: Record, request: ApprovalRequest) -> dict[str, Any]:
    return {
        "task_id": str(request.id),
        "user_id": str(request.user_id),
        "kind": request.kind,
        "record_id": str(request.record_id),
        "number": record.number,
        "deal_id": text(getattr(record, "deal_id", None)),
        "step": request.step,
        "state": request.state,
    }
