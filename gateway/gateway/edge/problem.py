"""The gateway's own refusals, as application/problem+json (RFC 9457), without Flask."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import orjson

from chassis.errors import Refusal
from chassis.http.problems import PROBLEM_JSON
from chassis.trace import trace_id

StartResponse = Callable[..., Any]
Headers = list[tuple[str, str]]


def answer(
    start_response: StartResponse,
    refusal: Refusal,
    traceparent: str | None = None,
    headers: Headers | None = None,
) -> list[bytes]:
    """Answer with `refusal`, in the shape in which the services' own Flask applications do."""
    body = orjson.dumps(
        {
            "type": f"urn:quintet:problem:{refusal.code}",
            "title": refusal.title,
            "status": refusal.status,
            "code": refusal.code,
            "detail": refusal.detail,
            "trace_id": trace_id(traceparent),
            **refusal.extra,
        }
    )
    fixed = [
        ("Content-Type", PROBLEM_JSON),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    all_headers = fixed + list(refusal.headers.items()) + (headers or [])
    start_response(f"{refusal.status} {HTTPStatus(refusal.status).phrase}", all_headers)
    return [body]


class BadGateway(Refusal):
    """502: the service answered something that is not HTTP, or broke off."""

    status, title = 502, "Bad gateway"


class GatewayTimeout(Refusal):
    """504: the service did not answer in time. Whether it did what was asked is not known."""

    status, title = 504, "Gateway timeout"


class RequestTimeout(Refusal):
    """408: the client did not send its request to the end."""

    status, title = 408, "Request timeout"
