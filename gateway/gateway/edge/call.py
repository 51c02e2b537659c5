"""One request on its way through the edge: what is known of it, and what happens once its answer is."""

from __future__ import annotations

import logging
import time
from typing import Any
from uuid import UUID

from chassis.actor import ANONYMOUS, Actor
from chassis.errors import Refusal
from chassis.trace import child_of
from gateway.audit import annotate
from gateway.audit.spool import Record
from gateway.audit.trail import Origin, Trail
from gateway.edge import metrics, problem
from gateway.edge.paths import service_of, subject_of
from gateway.edge.rate import Verdict

log = logging.getLogger("gateway.edge")


class Call:
    """A request. `respond` is its `start_response`; it completes the trail before the client sees anything."""

    __slots__ = (
        "_begun", "_start", "_start_response", "_trail", "address", "environ", "path", "service", "traceparent",
        "verdict", "who",
    )  # fmt: skip

    def __init__(
        self, environ: dict[str, Any], start_response: problem.StartResponse, address: str, trail: Trail
    ) -> None:
        self._start = time.perf_counter()
        self._start_response = start_response
        self._trail = trail
        self._begun: Record | None = None
        self.environ = environ
        self.path: str = environ["PATH_INFO"]
        self.service = service_of(self.path)
        self.address = address
        self.traceparent = child_of(environ.get("HTTP_TRACEPARENT"))
        self.who: Actor = ANONYMOUS
        self.verdict: Verdict | None = None

    def begin(self) -> None:
        """Record a change before it is made. OSError where that is not possible."""
        self._begun = self._trail.begin(self._origin())

    def respond(self, status: str, headers: problem.Headers, exc_info: Any = None) -> Any:
        """WSGI's start_response, which also completes the trail and adds what the edge tells the client."""
        code = int(status[:3])
        elapsed = time.perf_counter() - self._start
        metrics.answered(self.service, self.environ["REQUEST_METHOD"], code, elapsed)
        if self._begun is not None or code >= 400:
            self._end(code, round(elapsed * 1000), headers)
        if self.verdict is not None:
            headers = headers + self.verdict.headers()
        return self._start_response(status, headers, exc_info) if exc_info else self._start_response(status, headers)

    def refuse(self, refusal: Refusal) -> list[bytes]:
        """Answer with a refusal of the edge's own."""
        return problem.answer(self.respond, refusal, self.traceparent)

    def _end(self, code: int, ms: int, headers: problem.Headers) -> None:
        """Complete the trail. What is done is done: a full disk must not make it look undone to the client."""
        try:
            self._trail.end(self._begun, self._origin(), code, ms, self._details(code, headers))
        except OSError:
            log.exception("the outcome of a request cannot be recorded")

    def _origin(self) -> Origin:
        return Origin(self.environ, self.path, self.who, self.address, self.traceparent)

    def _details(self, code: int, headers: problem.Headers) -> dict[str, Any]:
        details: dict[str, Any] = self.environ.get(annotate.KEY) or {}
        if code == 201 and "entity_id" not in details:
            location = next((value for name, value in headers if name.lower() == "location"), "")
            created = created_id(location)
            return details | {"entity_id": created} if created else details
        return details


def created_id(location: str) -> UUID | None:
    """The id of what a POST created, from its Location."""
    return subject_of(location).entity_id if location.startswith("/api/v1/") else None
