"""OpenAPI 3.1, made from the routes and their marshmallow schemas; nothing is described twice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, cast

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema
from marshmallow import fields as ma

from chassis.http.api import Route
from chassis.http.problems import PROBLEM_JSON
from chassis.schema import field_types as own
from chassis.schema.standards import currencies
from chassis.service import Service

_PARAMETER = re.compile(r"<(?:(?P<converter>[^:>]+):)?(?P<name>[^>]+)>")
_CONVERTERS = {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer", "minimum": 0}}
_TITLES = {
    400: "The request makes no sense: a broken parameter or body.",
    401: "No valid token.",
    403: "The token lacks the scope.",
    404: "There is no such record within reach.",
    409: "The record is not in a state that allows this, or a key is taken.",
    410: "It is no longer there.",
    412: "The record was changed since it was read.",
    413: "The body is too large.",
    414: "The address is too long.",
    415: "The body has another media type.",
    422: "A field breaks a rule; the problem names both.",
    428: "If-Match is required.",
    429: "Too many requests; see Retry-After.",
    502: "The service gave no valid answer.",
    503: "A part that is needed is down, or busy with the same record.",
    504: "The service took too long.",
}


def describe(service: Service, routes: Iterable[Route]) -> dict[str, Any]:
    """The OpenAPI document of a service."""
    plugin = MarshmallowPlugin(schema_name_resolver=_schema_name)
    spec = APISpec(f"Quintet {service.name}", "1", "3.1.0", plugins=[plugin])
    _map_fields(plugin)
    spec.components.schema("Problem", PROBLEM)
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    for route in routes:
        spec.path(
            _template(service.url_prefix + route.path),
            operations={route.method.lower(): _operation(plugin, route)},
        )
    document: dict[str, Any] = _tidy(spec.to_dict())
    return document


def _tidy(node: Any) -> Any:
    """Mend what the plug-in's parts make of each other: `null` named twice, numeric limits on decimals sent as text."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidied = {key: _tidy(value) for key, value in node.items()}
    types = tidied.get("type")
    if isinstance(types, list):
        tidied["type"] = list(dict.fromkeys(types))
    if types == "string" or (isinstance(types, list) and "string" in types):
        tidied = {key: value for key, value in tidied.items() if key not in ("minimum", "maximum")}
    return tidied


def _operation(plugin: MarshmallowPlugin, route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.endpoint,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [*_path_parameters(route.path), *_query_parameters(plugin, route), *_headers(route)],
        "responses": _responses(route),
        "security": [] if route.public else [{"bearer": []}],
    }
    if route.description:
        operation["description"] = route.description
    if route.scope:
        operation["x-scope"] = route.scope
    if route.form is not None:
        content = {"multipart/form-data": {"schema": dict(route.form)}}
        operation["requestBody"] = {"required": True, "content": content}
    elif route.body is not None:
        content = {media: {"schema": cast(Any, route.body)} for media in route.consumes}
        operation["requestBody"] = {
            "required": any(f.required for f in route.body.fields.values()),
            "content": content,
        }
    return operation


def _responses(route: Route) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done."}
    if route.status != 204:
        body: Any = (
            route.returns or {"type": "object"}
            if route.produces == "application/json"
            else {"type": "string"}
        )
        if route.many:
            body = _page(body)
        good["content"] = {media: {"schema": body} for media in (route.produces, *route.also_produces)}
    responses: dict[str, Any] = {str(status): good for status in (route.status, *route.also)}
    if route.method == "GET" and route.returns is not None and not route.many:
        responses["304"] = {"description": "Not changed since If-None-Match."}
    problem = {PROBLEM_JSON: {"schema": "Problem"}}
    for status in sorted(_statuses(route)):
        responses.setdefault(
            str(status), {"description": _TITLES.get(status, "Refused."), "content": problem}
        )
    return responses


