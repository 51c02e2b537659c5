"""`contracts/asyncapi.yaml` of a service, AsyncAPI 3.0: what it sends and what it receives."""

from __future__ import annotations

from typing import Any

import yaml

from chassis.events import CONTENT_TYPE
from chassis.service import Service
from launcher.docs.catalogue import Told, heard_by

HEAD = "# Made by `./quintet docs` from the contracts beside it and from what the worker hears; edit those.\n"
_UUID = {"type": "string", "format": "uuid"}
_TEXT = {"type": "string"}
ENVELOPE: dict[str, Any] = {
    "type": "object",
    "description": "CloudEvents 1.0, structured JSON.",
    "required": ["specversion", "id", "source", "type", "time", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _UUID | {"description": "UUIDv7; with `source` it names the event: take the same one once."},
        "source": _TEXT | {"description": "The publishing service."},
        "type": _TEXT | {"description": "What happened; the routing key."},
        "subject": _TEXT | {"description": "What it happened to, such as `deals/<id>`."},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "dataschema": _TEXT | {"description": "URN of the contract of `data`, with its version."},
        "sequence": {
            "type": "integer",
            "description": "Version of the subject; ignore one lower than what you hold.",
        },
        "position": {"type": "integer", "description": "Dense per source: a hole proves a lost event."},
        "correlationid": _TEXT | {"description": "Shared by all that one request set off."},
        "causationid": _TEXT | {"description": "The event that caused this one."},
        "actorid": _TEXT | {"description": "Who did it; absent for the system itself."},
        "traceparent": _TEXT | {"description": "W3C trace context."},
        "data": {"type": "object"},
    },
}


def asyncapi(service: Service, events: list[Told]) -> str:
    """The document of one service, as YAML."""
    sent = [told for told in events if told.service == service]
    received = list(heard_by(service, events))
    known = {told.wire_type: told for told in [*sent, *received]}
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Quintet {service.name}: events",
            "version": "1.0.0",
            "description": f"What {service.name} publishes to RabbitMQ and what it hears from there.",
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": {
            "rabbitmq": {
                "host": "{host}",
                "protocol": "amqp",
                "protocolVersion": "0.9.1",
                "variables": {"host": {"default": "localhost:5672", "description": "Host and port of the broker."}},
            }
        },
        "channels": {name: _channel(told) for name, told in known.items()},
        "operations": {
            **{f"send.{told.wire_type}": _operation("send", told) for told in sent},
            **{f"receive.{told.wire_type}": _operation("receive", told, service) for told in received},
        },
        "components": {
            "messages": {name: _message(told, service) for name, told in known.items()},
            "schemas": {"envelope": ENVELOPE},
        },
    }
    return HEAD + yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110)


def _channel(told: Told) -> dict[str, Any]:
    exchange = {"name": told.service.exchange, "type": "topic", "durable": True, "autoDelete": False}
    return {
        "address": told.wire_type,
        "description": f"Published by {told.service.name}.",
        "messages": {told.wire_type: {"$ref": f"#/components/messages/{told.wire_type}"}},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, "bindingVersion": "0.3.0"}},
    }


def _operation(action: str, told: Told, listener: Service | None = None) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "action": action,
        "channel": {"$ref": f"#/channels/{told.wire_type}"},
        "messages": [{"$ref": f"#/channels/{told.wire_type}/messages/{told.wire_type}"}],
    }
    if listener is None:
        return operation | {"summary": told.when}
    return operation | {"summary": f"From {told.service.name}, in the queue {listener.inbox}."}


def _message(told: Told, seen_from: Service) -> dict[str, Any]:
    """Payloads refer to the contract's own file, by its way from this document's folder."""
    if told.service == seen_from:
        file = told.file
    elif told.service.name == "gateway":
        file = f"../../../gateway/contracts/{told.file}"
    else:
        above = "../../services" if seen_from.name == "gateway" else "../.."
        file = f"{above}/{told.service.name}/contracts/{told.file}"
    about = {
        "type": {"const": told.wire_type},
        "source": {"const": told.service.source},
        "data": {"$ref": file},
    }
    return {
        "name": told.wire_type,
        "title": told.schema.get("title", told.wire_type),
        "summary": told.when,
        "contentType": CONTENT_TYPE,
        "payload": {"allOf": [{"$ref": "#/components/schemas/envelope"}, {"type": "object", "properties": about}]},
    }
