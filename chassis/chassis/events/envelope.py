"""The envelope every event travels in: CloudEvents 1.0, structured JSON."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import orjson

from chassis.errors import Malformed
from chassis.ids import id_of
from chassis.instants import instant_text

CONTENT_TYPE = "application/cloudevents+json"
_VERSIONED = re.compile(r"(?P<type>.+)\.v(?P<version>[2-9]|[1-9]\d+)")
_SCHEMA_VERSION = re.compile(r"\.v(\d+)(?:\.json)?$")


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `data` is the state of the entity after it, JSON types only.

    `sequence` is the version of the entity: a consumer that keeps a copy ignores a lower one.
    `position` is dense per `source` (1, 2, 3 ...) and set by the relay: a hole proves a lost event.
    `correlationid` is shared by all that one request set off; `causationid` is the event that led to it.
    `type` is without the version ("deal.won"); `wire_type` has it from version 2 on ("deal.won.v2").
    """

    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    data: dict[str, Any]
    sequence: int = 0
    version: int = 1
    correlationid: str | None = None
    causationid: str | None = None
    actorid: str | None = None
    traceparent: str | None = None
    position: int | None = None

    @property
    def personal(self) -> dict[str, Any]:
        """What names a person: the only place of an event where that may stand."""
        return self.data.get("personal") or {}

    def each(self, name: str, key: str, type_: str | None = None) -> "list[Event]":
        """What this event tells of each entity that `data` holds under `name`, as an event of its own: its data, its
        `sequence`, its part of `personal` (which stands by `key`, the name of its id). `type_` is what an event of it
        alone is called: then each has that type, and an id of its own, the same whenever this one comes. Raises
        Malformed where it is not such a list."""
        items = self.data.get(name)
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise Malformed(f"{self.type}: {name} is not a list of objects.")
        return [self._one(name, key, type_, item) for item in items]

    def _one(self, name: str, key: str, type_: str | None, item: dict[str, Any]) -> "Event":
        id_, sequence = item.get(key), item.get("sequence")
        if not isinstance(id_, str) or not isinstance(sequence, int):
            raise Malformed(f"{self.type}: one of {name} has no {key} or no sequence.")
        data = item | {"personal": self.personal.get(id_)}
        # By its fields in their order: `replace` takes twice as long, and there are many of these.
        own = uuid5(self.id, id_) if type_ else self.id
        return Event(
            own, self.source, type_ or self.type, f"{name}/{id_}", self.time, data, sequence, self.version,
            self.correlationid, self.causationid, self.actorid, self.traceparent, self.position,
        )  # fmt: skip

    @property
    def entity_id(self) -> UUID:
        """Id of the entity, from a subject such as `deals/<id>`. Raises Malformed without one."""
        try:
            return UUID(self.subject.rpartition("/")[2])
        except ValueError:
            raise Malformed(f"The subject {self.subject!r} carries no id.") from None

    def uuid(self, name: str) -> UUID:
        """The id that `data` must hold under `name`. Raises Malformed without one."""
        found = self.optional_uuid(name)
        if found is None:
            raise Malformed(f"{self.type} has no {name}.")
        return found

    def optional_uuid(self, name: str) -> UUID | None:
        """The id that `data` may hold under `name`. Raises Malformed where it holds something else."""
        value = self.data.get(name)
        try:
            return None if value is None else id_of(value)
        except (ValueError, TypeError, AttributeError):
            raise Malformed(f"{self.type}: {name} is not an id.") from None

    def uuids(self, one: str, many: str) -> list[UUID]:
        """The id under `one`, or those in the list under `many`, of which `data` must hold one. Raises Malformed
        otherwise."""
        listed = self.data.get(many)
        if not isinstance(listed, list):
            return [self.uuid(one)]
        return [replace(self, data={one: id_}).uuid(one) for id_ in listed]

    def instant(self, name: str) -> datetime:
        """The instant that `data` must hold under `name`, in UTC. Raises Malformed without one."""
        return _time(self.data, name)

    @property
    def wire_type(self) -> str:
        """The CloudEvents type and routing key."""
        return wire_type(self.type, self.version)

    def without_personal(self) -> "Event":
        """The same event with nothing in it that names a person."""
        return replace(self, data={key: value for key, value in self.data.items() if key != "personal"})

    def to_dict(self) -> dict[str, Any]:
        """As a CloudEvents JSON object; attributes without a value are left out."""
        attributes = {
            "specversion": "1.0",
            "id": str(self.id),
            "source": self.source,
            "type": self.wire_type,
            "subject": self.subject or None,
            "time": instant_text(self.time),
            "datacontenttype": "application/json",
            "dataschema": f"urn:quintet:contract:{self.source.strip('/')}:{self.type}.v{self.version}",
            "sequence": self.sequence,
            "position": self.position,
            "correlationid": self.correlationid,
            "causationid": self.causationid,
            "actorid": self.actorid,
            "traceparent": self.traceparent,
            "data": self.data,
        }
        return {name: value for name, value in attributes.items() if value is not None}

    def to_json(self) -> str:
        """As compact JSON text. Raises TypeError where `data` holds more than JSON types and ids."""
        return orjson.dumps(self.to_dict(), option=orjson.OPT_PASSTHROUGH_DATETIME).decode()

    @classmethod
    def from_json(cls, body: bytes | str) -> "Event":
        """Parse what came from the broker. Raises Malformed, saying what is wrong."""
        try:
            parsed = orjson.loads(body)
        except ValueError as error:
            raise Malformed(f"The body is not JSON: {error}") from None
        return cls.from_dict(parsed)

    @classmethod
    def from_dict(cls, parsed: Any) -> "Event":
        """Parse a CloudEvents JSON object. Raises Malformed, saying what is wrong."""
        if not isinstance(parsed, Mapping):
            raise Malformed("The event is not a JSON object.")
        if parsed.get("specversion") != "1.0":
            raise Malformed(f"specversion is {parsed.get('specversion')!r}, not '1.0'.")
        type_, version = split_type(_text(parsed, "type"))
        schema_version = _SCHEMA_VERSION.search(_text(parsed, "dataschema", "") or "")
        return cls(
            id=_uuid(parsed),
            source=_text(parsed, "source"),
            type=type_,
            # The schema is the more exact of the two: a publisher may keep a type and change its data.
            version=int(schema_version[1]) if schema_version else version,
            subject=_text(parsed, "subject", ""),
            time=_time(parsed),
            data=_object(parsed, "data"),
            sequence=_integer(parsed, "sequence") or 0,
            position=_integer(parsed, "position"),
            correlationid=_optional(parsed, "correlationid"),
            causationid=_optional(parsed, "causationid"),
            actorid=_optional(parsed, "actorid"),
            traceparent=_optional(parsed, "traceparent"),
        )


