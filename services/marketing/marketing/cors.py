"""Cross-origin requests to the public endpoints, and to no others.

Source: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

from flask import Flask, Response, request

from marketing.base import SERVICE
from marketing.settings import settings

PUBLIC = f"{SERVICE.url_prefix}/public/"
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, POST",
    "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key",
    "Access-Control-Max-Age": "600",
}


def install_cors(app: Flask) -> None:
    """Let pages of the configured origins read and post the public forms."""

    @app.before_request
    def preflight() -> Response | None:
        asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        if not asks or not request.path.startswith(PUBLIC):
            return None
        return Response(status=204, headers=PREFLIGHT if _allowed() else None)

    @app.after_request
    def allow(response: Response) -> Response:
        if request.path.startswith(PUBLIC):
            response.vary.add("Origin")
            if allowed := _allowed():
                response.headers["Access-Control-Allow-Origin"] = allowed
        return response


def _allowed() -> str | None:
    """What to answer to the request's origin; None where there is none or it is not among those that are
    let in.
    """
    origin, origins = request.headers.get("Origin"), settings().cors_origins
    if origin and "*" in origins:
        return "*"
    return origin if origin in origins else None
