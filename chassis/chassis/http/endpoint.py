"""What surrounds every view: who asks, may they, is the input right, one transaction, the same answer to a repeat."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import orjson
from flask import Response, g, request
from marshmallow import fields as ma
from sqlalchemy.orm import Session

from chassis.access import actor
from chassis.actor import ANONYMOUS, Actor
from chassis.context import Context, running
from chassis.custom.definitions import shown_keys
from chassis.db.database import Database
from chassis.encoding import to_json
from chassis.errors import (
    BadRequest,
    Forbidden,
    Invalid,
    Refusal,
    Stale,
    TooLarge,
    Unauthorized,
    Unconditional,
    Unsupported,
)
from chassis.http import idempotency
from chassis.http.api import Route
from chassis.http.moved import gone_on
from chassis.http.render import Answer, dump_all, dumper, etag, has_custom, hidden_fields, version_of
from chassis.http.streaming import streamed
from chassis.http.tokens import TokenVerifier, bearer_token
from chassis.schema import Schema
from chassis.trace import trace_id

MAX_BODY = 1024 * 1024
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')


def view_function(route: Route, database: Database, verifier: TokenVerifier) -> Callable[..., Response]:
    """The Flask view that runs `route`."""

    def respond(**path: Any) -> Response:
        who = authenticate(route, verifier)
        with running(Context(actor=who, traceparent=g.traceparent, correlation_id=trace_id(g.traceparent))):
            arguments = path | _inputs(route)
            try:
                return _answer(route, database, path, arguments)
            except Refusal:
                if (elsewhere := gone_on(route, database, path)) is None:
                    raise
                return elsewhere

    return respond


def authenticate(route: Route, verifier: TokenVerifier) -> Actor:
    """The actor behind the request: 401 without a valid token, 403 without the route's scope, or for a partner on an
    internal route. Public routes: nobody."""
    if route.public:
        return ANONYMOUS
    token = bearer_token(request.headers.get("Authorization"))
    if token is None:
        raise Unauthorized()
    who = verifier.actor(token)
    if route.scope and not who.may(route.scope):
        raise Forbidden(f"This needs the scope {route.scope}.", "missing_scope")
    if route.internal and who.reach == "partner":
        raise Forbidden("This is not for partners.", "not_for_partners")
    return who


def if_match() -> int:
    """The version that the request's If-Match names. Unconditional (428) without one."""
    header = request.headers.get("If-Match")
    if header is None:
        raise Unconditional()
    match = _ETAG.fullmatch(header.strip())
    if match is None:
        raise BadRequest("If-Match", "not_an_etag", "If-Match takes one ETag as it was received.")
    return int(match[1])


def check_version(entity: Any) -> None:
    """Refuse (412) a guarded request whose If-Match names another version than the entity is at."""
    expected = if_match()
    if entity.version != expected:
        raise Stale(entity.version)


def _inputs(route: Route) -> dict[str, Any]:
    """The validated query and body of the request, as keyword arguments."""
    inputs: dict[str, Any] = {}
    limit = route.max_body() if callable(route.max_body) else route.max_body
    if limit is not None:
        request.max_content_length = limit
    if "Idempotency-Key" in request.headers:
        request.get_data(cache=True)  # before a form is parsed, which would use up the body that is hashed later
    if route.guarded:
        if_match()
    query = _query(route)
    if route.query is not None:
        inputs["query"] = query
    if route.body is not None:
        inputs["body"] = _body(route, route.body)
    return inputs


def _query(route: Route) -> dict[str, Any]:
    text = request.query_string.decode("utf-8", "replace")
    given: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, errors="replace"):
        if "\x00" in value or "\ufffd" in name + value:
            raise BadRequest(name, "not_text", "The value is not valid UTF-8 text.")
        if name in given:
            raise BadRequest(name, "repeated", f"The parameter {name} is given twice.")
        given[name] = value
    if route.query is None:
        if given:
            raise _unknown_parameter(next(iter(given)))
        return {}
    return given if route.query.passes_all else _load_query(route.query, given)


