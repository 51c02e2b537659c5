"""Routes of registrations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.http import Api, Resource
from sales.registrations import actions, deciding, programmes, protection, schema
from sales.registrations.matching import Found
from sales.registrations.model import Programme, Registration

_ONE = "/registrations/<uuid:registration_id>"
_REFUSED = (403, 404, 409)

api = Api("partners", scope="sales")
api.add(
    Resource(
        Registration,
        path="registrations",
        read=schema.RegistrationOut,
        create=schema.RegistrationIn,
        update=schema.RegistrationPatch,
        filters=(
            "number", "status", "conflict", "deal_id", "amount", "currency", "protected_until", "owner_id", "team_id",
            "partner_id", "created_at",
        ),
        sorts=("amount", "protected_until"),
        on_create=actions.register,
        on_update=actions.change_registration,
        exported=True,
    )
)  # fmt: skip
api.add(
    Resource(
        Programme,
        path="partner-programmes",
        read=schema.ProgrammeOut,
        create=schema.ProgrammeIn,
        update=schema.ProgrammePatch,
        filters=("partner_id", "manager_id"),
        on_create=programmes.add_programme,
        on_update=programmes.change_programme,
        on_delete=programmes.remove_programme,
        internal=True,
    )
)


@api.get(f"{_ONE}/conflicts", returns=schema.FoundOut, many=True, errors=(403, 404), internal=True)
def show_conflicts(session: Session, registration_id: UUID) -> list[Found]:
    """Who else has the customer, and by what that was found. Not for partners."""
    return deciding.conflicts(session, registration_id)


@api.post(f"{_ONE}/approve", body=schema.ApproveIn, returns=schema.RegistrationOut, errors=_REFUSED, internal=True)
def approve(session: Session, registration_id: UUID, body: dict[str, Any]) -> Registration:
    """Approve a registration: it becomes a deal of the partner, and the customer is protected."""
    return deciding.approve(session, registration_id, **body)


@api.post(f"{_ONE}/reject", body=schema.RejectIn, returns=schema.RegistrationOut, errors=_REFUSED, internal=True)
def reject(session: Session, registration_id: UUID, body: dict[str, Any]) -> Registration:
    """Reject a registration, with the reason."""
    return deciding.reject(session, registration_id, **body)


@api.post(f"{_ONE}/ask", body=schema.AskIn, returns=schema.RegistrationOut, errors=_REFUSED, internal=True)
def ask(session: Session, registration_id: UUID, body: dict[str, Any]) -> Registration:
    """Ask the partner for more."""
    return deciding.ask(session, registration_id, **body)


@api.post(f"{_ONE}/answer", body=schema.AnswerIn, returns=schema.RegistrationOut, errors=_REFUSED)
def answer(session: Session, registration_id: UUID, body: dict[str, Any]) -> Registration:
    """Answer what was asked, as the partner: the registration is submitted again."""
    return actions.answer(session, registration_id, **body)


@api.post(f"{_ONE}/withdraw", returns=schema.RegistrationOut, errors=_REFUSED)
def withdraw(session: Session, registration_id: UUID) -> Registration:
    """Give a registration up, as the partner."""
    return actions.withdraw(session, registration_id)


@api.post(f"{_ONE}/renew", returns=schema.RegistrationOut, errors=_REFUSED)
def renew(session: Session, registration_id: UUID) -> Registration:
    """Protect the customer for another term."""
    return protection.renew(session, registration_id)
