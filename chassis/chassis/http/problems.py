"""Errors as application/problem+json (RFC 9457). Never a stack trace, never a 500 for bad input."""

from __future__ import annotations

import logging
from typing import Any

import orjson
from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from chassis.db.refusals import refusal_for
from chassis.errors import BadRequest, Invalid, Refusal, TooLarge
from chassis.trace import trace_id

log = logging.getLogger("chassis.http")
PROBLEM_JSON = "application/problem+json"


def problem(status: int, title: str, code: str, detail: str, **members: Any) -> Response:
    """A problem document. `code` is stable and for programs, `detail` for people."""
    body = {
        "type": f"urn:quintet:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail,
    }
    body |= {"trace_id": trace_id(g.get("traceparent"))} | members
    return Response(orjson.dumps(body, default=str, option=orjson.OPT_UTC_Z), status, mimetype=PROBLEM_JSON)


def problem_for(refusal: Refusal) -> Response:
    """The answer that a refusal amounts to."""
    errors = [{"pointer": e.pointer, "code": e.code, "message": e.message} for e in refusal.errors]
    members = refusal.extra | ({"errors": errors} if errors else {})
    response = problem(refusal.status, refusal.title, refusal.code, refusal.detail, **members)
    response.headers.update(refusal.headers)
    return response


def install_problems(app: Flask) -> None:
    """Answer every error of `app` as a problem document."""

    def on_http_error(error: HTTPException) -> Response:
        if isinstance(error, RequestEntityTooLarge):
            return problem_for(TooLarge("too_large", "The body is larger than this endpoint takes."))
        status = error.code or 500
        code = (error.name or "error").lower().replace(" ", "_")
        response = problem(status, error.name, code, error.description or "")
        response.headers.update(
            [h for h in error.get_headers() if h[0] in ("Allow", "Retry-After", "WWW-Authenticate")]
        )
        return response

    def on_error(error: Exception) -> Response:
        refusal = refusal_for(error)
        if isinstance(refusal, Invalid) and request.method in ("GET", "HEAD"):
            refusal = BadRequest("", refusal.errors[0].code, refusal.detail)  # a filter's value, for there is no body
        if refusal is not None:
            if refusal.status >= 500:
                log.warning("refused: %s", refusal.code, extra={"error": type(error).__name__})
            return problem_for(refusal)
        log.error("request failed", exc_info=error)
        return problem(500, "Internal error", "internal_error", "Something went wrong on our side; it was logged.")

    app.register_error_handler(Refusal, problem_for)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(Exception, on_error)