def _load_query(schema: Schema, given: dict[str, Any]) -> dict[str, Any]:
    known = {field.data_key or name: field for name, field in schema.load_fields.items()}
    for name, value in given.items():
        if name not in known:
            raise _unknown_parameter(name)
        if isinstance(known[name], ma.List):
            given[name] = [part for part in value.split(",") if part]
    try:
        return schema.load_or_refuse(given)
    except Invalid as refusal:
        first = refusal.errors[0]
        raise BadRequest(first.field.split(".")[0], first.code, first.message) from None


def _unknown_parameter(name: str) -> BadRequest:
    return BadRequest(name, "unknown_parameter", f"There is no parameter {name!r} here.")


def _body(route: Route, schema: Schema) -> dict[str, Any]:
    if request.mimetype not in route.consumes:
        if request.content_length or request.mimetype:
            raise Unsupported("unsupported_media_type", f"Send {' or '.join(route.consumes)}.")
        return schema.load_or_refuse({})
    if request.mimetype != "application/json":
        return schema.load_or_refuse(request.form.to_dict())
    raw = request.get_data(cache=True)
    if len(raw) > ((request.max_content_length if route.max_body else None) or MAX_BODY):
        raise TooLarge("too_large", "The body is larger than this endpoint takes.")
    try:
        data = orjson.loads(raw or b"{}")
    except orjson.JSONDecodeError as error:
        raise BadRequest("body", "not_json", f"The body is not JSON: {error}") from None
    if b"\\u0000" in raw and b"\x00" in orjson.dumps(data).replace(b"\\u0000", b"\x00"):
        raise Invalid(_nul_in(data) or "", "nul_character", "Text must not hold NUL characters.")
    return schema.load_or_refuse(data)


def _nul_in(data: Any) -> str | None:
    """Where in a body the first NUL character stands, as `emails.0`; None where there is none."""
    if isinstance(data, str):
        return "" if "\x00" in data else None
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for name, value in parts:
        if "\x00" in str(name):
            return ""
        if (below := _nul_in(value)) is not None:
            return f"{name}.{below}".removesuffix(".")
    return None


def _answer(route: Route, database: Database, path: dict[str, Any], arguments: dict[str, Any]) -> Response:
    if route.streamed:
        return streamed(database, route.view, arguments)
    if route.read_only:
        with database.reading() as session:
            return _render(route, session, route.view(session, **arguments))
    return _write(route, database, path, arguments)


def _write(route: Route, database: Database, path: dict[str, Any], arguments: dict[str, Any]) -> Response:
    """The use case in one transaction, with the record that makes a repeat of it harmless.

    An attempt after a deadlock reads the request anew: the use case may have taken things out of what it was given.
    """
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    unused = [arguments]

    def work(session: Session) -> Response:
        given = unused.pop() if unused else path | _inputs(route)
        if key is None:
            return _commit_ready(route, session, given)
        return idempotency.once(session, key, lambda: _commit_ready(route, session, given))

    return database.run(work)


def _commit_ready(route: Route, session: Session, arguments: dict[str, Any]) -> Response:
    result = route.view(session, **arguments)
    session.flush()  # so that what is answered carries the version that will be committed
    return _render(route, session, result)


def _render(route: Route, session: Session, result: Any) -> Response:
    if isinstance(result, Response):
        return result
    answer = result if isinstance(result, Answer) else Answer(result)
    status = answer.status or route.status
    response = Response(_bytes(route, session, answer.value, status), status, mimetype=route.produces)
    response.headers.update(answer.headers)
    if answer.kept is not None:
        g.kept_body = _bytes(route, session, answer.kept, status)
    version = None if route.many else version_of(answer.value)
    if version is not None:
        response.headers["ETag"] = etag(version)
        if status == 200 and request.method == "GET" and request.headers.get("If-None-Match") == etag(version):
            return Response(status=304, headers={"ETag": etag(version)})
    return response


def _bytes(route: Route, session: Session, value: Any, status: int) -> bytes:
    if status == 204 or value is None:
        return b""
    if route.returns is None:
        return to_json(value)
    keys = shown_keys(session) if has_custom(route.returns) else None
    dump = dumper(route.returns, hidden_fields(route.returns, actor()), keys)
    if not route.many:
        return to_json(dump(value))
    if isinstance(value, dict) and "data" in value:
        return to_json(value | {"data": dump_all(dump, value["data"])})
    return to_json({"data": dump_all(dump, value), "next_cursor": None})
