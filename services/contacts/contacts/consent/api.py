"""The routes of consent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import load
from chassis.errors import Invalid
from chassis.http import Api
from contacts.consent import actions
from contacts.consent.model import ConsentRecord
from contacts.consent.schema import ConsentIn, ConsentOut, WithdrawalIn
from contacts.people.model import Person

api = Api("consent", scope="contacts")


@api.get("/people/<uuid:person_id>/consents", returns=ConsentOut, many=True)
def list_consents(session: Session, person_id: UUID) -> Sequence[ConsentRecord]:
    """List the consent that holds now, one per purpose."""
    return actions.all_current(session, load(session, Person, person_id).id)


@api.get("/people/<uuid:person_id>/consents/history", returns=ConsentOut, many=True)
def list_history(session: Session, person_id: UUID) -> Sequence[ConsentRecord]:
    """List every decision of a person on consent, the newest first."""
    return actions.history(session, load(session, Person, person_id).id)


@api.post("/people/<uuid:person_id>/consents", body=ConsentIn, returns=ConsentOut, status=201)
def grant(session: Session, person_id: UUID, body: dict[str, Any]) -> ConsentRecord:
    """Record that a person consented to a purpose."""
    return actions.decide(session, load(session, Person, person_id, lock=True), granted=True, **body)


@api.post("/people/<uuid:person_id>/consents/<purpose>/withdraw", body=WithdrawalIn, returns=ConsentOut, status=201)
def withdraw(session: Session, person_id: UUID, purpose: str, body: dict[str, Any]) -> ConsentRecord:
    """Record that a person took back their consent to a purpose, whether or not they had given it here."""
    if not purpose.isidentifier() or len(purpose) > 50 or not purpose.isascii() or not purpose.islower():
        raise Invalid("purpose", "not_valid", "A purpose is made of lower-case letters, digits and underscores.")
    return actions.decide(session, load(session, Person, person_id, lock=True), purpose=purpose, granted=False, **body)