def wire_type(type_: str, version: int) -> str:
    """`deal.won` for version 1, `deal.won.v2` for version 2."""
    return type_ if version == 1 else f"{type_}.v{version}"


def split_type(wire: str) -> tuple[str, int]:
    """The opposite of `wire_type`."""
    match = _VERSIONED.fullmatch(wire)
    return (match["type"], int(match["version"])) if match else (wire, 1)


def _text(parsed: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = parsed.get(name, default)
    if not isinstance(value, str) or (not value and default is None):
        raise Malformed(f"{name} is {'missing' if value is None else 'not a text'}.")
    return value


def _optional(parsed: Mapping[str, Any], name: str) -> str | None:
    return _text(parsed, name) if parsed.get(name) is not None else None


def _integer(parsed: Mapping[str, Any], name: str) -> int | None:
    value = parsed.get(name)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return int(value)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise Malformed(f"{name} is not a whole number.")
    return value


def _uuid(parsed: Mapping[str, Any]) -> UUID:
    try:
        return UUID(_text(parsed, "id"))
    except ValueError:
        raise Malformed("id is not a UUID.") from None


def _time(parsed: Mapping[str, Any], name: str = "time") -> datetime:
    try:
        instant = datetime.fromisoformat(_text(parsed, name))
    except ValueError:
        raise Malformed(f"{name} is not an RFC 3339 instant.") from None
    if instant.tzinfo is None:
        raise Malformed(f"{name} has no offset from UTC.")
    return instant.astimezone(UTC)


def _object(parsed: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = parsed.get(name)
    if not isinstance(value, dict):
        raise Malformed(f"{name} is not a JSON object.")
    if "personal" in value and not isinstance(value["personal"], dict | None):
        raise Malformed("data.personal is not a JSON object.")
    return value
