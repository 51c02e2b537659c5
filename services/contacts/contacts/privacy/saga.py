"""Asking every service and hearing all of them: a request that has begun is done when nobody is outstanding.

How answers are kept, `contacts.asking` says.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.aliases import forget_moved, standing_for
from chassis.events import Event, emit
from chassis.privacy import forget
from chassis.privacy.erased import be_alone
from chassis.privacy.sealing import new_pair
from contacts import asking
from contacts.holdings import HOLDINGS
from contacts.merging.model import Tombstone
from contacts.people.model import Person
from contacts.privacy.model import ExportPart, PrivacyAnswer, PrivacyRequest
from contacts.privacy.rules import NEAR, is_late
from contacts.privacy.settings import settings
from contacts.privacy.suppression import suppress
from contacts.sensitive.keyring import keyring

OTHERS = ("marketing", "reporting", "sales", "service-desk")
SELF = "contacts"
_BATCH = 100


def prepare(session: Session) -> None:
    """Before the request is locked: an erasure has all handlers stand still, and those lock people."""
    be_alone(session)


def begin(session: Session, request: PrivacyRequest, person: Person) -> None:
    """Ask every service. Of an erasure, contacts does its own part in this very transaction."""
    now = clock.now()
    request.person_id = person.id
    request.person_ids = [person.id, *sorted(standing_for(session, Tombstone, person.id))]
    request.services = [PrivacyAnswer(service=name, asked_at=now) for name in sorted((SELF, *OTHERS))]
    if request.kind == "access":
        private, request.public_key = new_pair()
        request.secret = keyring().encrypt(private, about(request.id))
        session.flush()
        _ask(session, request)
        return
    sequence = person.version + 1
    suppress(session, person.points)
    forget_moved(session, Tombstone, request.person_ids)
    done = forget(session, request.person_ids, HOLDINGS)
    _end_others(session, request)
    _note(request, SELF, done["tables"], done["kept"])
    _ask(session, request, sequence)


def hear_erased(session: Session, event: Event) -> None:
    """`privacy.erasure_confirmed`: a service has erased what it held."""
    request = _running(session, event)
    if request is not None:
        _note(request, event.data["service"], event.data["tables"], event.data["kept"])


def hear_part(session: Session, event: Event) -> None:
    """`privacy.export_part`: keep it; the service has answered when all of its parts are here."""
    request, data = _running(session, event), event.data
    sealed = event.personal.get("sealed")
    if request is None or request.secret is None or not sealed:
        return
    service, parts = data["service"], int(data["parts"])
    row = {"request_id": request.id, "service": service, "part": int(data["part"]), "content": b64decode(sealed)}
    session.execute(insert(ExportPart).values(row).on_conflict_do_nothing())
    mine = ExportPart.request_id == request.id, ExportPart.service == service
    if len(session.scalars(select(ExportPart.part).where(*mine)).all()) == parts:
        for answer in request.services:
            if answer.service == service:
                answer.parts = parts
        _note(request, service, {}, [])


def look_after(session: Session, now: datetime) -> None:
    """Ask those again who are late, tell of requests whose deadline is near, once a day; forget expired archives."""
    waiting = select(PrivacyRequest).where(
        PrivacyRequest.state.in_(("open", "running")),
        or_(PrivacyRequest.reminded_at.is_(None), PrivacyRequest.reminded_at <= now - asking.AGAIN),
        or_(PrivacyRequest.due_at <= now + NEAR, PrivacyRequest.begun_at <= now - settings().answer_within),
    )
    for request in session.scalars(waiting.order_by(PrivacyRequest.id).limit(_BATCH).with_for_update(skip_locked=True)):
        if is_late(request.state, request.due_at, request.begun_at, request.outstanding, settings().answer_within, now):
            request.reminded_at = now
            _tell_late(session, request)
    _expire(session, now)


def _ask(session: Session, request: PrivacyRequest, sequence: int = 0) -> None:
    ids = [str(id_) for id_ in request.person_ids]
    data = {"person_id": ids[0], "person_ids": ids, "request_id": str(request.id)}
    if request.kind == "erasure":
        emit(session, "contact.erased", None, data, subject=f"people/{ids[0]}", sequence=sequence)
        return
    data["public_key"] = b64encode(request.public_key or b"").decode()
    emit(session, "privacy.export_requested", request, data)


def _note(request: PrivacyRequest, service: str, tables: dict[str, int], kept: list[dict[str, object]]) -> None:
    if asking.note(request.services, service, tables=tables, kept=kept):
        request.state, request.done_at = "done", clock.now()
        if request.kind == "access":
            request.expires_at = clock.now() + settings().archive_kept


def _running(session: Session, event: Event) -> PrivacyRequest | None:
    wanted = select(PrivacyRequest).where(PrivacyRequest.id == event.uuid("request_id")).with_for_update()
    request = session.scalar(wanted, execution_options={"populate_existing": True})
    return request if request is not None and request.state == "running" else None


def _end_others(session: Session, request: PrivacyRequest) -> None:
    """Whatever else was asked about the person: there is nothing left to answer."""
    others = (
        PrivacyRequest.person_id.in_(request.person_ids), PrivacyRequest.id != request.id,
        PrivacyRequest.state.in_(("open", "running")),
    )  # fmt: skip
    values = {"state": "rejected", "reason": "The person was erased.", "done_at": clock.now()}
    session.execute(
        update(PrivacyRequest).where(*others).values(values), execution_options={"synchronize_session": False}
    )


def _tell_late(session: Session, request: PrivacyRequest) -> None:
    data = {
        "request_id": str(request.id),
        "person_id": str(request.person_id),
        "kind": request.kind,
        "due_at": request.due_at.isoformat(),
        "outstanding": request.outstanding,
    }
    emit(session, "privacy.request_overdue", request, data)
    if request.outstanding:
        _ask(session, request, request.version)


def _expire(session: Session, now: datetime) -> None:
    over = select(PrivacyRequest).where(PrivacyRequest.secret.is_not(None), PrivacyRequest.expires_at <= now)
    for request in session.scalars(over.limit(_BATCH).with_for_update(skip_locked=True)):
        request.secret = None
        session.execute(delete(ExportPart).where(ExportPart.request_id == request.id))


def about(request_id: UUID) -> str:
    """What the private key of a request is bound to."""
    return f"privacy-requests/{request_id}/secret"