def _statuses(route: Route) -> set[int]:
    statuses = {400, 414, 429, 502, 503, 504, *route.errors}
    if not route.public:
        statuses |= {401, 403}
    if "<" in route.path:
        statuses.add(404)
    if route.method != "GET":
        statuses |= {409, 413, 422}
    if route.body is not None or route.form is not None:
        statuses.add(415)
    if route.guarded:
        statuses |= {412, 428}
    return statuses


def _page(item: Any) -> dict[str, Any]:
    cursor = {
        "type": ["string", "null"],
        "description": "Give it as `cursor` for the next page; null on the last.",
    }
    return {
        "type": "object",
        "required": ["data"],
        "properties": {"data": {"type": "array", "items": item}, "next_cursor": cursor},
    }


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {
            "in": "path",
            "name": match["name"],
            "required": True,
            "schema": _CONVERTERS.get(match["converter"] or "", {"type": "string", "minLength": 1}),
        }
        for match in _PARAMETER.finditer(path)
    ]


def _query_parameters(plugin: MarshmallowPlugin, route: Route) -> list[dict[str, Any]]:
    assert plugin.converter is not None
    found = []
    fields: dict[str, ma.Field] = route.query.fields if route.query else {}
    named = [{"name": f.data_key or name, "field": f, "required": f.required} for name, f in fields.items()]
    for parameter in [*named, *route.extra_query]:
        shown = {"in": "query", "name": parameter["name"], "required": parameter.get("required", False)}
        schema = plugin.converter.field2property(parameter["field"])
        schema.pop("readOnly", None)
        if isinstance(parameter["field"], ma.List):
            shown |= {"style": "form", "explode": False}
        if "description" in parameter:
            shown["description"] = parameter["description"]
        found.append(shown | {"schema": schema})
    return found


def _headers(route: Route) -> list[dict[str, Any]]:
    if route.guarded:
        text = "The ETag of the version that is to be changed."
        return [
            {
                "in": "header",
                "name": "If-Match",
                "required": True,
                "description": text,
                "schema": {"type": "string"},
            }
        ]
    if route.method == "POST":
        text = "A key of the client's own: a repeat with the same key and body gets the same answer."
        schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
        return [
            {
                "in": "header",
                "name": "Idempotency-Key",
                "required": False,
                "description": text,
                "schema": schema,
            }
        ]
    return []


def _template(path: str) -> str:
    return _PARAMETER.sub(r"{\g<name>}", path)


def _schema_name(schema: Any) -> str:
    name: str = (schema if isinstance(schema, type) else type(schema)).__name__
    if isinstance(schema, Schema) and schema.partial:
        name += "Partial"
    return name.removesuffix("Schema")


def _map_fields(plugin: MarshmallowPlugin) -> None:
    assert plugin.converter is not None
    plugin.converter.add_attribute_function(_own_types)


def _own_types(_self: Any, field: ma.Field, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
    """The schema of the platform's own fields; it replaces what apispec found, whether null is allowed included."""
    found = _own_type(field)
    if isinstance(field, ma.Decimal) and found:
        for bound in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
            ret.pop(bound, None)  # a decimal travels as text, which has no bounds in JSON Schema
    if found and field.allow_none:
        found["type"] = [found["type"], "null"]
        if "enum" in found:
            found["enum"] = [*found["enum"], None]
    return found


def _own_type(field: ma.Field) -> dict[str, Any]:
    match field:
        case own.Amount():
            return {"type": "string", "pattern": r"^-?\d{1,16}(\.\d{1,2})?$", "examples": ["1250.00"]}
        case ma.Decimal() if field.as_string:
            return {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
        case own.Currency():
            return {"type": "string", "enum": sorted(currencies())}
        case own.CountryCode():
            return {"type": "string", "pattern": "^[A-Z]{2}$", "examples": ["CN"]}
        case own.Email():
            return {"type": "string", "format": "email"}
        case own.Phone():
            return {"type": "string", "examples": ["+8613800138000"]}
        case own.Instant():
            return {"type": "string", "format": "date-time"}
    return {}


PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "trace_id": {"type": ["string", "null"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "message"],
                "properties": {name: {"type": "string"} for name in ("pointer", "code", "message")},
            },
        },
    },
}
