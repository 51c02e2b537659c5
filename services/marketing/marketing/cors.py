"""Cross-origin requests to the public endpoints, and to no others.

Source: https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

from flask import Flask, Response, request

from marketing.base import SERVICE
from marketing.settings import settings

PUBLIC = f"{SERVICE.url_prefix}/public/"


def install_cors(app: Flask) -> None:
    """Let pages of the configured origins read and post the public forms."""

    @app.after_request
    def allow(response: Response) -> Response:
        origin, allowed = request.headers.get("Origin"), settings().cors_origins
        if not request.path.startswith(PUBLIC) or not origin or not {"*", origin} & set(allowed):
            return response
        response.headers["Access-Control-Allow-Origin"] = "*" if "*" in allowed else origin
        if request.method == "OPTIONS":
            response.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
            response.headers["Access-Control-Allow-Headers"] = "Content-Type, Idempotency-Key"
            response.headers["Access-Control-Max-Age"] = "600"
        if "*" not in allowed:
            response.vary.add("Origin")
        return response
