"""Use cases: a request comes in, the person's identity is checked, it begins or is rejected; holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import clock
from chassis.access import actor, load
from chassis.errors import Conflict, Invalid, NotFound
from contacts.people import actions as people
from contacts.people.model import Person
from contacts.privacy import restriction, rules, saga
from contacts.privacy.holds import refuse_held
from contacts.privacy.model import LegalHold, PrivacyRequest
from contacts.privacy.settings import settings


def open_request(session: Session, data: dict[str, Any]) -> tuple[PrivacyRequest, bool]:
    """A new request, and whether it was made: of the same kind, one is under way for a person at a time."""
    try:
        person = load(session, Person, people.moved(session, data.pop("person_id")))
    except NotFound as error:
        raise Invalid("person_id", "unknown_reference", "There is no such person.") from error
    received, identity = data.pop("received_at", None) or clock.now(), data.pop("identity", None)
    if received > clock.now():
        raise Invalid("received_at", "in_the_future", "A request cannot have come in the future.")
    due_at = rules.due(received, settings().deadlines[data["law"]])
    request = PrivacyRequest(
        person_id=person.id, state="open", received_at=received, due_at=due_at, opened_by=actor().id, **data
    )
    try:
        with session.begin_nested():
            session.add(request)
            session.flush()
    except IntegrityError:
        return _under_way(session, person.id, data["kind"]), False
    if identity:
        _note_identity(request, identity)
    return request, True


def check_identity(session: Session, request_id: UUID, identity: str) -> PrivacyRequest:
    """Note how the person's identity was checked."""
    request = load(session, PrivacyRequest, request_id, lock=True)
    if request.state != "open":
        raise Conflict("begun", f"The request is {request.state}.")
    _note_identity(request, identity)
    return request


def begin(session: Session, request_id: UUID) -> PrivacyRequest:
    """Begin what was asked for; begun already is done. Conflict where the identity was not checked, where the person is
    gone, or where a hold forbids the erasure."""
    saga.prepare(session)
    request = load(session, PrivacyRequest, request_id, lock=True)
    if not rules.may_begin(request.kind, request.state, request.identity):
        return request
    request.state, request.begun_at, request.begun_by = "running", clock.now(), actor().id
    if request.kind == "rectification":
        return request
    person = _person_of(session, request)
    if request.kind == "restriction":
        restriction.impose(session, person)
        return request
    if request.kind == "erasure":
        refuse_held(session, person)
    saga.begin(session, request, person)
    return request


def complete(session: Session, request_id: UUID) -> PrivacyRequest:
    """A rectification or restriction that somebody carried out; done already is done."""
    request = load(session, PrivacyRequest, request_id, lock=True)
    if request.kind in ("access", "erasure"):
        raise Conflict("by_itself", "It is done when every service has answered.")
    if request.state == "done":
        return request
    if request.state != "running":
        raise Conflict("not_begun", f"The request is {request.state}.")
    request.state, request.done_at = "done", clock.now()
    return request


def reject(session: Session, request_id: UUID, reason: str) -> PrivacyRequest:
    """Reject a request that has not begun, with the reason that the person is told."""
    request = load(session, PrivacyRequest, request_id, lock=True)
    if rules.may_reject(request.state):
        request.state, request.reason, request.done_at = "rejected", reason, clock.now()
    return request


def place_hold(session: Session, person_id: UUID, data: dict[str, Any]) -> LegalHold:
    """From now on the person must not be erased, nor deleted."""
    hold = LegalHold(person_id=people.lock(session, person_id).id, placed_by=actor().id, **data)
    session.add(hold)
    return hold


def lift_hold(session: Session, hold_id: UUID) -> LegalHold:
    """The reason is no more; lifted already is done."""
    hold = load(session, LegalHold, hold_id, lock=True)
    if hold.lifted_at is None:
        hold.lifted_at, hold.lifted_by = clock.now(), actor().id
    return hold


def holds_of(session: Session, person: Person) -> list[LegalHold]:
    """All holds of a person, the newest first."""
    mine = select(LegalHold).where(LegalHold.person_id == person.id)
    return list(session.scalars(mine.order_by(LegalHold.created_at.desc(), LegalHold.id.desc())))


def _person_of(session: Session, request: PrivacyRequest) -> Person:
    try:
        return people.lock_current(session, request.person_id)
    except NotFound as error:
        gone = "The person was deleted since; reject the request with that as the reason."
        raise Conflict("person_gone", gone) from error


def _note_identity(request: PrivacyRequest, identity: str) -> None:
    request.identity, request.identity_checked_at, request.identity_checked_by = identity, clock.now(), actor().id


def _under_way(session: Session, person_id: UUID, kind: str) -> PrivacyRequest:
    mine = PrivacyRequest.person_id == person_id, PrivacyRequest.kind == kind
    found = session.scalar(select(PrivacyRequest).where(*mine, PrivacyRequest.state.in_(("open", "running"))))
    if found is None:
        raise Conflict("try_again", "Others are at the same request; try again.")
    return found
