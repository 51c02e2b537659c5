"""`docs/events.md`: every event for a reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from launcher.docs.catalogue import PUBLISHERS, Told

HEAD = """# Events

Made by `./quintet docs` from the contracts (`*/contracts/*.json`) and from what the workers hear; edit those.

Every event travels as a CloudEvents 1.0 JSON object (`application/cloudevents+json`) whose `data` is described here.
The attributes around it: `id` (UUIDv7), `source` (`/sales`), `type`, `subject` (`deals/<id>`), `time`, `sequence`
(version of the entity: ignore one lower than what you hold), `position` (dense per source: a hole proves a lost event),
`correlationid`, `causationid`, `actorid`, `traceparent`. What names a person stands only under `data.personal`.
Publishers may add fields at any time: ignore what you do not know.
"""


def events_page(events: list[Told]) -> str:
    """The whole page."""
    parts = [HEAD, *_summary(events)]
    for name in PUBLISHERS:
        own = [told for told in events if told.service.name == name]
        if own:
            parts.append(f"## {name}\n\nExchange `{own[0].service.exchange}`, source `{own[0].service.source}`.\n")
            parts += [_event(told) for told in own]
    return "\n".join(parts).rstrip() + "\n"


def _summary(events: list[Told]) -> Iterator[str]:
    yield "| event | from | heard by |\n|---|---|---|"
    for told in events:
        listeners = ", ".join(told.heard_by)
        yield f"| [`{told.wire_type}`](#{_anchor(told)}) | {told.service.name} | {listeners} |"
    yield ""


def _event(told: Told) -> str:
    required = set(told.schema.get("required", ()))
    rows = "\n".join(_rows(told.schema.get("properties", {}), required))
    examples = told.schema.get("examples") or [{}]
    example = json.dumps(examples[0], ensure_ascii=False, indent=2)
    return (
        f"### {told.wire_type}\n\n{told.when}\n\nHeard by: {', '.join(told.heard_by) or 'nobody yet'}.\n\n"
        f"| field | type | |\n|---|---|---|\n{rows}\n\n```json\n{example}\n```\n"
    )


def _rows(properties: dict[str, Any], required: set[str], prefix: str = "") -> Iterator[str]:
    for name, schema in properties.items():
        optional = "" if name in required else " (may be missing)"
        text = str(schema.get("description", "")).replace("|", "\\|").replace("\n", " ")
        yield f"| `{prefix}{name}` | {_type(schema)} | {text}{optional} |"
        nested = schema if "properties" in schema else schema.get("items") or {}
        if isinstance(nested, dict) and "properties" in nested:
            deeper = f"{prefix}{name}." if nested is schema else f"{prefix}{name}[]."
            yield from _rows(nested["properties"], set(nested.get("required", ())), deeper)


def _type(schema: dict[str, Any]) -> str:
    """In words: `uuid or null`, `one of won, lost`."""
    if "const" in schema:
        return f"always `{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return "one of " + ", ".join("null" if value is None else str(value) for value in schema["enum"])
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(_type(option) for option in schema.get("anyOf") or schema["oneOf"])
    types = schema.get("type", "anything")
    names = [types] if isinstance(types, str) else list(types)
    shown = [schema["format"] if name == "string" and "format" in schema else name for name in names]
    items = schema.get("items")
    if isinstance(items, dict):
        shown = [f"list of {_type(items)}" if name == "array" else name for name in shown]
    return " or ".join(shown)


def _anchor(told: Told) -> str:
    """As GitHub makes it from the heading."""
    return told.wire_type.replace(".", "")
