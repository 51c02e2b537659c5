"""The routes of sensitive values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from chassis.access import load
from chassis.http import Answer, Api, Resource
from chassis.jobs import Job, JobOut, start_job
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.sensitive import actions, schema
from contacts.sensitive.job import KIND
from contacts.sensitive.model import SensitiveAccess

SCOPE, AUDIT = "contacts:sensitive", "contacts:privacy"
_OF = "/people/<uuid:person_id>/sensitive"
_ONE = f"{_OF}/<string(maxlength=40):field>"

api = Api("sensitive", scope="contacts")
api.add(
    Resource(
        SensitiveAccess,
        path="sensitive-accesses",
        read=schema.AccessOut,
        filters=("person_id", "field", "how", "user_id", "at"),
        sorts=("at",),
        default_sort="-at",
        scope=AUDIT,
    )
)


@api.get(_OF, returns=schema.MaskedOut, many=True, errors=(404, 409, 503))
def list_values(session: Session, person_id: UUID) -> list[dict[str, Any]]:
    """List the sensitive values of a person, masked."""
    return actions.listed(session, load(session, Person, person_id))


@api.put(_ONE, body=schema.ValueIn, returns=schema.StoredOut, guarded=False, scope=SCOPE, errors=(404, 503))
def store_value(session: Session, person_id: UUID, field: str, body: dict[str, Any]) -> dict[str, Any]:
    """Keep a sensitive value, encrypted. `same_as` names other people with the same number."""
    return actions.store(session, people.lock(session, person_id), field, body["value"])


@api.delete(_ONE, guarded=False, scope=SCOPE, errors=(404, 422))
def remove_value(session: Session, person_id: UUID, field: str) -> None:
    """Forget a sensitive value."""
    actions.remove(session, people.lock(session, person_id), field)


@api.post(f"{_ONE}/reveal", body=schema.WhyIn, returns=schema.RevealedOut, scope=SCOPE, errors=(404, 409, 503))
def reveal(session: Session, person_id: UUID, field: str, body: dict[str, Any]) -> Answer:
    """Read a sensitive value. Who read it, and why, is kept."""
    value = actions.reveal(session, load(session, Person, person_id), field, body["reason"])
    return Answer(value, kept={"field": field, "value": None})


@api.post(
    "/people/search-sensitive", body=schema.SearchIn, returns=schema.FoundOut, many=True, scope=SCOPE, errors=(503,)
)
def search(session: Session, body: dict[str, Any]) -> Sequence[Any]:
    """Find who has exactly this value, by its blind index. Who searched, and why, is kept."""
    return actions.search(session, body["field"], body["value"], body["reason"])


@api.post("/sensitive/rotate-keys", returns=JobOut, status=202, scope=SCOPE)
def rotate_keys(session: Session) -> Job:
    """Encrypt everything anew with the first of CONTACTS_ENCRYPTION_KEYS. The older keys still read meanwhile."""
    return start_job(session, KIND)
