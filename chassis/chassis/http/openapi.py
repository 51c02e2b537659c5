"""OpenAPI 3.1, made from the routes and their marshmallow schemas; nothing is described twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, class_registry

from chassis.http.api import Route
from chassis.http.openapi_fields import PROBLEM, map_fields
from chassis.http.openapi_parameters import parameters, template
from chassis.http.problems import PROBLEM_JSON
from chassis.service import Service

_TITLES = {
    400: "The request makes no sense: a broken parameter or body.",
    401: "No valid token.",
    403: "The token lacks the scope, or this is not for its bearer.",
    404: "There is no such record within reach.",
    409: "The record is not in a state that allows this, or a key is taken.",
    410: "It is no longer there.",
    412: "The record was changed since it was read.",
    413: "The body is too large.",
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
    plugin = MarshmallowPlugin(schema_name_resolver=_namer(service))
    spec = APISpec(f"Quintet {service.name}", "1", "3.1.0", plugins=[plugin])
    map_fields(plugin)
    spec.components.schema("Problem", PROBLEM)
    spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"})
    for route in routes:
        spec.path(
            template(service.url_prefix + route.path),
            operations={route.method.lower(): _operation(plugin, route)},
        )
    document: dict[str, Any] = _tidy(spec.to_dict())
    return document


def _tidy(node: Any) -> Any:
    """Name each type once: the plug-in's parts add `null` one after the other."""
    if isinstance(node, list):
        return [_tidy(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidied = {key: _tidy(value) for key, value in node.items()}
    if isinstance(tidied.get("type"), list):
        tidied["type"] = list(dict.fromkeys(tidied["type"]))
    return tidied


def _operation(plugin: MarshmallowPlugin, route: Route) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.endpoint,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": parameters(plugin, route),
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
        body: Any = route.returns or {"type": "object"} if route.produces == "application/json" else {"type": "string"}
        if route.many:
            body = _page(body)
        good["content"] = {media: {"schema": body} for media in (route.produces, *route.also_produces)}
    responses: dict[str, Any] = {str(status): good for status in (route.status, *route.also)}
    if route.method == "GET" and route.returns is not None and not route.many:
        responses["304"] = {"description": "Not changed since If-None-Match."}
    if route.moved is not None:
        there = {"Location": {"schema": {"type": "string"}}}
        responses["308"] = {"description": "The record was merged into another: the same there.", "headers": there}
    problem = {PROBLEM_JSON: {"schema": "Problem"}}
    if route.query is not None:
        html = {"text/html": {"schema": {"type": "string"}}}  # the web server answers before we are asked
        responses["414"] = {"description": "The address is too long.", "content": html}
    for status in sorted(_statuses(route)):
        responses.setdefault(str(status), {"description": _TITLES.get(status, "Refused."), "content": problem})
    return responses


def _statuses(route: Route) -> set[int]:
    statuses = {400, 429, 502, 503, 504, *route.errors}
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


def _namer(service: Service) -> Callable[[Any], str]:
    """Names schemas by their classes; where features of the service share one, by feature and class: `QuotesRuleIn`."""

    def name(schema: Any) -> str:
        kind = schema if isinstance(schema, type) else type(schema)
        found: Any = class_registry.get_class(kind.__name__, all=True)  # one class, or a list of several
        here = [
            one
            for one in (found if isinstance(found, list) else [found])
            if one.__module__.split(".")[0] in (service.package, "chassis")
        ]
        feature = "".join(word.title() for word in kind.__module__.split(".")[-2].split("_")) if len(here) > 1 else ""
        partial = "Partial" if isinstance(schema, Schema) and schema.partial else ""
        return (feature + kind.__name__ + partial).removesuffix("Schema")

    return name
