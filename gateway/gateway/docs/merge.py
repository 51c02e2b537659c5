"""One OpenAPI document out of the gateway's own and those of the services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Document = dict[str, Any]
METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
REFUSED_BY_GATEWAY = "401"
_REF = "#/components/"


def merged(own: Document, services: Mapping[str, Document], missing: Iterable[str]) -> Document:
    """`own` with the paths and components of all `services`; names get the service's as prefix, so none collide.

    `missing` services are named in the description and under `x-missing-services`.
    """
    parts = {"gateway": own, **services}
    paths: Document = {}
    components: Document = {}
    for service, document in parts.items():
        renamed = rename(document, prefix_of(service))
        for path, item in renamed.get("paths", {}).items():
            paths.setdefault(path, {}).update(operations(item, service))
        for kind, entries in renamed.get("components", {}).items():
            components.setdefault(kind, {}).update(entries)
    absent = sorted(missing)
    return {
        "openapi": "3.1.0",
        "info": info(absent),
        "servers": [{"url": "/"}],
        "tags": tags(paths),
        "paths": dict(sorted(paths.items())),
        "components": components,
        "x-missing-services": absent,
    }


def prefix_of(service: str) -> str:
    """`service-desk` as a prefix of component names: `ServiceDesk`."""
    return "".join(word.capitalize() for word in service.split("-"))


def rename(node: Any, prefix: str, *, top: bool = True) -> Any:
    """A copy of `node` with every component, and every reference to one, prefixed. Security schemes keep their name:
    `bearer` is the same everywhere."""
    if isinstance(node, list):
        return [rename(item, prefix, top=False) for item in node]
    if not isinstance(node, dict):
        return node
    copied = {key: rename(value, prefix, top=False) for key, value in node.items()}
    reference = copied.get("$ref")
    if isinstance(reference, str) and reference.startswith(_REF):
        kind, _, name = reference.removeprefix(_REF).partition("/")
        copied["$ref"] = f"{_REF}{kind}/{prefix}{name}"
    if top and isinstance(copied.get("components"), dict):
        copied["components"] = {
            kind: _prefixed(kind, entries, prefix) for kind, entries in copied["components"].items()
        }
    return copied


def _prefixed(kind: str, entries: Document, prefix: str) -> Document:
    return entries if kind == "securitySchemes" else {prefix + name: entry for name, entry in entries.items()}


def operations(item: Document, service: str) -> Document:
    """A path's operations with ids and tags that tell the service, and what the gateway itself may answer."""
    return {key: operation(value, service) if key in METHODS else value for key, value in item.items()}


def operation(described: Document, service: str) -> Document:
    """One operation, named after its service."""
    changed = dict(described)
    if "operationId" in changed:
        changed["operationId"] = f"{service}_{changed['operationId']}"
    changed["tags"] = [f"{service}: {tag}" for tag in changed.get("tags", ())] or [service]
    responses = dict(changed.get("responses", {}))
    responses.setdefault(REFUSED_BY_GATEWAY, {"description": "The token that was sent is not valid."})
    changed["responses"] = responses
    return changed


def tags(paths: Document) -> list[Document]:
    """Every tag in use, sorted."""
    used = {tag for item in paths.values() for key, op in item.items() if key in METHODS for tag in op["tags"]}
    return [{"name": name} for name in sorted(used)]


def info(absent: list[str]) -> Document:
    """The head of the document."""
    text = (
        "A CRM platform of five services behind one gateway. Log in at `POST /api/v1/auth/login` (people) or get a "
        "token at `POST /api/v1/auth/token` (machines), and send it as `Authorization: Bearer ...`."
    )
    if absent:
        text += f"\n\n**Not reachable at this moment, and so not described here:** {', '.join(absent)}."
    return {"title": "Quintet", "version": "1", "description": text}
