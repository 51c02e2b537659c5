"""Idempotency-Key: the answer to a POST is kept in the transaction of its change, so that a repeat changes nothing.

Same key and request: the same answer. Same key, another request: 422. The first still under way: 409.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from datetime import datetime

from flask import Response, g, request
from sqlalchemy import delete, select, text, tuple_
from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.db.sending import ask, send
from chassis.db.tables import idempotency_keys as table
from chassis.encoding import to_json
from chassis.errors import BadRequest, Conflict, Invalid

MAX_KEY = 255
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")
_TAKE_TURN = text("SELECT pg_try_advisory_xact_lock(7170002, CAST(:number AS int))")
_KEPT = text("SELECT request_hash, status, headers, body FROM idempotency_keys WHERE owner = :owner AND key = :key")
_KEEP = text(
    "INSERT INTO idempotency_keys (owner, key, request_hash, status, headers, body)"
    " VALUES (:owner, :key, :request_hash, :status, CAST(:headers AS jsonb), :body)"
)


def once(session: Session, key: str, work: Callable[[], Response]) -> Response:
    """The kept answer to this request, or that of `work`, which is then kept under the caller's `key`."""
    if not key.isprintable() or not 0 < len(key) <= MAX_KEY:
        raise BadRequest("Idempotency-Key", "not_valid", f"A key has 1 to {MAX_KEY} printable characters.")
    owner, digest = str(actor().id or _nobody()), _digest()
    _take_turn(session, owner, key)
    for request_hash, status, headers, body in ask(session, _KEPT, {"owner": owner, "key": key}):
        if bytes(request_hash) != digest:
            raise Invalid("Idempotency-Key", "key_reused", "This key was used for another request.")
        return Response(bytes(body), status, headers=headers | {"Idempotent-Replayed": "true"})
    response = work()
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    row = {"owner": owner, "key": key, "request_hash": digest, "status": response.status_code}
    body = g.pop("kept_body", None) or response.get_data()
    send(session, _KEEP, row | {"headers": to_json(headers).decode(), "body": body})
    return response


def forget(session: Session, before: datetime, limit: int) -> None:
    """Drop up to `limit` answers that were kept before then: nobody will ask for them again."""
    old = select(table.c.owner, table.c.key).where(table.c.created_at < before).limit(limit)
    session.execute(delete(table).where(tuple_(table.c.owner, table.c.key).in_(old)))


def _nobody() -> str:
    """Whoever calls a public path. Hashed, because the path may hold the token of a link."""
    return f"anonymous:{hashlib.sha256(request.path.encode()).hexdigest()}"


def _digest() -> bytes:
    hashed = hashlib.sha256(f"{request.method} {request.full_path}\n{request.mimetype}\n".encode())
    if request.mimetype == "multipart/form-data":
        _hash_form(hashed)
    else:
        hashed.update(request.get_data(cache=True))
    return hashed.digest()


def _hash_form(hashed: hashlib._Hash) -> None:
    """What a form holds, without the boundary between, which clients choose at random each time."""
    for name, value in sorted(request.form.items(multi=True)):
        hashed.update(f"{name}\x00{value}\x00".encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda item: item[0]):
        hashed.update(f"{name}\x00".encode())
        while block := file.stream.read(1024 * 1024):
            hashed.update(block)
        file.stream.seek(0)


def _take_turn(session: Session, owner: str, key: str) -> None:
    """Hold the key until the transaction ends; 409 while another request holds it."""
    number = zlib.crc32(f"{owner}\n{key}".encode()) - 2**31
    ((taken,),) = ask(session, _TAKE_TURN, {"number": number})
    if not taken:
        raise Conflict("in_progress", "A request with this Idempotency-Key is still under way.")
