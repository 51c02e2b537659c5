"""The outermost layer: a WSGI application around the Flask one.

For each request, in this order: who asks (an invalid token ends here), how often, is it recorded, and where to: a
service, or the gateway's own Flask application. Nothing that it learns of the caller is passed on as a header;
services verify the token themselves.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from chassis.actor import ANONYMOUS, Actor
from chassis.errors import Refusal, Unauthorized, Unavailable
from chassis.http.tokens import TokenVerifier
from gateway.audit.trail import Trail
from gateway.edge import metrics
from gateway.edge.body import Caps
from gateway.edge.call import Call
from gateway.edge.headers import client_address
from gateway.edge.paths import LOGIN, TOKENLESS, is_public
from gateway.edge.problem import StartResponse
from gateway.edge.proxy import forward
from gateway.edge.rate import RateLimiter, caller_key
from gateway.edge.upstream import Upstream

log = logging.getLogger("gateway.edge")
PROBES = frozenset({"/livez", "/readyz", "/readyz/self", "/metrics"})


class Revoked(Protocol):
    """Knows whose access tokens no longer count though they have not expired."""

    def covers(self, who: Actor) -> bool: ...


class Edge:
    """See the module. `app` is the Flask application's own `wsgi_app`."""

    def __init__(
        self,
        app: Any,
        *,
        upstreams: Mapping[str, Upstream],
        verifier: TokenVerifier,
        revoked: Revoked,
        limiter: RateLimiter,
        trail: Trail,
        caps: Caps,
        trusted_proxies: int = 0,
    ) -> None:
        self._app = app
        self._upstreams = upstreams
        self._verifier = verifier
        self._revoked = revoked
        self._limiter = limiter
        self._trail = trail
        self._caps = caps
        self._trusted_proxies = trusted_proxies
        metrics.know(set(upstreams))

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] in PROBES:
            return self._app(environ, start_response)
        call = Call(environ, start_response, client_address(environ, self._trusted_proxies), self._trail)
        try:
            return self._pass(call)
        except Refusal as refusal:
            return call.refuse(refusal)

    def _pass(self, call: Call) -> Iterable[bytes]:
        try:
            call.who = self._who(call)
        finally:  # also a caller whose token is not valid is counted
            self._limit(call)
        try:
            call.begin()
        except OSError as error:
            log.exception("a change cannot be recorded and is refused")
            raise Unavailable("Changes cannot be recorded at this moment, so none are made.") from error
        upstream = self._upstreams.get(call.service)
        if upstream is not None:
            return forward(call, upstream, self._caps)
        call.environ |= {"HTTP_TRACEPARENT": call.traceparent, "gateway.address": call.address}
        return self._app(call.environ, call.respond)

    def _who(self, call: Call) -> Actor:
        """The bearer of the request's token; nobody without one. Unauthorized where it is not valid any more."""
        scheme, _, token = call.environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != "bearer" or call.path in TOKENLESS:
            return ANONYMOUS
        who = self._verifier.actor(token.strip())
        if self._revoked.covers(who):
            raise Unauthorized("The token was taken back; refresh it or log in again.", "token_revoked")
        return who

    def _limit(self, call: Call) -> None:
        bucket, caller = self._bucket(call)
        call.verdict = self._limiter.hit(bucket, caller, call.who.claims.get("rate"))
        if call.verdict is not None and not call.verdict.allowed:
            metrics.LIMITED.labels(bucket).inc()
            raise TooMany(call.verdict.reset)

    def _bucket(self, call: Call) -> tuple[str, str]:
        if call.path in LOGIN:
            return "login", caller_key(call.address)
        if call.who.id is not None:
            return call.who.kind, str(call.who.id)
        return "public" if is_public(call.path) else "anonymous", caller_key(call.address)


class TooMany(Refusal):
    """429. Retry-After comes with the RateLimit fields."""

    status, title = 429, "Too many requests"

    def __init__(self, seconds: int) -> None:
        super().__init__("rate_limited", f"Too many requests; try again in {seconds} s.")
