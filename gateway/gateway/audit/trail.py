"""What the edge writes into the spool for each request that changes something or was denied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chassis import clock
from chassis.actor import Actor
from chassis.ids import uuid7
from chassis.trace import trace_id
from gateway.audit.spool import Record, Spool
from gateway.edge.paths import recordable, subject_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ROUTINE = frozenset({"/api/v1/auth/refresh", "/api/v1/auth/token"})  # kept only when refused: each client, all day


@dataclass(frozen=True, slots=True)
class Origin:
    """Who asks for what, and from where."""

    environ: dict[str, Any]
    path: str
    who: Actor
    address: str
    traceparent: str


class Trail:
    """The trail of one process. A change has two lines in the spool: one before it is made, one with its outcome.

    An entry that never gets its second line is one whose outcome the gateway did not live to see.
    """

    def __init__(self, spool: Spool) -> None:
        self._spool = spool

    def begin(self, origin: Origin) -> Record | None:
        """Record that a change is under way. OSError where that is not possible: do not make the change then."""
        if origin.environ["REQUEST_METHOD"] in SAFE or origin.path in ROUTINE:
            return None
        record = record_of(origin)
        self._spool.append(record)
        return record

    def end(self, begun: Record | None, origin: Origin, status: int, ms: int, details: dict[str, Any]) -> None:
        """Record the outcome. Of what was not begun, only refusals are kept.

        `details` completes the record: what was created, and who it was where the request itself found out.
        """
        outcome = {"status": status, "duration_ms": ms} | details
        if begun is not None:
            self._spool.append({"id": begun["id"]} | outcome)
        elif is_denial(origin, status):
            self._spool.append(record_of(origin) | outcome)


def is_denial(origin: Origin, status: int) -> bool:
    """Whether somebody was turned away: not a stranger who merely forgot to log in."""
    if status == 403 or (status >= 400 and origin.path in ROUTINE):
        return True
    return status == 401 and "HTTP_AUTHORIZATION" in origin.environ


def record_of(origin: Origin) -> Record:
    """Who, what, when, from where. No query string and no body: they may hold personal data and secrets."""
    subject = subject_of(origin.path)
    return {
        "id": uuid7(),
        "at": clock.now(),
        "actor_id": origin.who.id,
        "actor_kind": origin.who.kind,
        "actor_name": origin.who.name or None,
        "method": origin.environ["REQUEST_METHOD"],
        "path": recordable(origin.path),
        "service": subject.service,
        "entity": subject.entity,
        "entity_id": subject.entity_id,
        "action": subject.action,
        "address": origin.address,
        "user_agent": origin.environ.get("HTTP_USER_AGENT", "")[:300] or None,
        "trace_id": trace_id(origin.traceparent),
    }
