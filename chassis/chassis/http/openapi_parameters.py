"""What a route takes beside its body: path, query and headers."""

from __future__ import annotations

import re
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import fields as ma

from chassis.http.api import Route

_PARAMETER = re.compile(r"<(?:(?P<converter>[^:>]+):)?(?P<name>[^>]+)>")
_CONVERTERS = {"uuid": {"type": "string", "format": "uuid"}, "int": {"type": "integer", "minimum": 0}}


def parameters(plugin: MarshmallowPlugin, route: Route) -> list[dict[str, Any]]:
    """The route's parameters as OpenAPI names them."""
    return [*_path_parameters(route.path), *_query_parameters(plugin, route), *_headers(route)]


def template(path: str) -> str:
    """A route's path in OpenAPI's spelling: `/deals/{id}`."""
    return _PARAMETER.sub(r"{\g<name>}", path)


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
    if route.method == "POST" and not route.read_only:
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
