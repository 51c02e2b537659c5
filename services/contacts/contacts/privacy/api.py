"""The routes of what people ask for about their own data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session
from werkzeug.wsgi import FileWrapper

from chassis.access import load
from chassis.http import Answer, Api, Resource
from chassis.storage.base import BLOCK
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.people.schema import PersonOut
from contacts.privacy import actions, restriction, schema
from contacts.privacy.archive import archive
from contacts.privacy.model import LegalHold, PrivacyRequest
from contacts.sensitive.actions import note

SCOPE = "contacts:privacy"

api = Api("privacy", scope="contacts")
api.add(
    Resource(
        PrivacyRequest,
        path="privacy/requests",
        read=schema.RequestOut,
        filters=("kind", "state", "person_id", "law", "due_at", "created_at"),
        sorts=("created_at", "due_at"),
        scope=SCOPE,
    )
)
_ONE = "/privacy/requests/<uuid:request_id>"


@api.post("/privacy/requests", body=schema.RequestIn, returns=schema.RequestOut, status=201, also=(200,), scope=SCOPE)
def open_request(session: Session, body: dict[str, Any]) -> Answer:
    """Record what a person asks for about their data: access, erasure, rectification or restriction.

    The deadline follows from the law. One of the same kind that is under way for the person is answered instead (200).
    """
    request, made = actions.open_request(session, body)
    return Answer(request, 201 if made else 200)


@api.post(f"{_ONE}/identity", body=schema.IdentityIn, returns=schema.RequestOut, scope=SCOPE, errors=(404, 409))
def check_identity(session: Session, request_id: UUID, body: dict[str, Any]) -> PrivacyRequest:
    """Note how it was checked that it is the person who asks."""
    return actions.check_identity(session, request_id, body["identity"])


@api.post(f"{_ONE}/begin", returns=schema.RequestOut, status=202, scope=SCOPE, errors=(404, 409, 503))
def begin(session: Session, request_id: UUID) -> PrivacyRequest:
    """Begin: every service is asked to hand out, or to erase, what it holds of the person.

    The request says who has answered. An erasure cannot be undone; a legal hold forbids it (409 `on_hold`).
    """
    return actions.begin(session, request_id)


@api.post(f"{_ONE}/complete", returns=schema.RequestOut, scope=SCOPE, errors=(404, 409))
def complete(session: Session, request_id: UUID) -> PrivacyRequest:
    """A rectification or restriction has been carried out."""
    return actions.complete(session, request_id)


@api.post(f"{_ONE}/reject", body=schema.ReasonIn, returns=schema.RequestOut, scope=SCOPE, errors=(404, 409))
def reject(session: Session, request_id: UUID, body: dict[str, Any]) -> PrivacyRequest:
    """Reject a request that has not begun."""
    return actions.reject(session, request_id, body["reason"])


@api.get(f"{_ONE}/archive", read_only=False, produces="application/zip", scope=SCOPE, errors=(404, 409, 410, 503))
def fetch_archive(session: Session, request_id: UUID) -> Response:
    """Download what all services hold of the person: a zip with a JSON file per service, the files that were attached
    to the person, and a manifest.

    Who fetched it is kept in the access log.
    """
    content = archive(session, request_id)
    note(session, load(session, PrivacyRequest, request_id).person_id, "archive", "export", f"request {request_id}")
    headers = {"Content-Disposition": f'attachment; filename="personal-data-{request_id}.zip"'}
    pieces = FileWrapper(content, BLOCK)
    return Response(pieces, content_type="application/zip", headers=headers, direct_passthrough=True)


@api.post(
    "/people/<uuid:person_id>/restriction/lift",
    body=schema.ReasonIn,
    returns=PersonOut,
    scope=SCOPE,
    errors=(404,),
)
def lift_restriction(session: Session, person_id: UUID, body: dict[str, Any]) -> Person:
    """End the restriction of a person's data, of which they were told before."""
    return restriction.lift(session, people.lock(session, person_id), body["reason"])


@api.get("/people/<uuid:person_id>/holds", returns=schema.HoldOut, many=True, scope=SCOPE, errors=(404,))
def list_holds(session: Session, person_id: UUID) -> list[LegalHold]:
    """List why the person must not be erased, and what was lifted."""
    return actions.holds_of(session, load(session, Person, person_id))


@api.post(
    "/people/<uuid:person_id>/holds", body=schema.HoldIn, returns=schema.HoldOut, status=201, scope=SCOPE, errors=(404,)
)
def place_hold(session: Session, person_id: UUID, body: dict[str, Any]) -> LegalHold:
    """Forbid that the person is erased, for a reason."""
    return actions.place_hold(session, person_id, body)


@api.post("/holds/<uuid:hold_id>/lift", returns=schema.HoldOut, scope=SCOPE, errors=(404,))
def lift_hold(session: Session, hold_id: UUID) -> LegalHold:
    """Lift a hold."""
    return actions.lift_hold(session, hold_id)
