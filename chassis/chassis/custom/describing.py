"""The custom fields that are defined at the moment, in the OpenAPI document of a service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chassis.custom import definitions as types
from chassis.custom.columns import CustomColumn
from chassis.custom.definitions import Definition, Definitions

MARK = "x-custom-fields"  # on a property: the entity whose fields stand there
_TYPES: dict[str, dict[str, Any]] = {
    types.TEXT: {"type": ["string", "null"]},
    types.NUMBER: {"type": ["number", "null"]},
    types.DATE: {"type": ["string", "null"], "format": "date"},
    types.BOOLEAN: {"type": ["boolean", "null"]},
    types.MONEY: {"type": ["string", "null"], "pattern": r"^-?\d{1,13}(\.\d{1,4})?$"},
    types.REFERENCE: {"type": ["string", "null"], "format": "uuid"},
}


def with_fields(document: Mapping[str, Any], find: Callable[[str], Definitions], models: Mapping[str, Any]) -> Any:
    """`document` with the fields of `find(entity)` where they stand: in bodies, answers, and as parameters of lists."""
    schemas = document.get("components", {}).get("schemas", {})
    entities = {name: mark for name, schema in schemas.items() if (mark := _mark(schema)) in models}

    def walk(node: Any) -> Any:
        if isinstance(node, list):
            return [walk(item) for item in node]
        if not isinstance(node, Mapping):
            return node
        if MARK in node:
            return _object(find(node[MARK]).values())
        return {key: walk(value) for key, value in node.items()}

    described = walk(document)
    for path in described["paths"].values():
        entity = entities.get(_listed(path.get("get", {})))
        if entity:
            path["get"]["parameters"] += _parameters(models[entity], find(entity))
    return described


def _object(fields: Iterable[Definition]) -> dict[str, Any]:
    properties = {field.key: _property(field) for field in fields}
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _property(field: Definition) -> dict[str, Any]:
    title = field.label.get("en") or next(iter(field.label.values()))
    text = {"title": title, "description": (field.help or {}).get("en", title)}
    if field.type == types.CHOICE:
        return {"type": ["string", "null"], "enum": [*field.values, None], **text}
    if field.type == types.MULTI_CHOICE:
        items = {"type": "string", "enum": field.values}
        return {"type": ["array", "null"], "items": items, **text}
    return {**_TYPES[field.type], **text}


def _mark(schema: Mapping[str, Any]) -> str | None:
    mark: str | None = schema.get("properties", {}).get("custom", {}).get(MARK)
    return mark


def _listed(operation: Mapping[str, Any]) -> str:
    """The name of the schema that a list's items have; "" for any other operation."""
    if not any(parameter["name"] == "sort" for parameter in operation.get("parameters", ())):
        return ""
    content = operation["responses"]["200"].get("content", {}).get("application/json", {})
    items = content.get("schema", {}).get("properties", {}).get("data", {}).get("items", {})
    return str(items.get("$ref", "")).rpartition("/")[2]


def _parameters(model: Any, fields: Definitions) -> list[dict[str, Any]]:
    found = []
    for field in fields.values():
        for operation in CustomColumn(model, field).operations:
            name = f"custom.{field.key}__{operation}" if operation else f"custom.{field.key}"
            found.append({"in": "query", "name": name, "required": False, "schema": {"type": "string"}})
    return found
