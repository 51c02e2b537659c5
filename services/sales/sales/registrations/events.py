"""What the others are told of a registration."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.events import emit
from sales.registrations.model import Registration
from sales.told import text


def tell(session: Session, type_: str, registration: Registration, **more: Any) -> None:
    """Emit an event of the registration: its state after the change, and what is particular to the event."""
    session.flush()  # gives a new one its id
    emit(session, type_, registration, {**_state(registration), **more, "personal": _personal(registration)})


def _state(one: Registration) -> dict[str, Any]:
    ids = (
        "partner_id", "registered_by", "owner_id", "team_id", "person_id", "company_id", "deal_id", "decided_by",
    )  # fmt: skip
    return {
        "registration_id": str(one.id),
        "number": one.number,
        "status": one.status,
        "source": "partner",
        **{name: text(getattr(one, name)) for name in ids},
        "product_ids": [str(id_) for id_ in one.product_ids],
        "amount": str(one.amount),
        "currency": one.currency,
        "expected_close": text(one.expected_close),
        "conflict": one.conflict,
        "protected_until": one.protected_until.isoformat() if one.protected_until else None,
        "renewed": one.renewed,
        "due_at": one.due_at.isoformat() if one.due_at else None,
    }


def _personal(one: Registration) -> dict[str, Any]:
    return {
        "name": one.contact_name,
        "email": one.contact_email,
        "phone": one.contact_phone,
        "company_name": one.company_name,
    }
