"""All that waits for the actor's yes, in one list."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.orm import Session

from chassis.access import actor, load, visible
from sales.approvals.actions import asked_of_me
from sales.approvals.model import ApprovalRequest
from sales.approvals.records import KIND_OF, Record
from sales.approvals.rules import ADMIN
from sales.deals.model import Deal
from sales.expenses.approval import waiting_for_me as reports_for_me
from sales.quotes.approval import waiting_for_me as quotes_for_me
from sales.quotes.model import Quote
from sales.registrations.model import Registration

_SHOWN = 200


def waiting(session: Session) -> list[dict[str, Any]]:
    """What the actor is asked to decide on, or may decide on by role and reach, as AwaitedOut, the oldest first; at
    most 200 of each kind."""
    mine = asked_of_me(session)
    found: list[Record] = [*quotes_for_me(session), *reports_for_me(session), *_registrations(session, mine)]
    shown = [_shown(one, mine.get(one.id)) for one in found]
    return sorted(shown, key=lambda one: (one["asked_at"] or one["since"], one["id"]))


def deal_of(session: Session, quote_id: UUID) -> Deal:
    """The deal of a quote within reach, which is itself out of reach perhaps."""
    return session.get_one(Deal, load(session, Quote, quote_id).deal_id)


def _registrations(session: Session, asked: Collection[UUID]) -> list[Registration]:
    """Those that are the actor's to decide on; all that nobody manages, for administrators."""
    who = actor()
    nobodys: ColumnElement[bool] = Registration.owner_id.is_(None) if ADMIN in who.roles else ~true()
    theirs = or_(Registration.id.in_(asked), Registration.owner_id == who.id, nobodys)
    submitted = select(Registration).where(Registration.status == "submitted", theirs)
    return list(session.scalars(visible(submitted, Registration).order_by(Registration.created_at).limit(_SHOWN)))


def _shown(record: Record, request: ApprovalRequest | None) -> dict[str, Any]:
    asked = {name: getattr(request, name, None) for name in ("step", "role", "stands_in_for", "asked_at", "due_at")}
    amount = record.amount if isinstance(record, Registration) else record.total
    return asked | {
        "kind": KIND_OF[type(record)],
        "id": record.id,
        "number": record.number,
        "title": _title(record),
        "amount": amount,
        "currency": record.currency,
        "owner_id": record.owner_id,
        "partner_id": record.partner_id,
        "deal_id": getattr(record, "deal_id", None),
        "since": record.updated_at,
    }


def _title(record: Any) -> str | None:
    """What people call it by, beside its number."""
    return getattr(record, "title", None) or record.company_name or record.contact_name
