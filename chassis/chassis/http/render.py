"""From what a view returns to bytes, by the shortest way: marshmallow says which fields, orjson writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import marshmallow
from marshmallow import fields

from chassis.actor import Actor
from chassis.context import current
from chassis.custom.definitions import Keys
from chassis.schema.field_types import Custom

Dump = Callable[[Any], dict[str, Any]]
_PLAIN = (
    fields.String,
    fields.Integer,
    fields.Boolean,
    fields.UUID,
    fields.DateTime,
    fields.Date,
    fields.Raw,
    fields.Dict,
)


@dataclass
class Answer:
    """A view's result with a status or headers of its own.

    `kept` is what a repeat with the same Idempotency-Key is answered, where `value` holds a secret that must not be
    kept.
    """

    value: Any
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    kept: Any = None


def hidden_fields(schema: marshmallow.Schema, actor: Actor) -> frozenset[str]:
    """The fields of `schema` that the actor's reach never sees (`Meta.hidden`)."""
    return frozenset(getattr(schema.Meta, "hidden", {}).get(actor.reach, ()))


@lru_cache(maxsize=1024)
def dumper(schema: marshmallow.Schema, hidden: frozenset[str] = frozenset(), keys: Keys | None = None) -> Dump:
    """A function that turns an object, row or mapping into the mapping that `schema` describes.

    Fields that need no conversion are copied, for orjson writes dates, ids and decimals itself; marshmallow's own
    machinery runs only for those that do (nested, computed, of a type of its own). `keys` says which custom fields of
    which entity are shown; None: all that the row has.
    """
    chosen = {name: f for name, f in schema.dump_fields.items() if name not in hidden}
    shown = dict(keys) if keys is not None else {}
    custom = [
        (name, shown.get(f.entity, ())) for name, f in chosen.items() if keys is not None and isinstance(f, Custom)
    ]
    plain = [(f.data_key or name, f.attribute or name) for name, f in chosen.items() if _is_plain(f)]
    nested = [
        (f.data_key or name, f.attribute or name, _nested(f, keys))
        for name, f in chosen.items()
        if type(f) is fields.Nested
    ]
    rest = [
        (f.data_key or name, name, f) for name, f in chosen.items() if not _is_plain(f) and type(f) is not fields.Nested
    ]

    def dump(value: Any) -> dict[str, Any]:
        read = value.__getitem__ if isinstance(value, Mapping) else lambda name: getattr(value, name)
        present = value.__contains__ if isinstance(value, Mapping) else None
        out = {key: read(name) for key, name in plain if present is None or present(name)}
        for name, wanted in custom:
            if values := out.get(name):
                out[name] = {key: values[key] for key in wanted if key in values}
        out |= {key: convert(read(name)) for key, name, convert in nested if present is None or present(name)}
        for key, name, f in rest:
            item = f.serialize(name, value, accessor=schema.get_attribute)
            if item is not marshmallow.missing:
                out[key] = item
        return out

    return dump


def _is_plain(f: fields.Field) -> bool:
    """Whether orjson writes the field's value just as marshmallow would."""
    if isinstance(f, fields.Decimal):
        return f.as_string and f.places is None
    custom = type(f)._serialize not in {base._serialize for base in (*_PLAIN, fields.Field)}
    return isinstance(f, _PLAIN) and not custom and getattr(f, "format", None) in (None, "iso")


@lru_cache(maxsize=1024)
def has_custom(schema: marshmallow.Schema) -> bool:
    """Whether custom fields are shown by `schema`, or by one that is nested in it."""
    nested = [f.schema for f in schema.dump_fields.values() if isinstance(f, fields.Nested)]
    return any(isinstance(f, Custom) for f in schema.dump_fields.values()) or any(map(has_custom, nested))


def _nested(f: fields.Nested, keys: Keys | None) -> Callable[[Any], Any]:
    dump = dumper(f.schema, keys=keys)
    if getattr(f.schema.Meta, "hidden", None):  # whoever asks now: a dumper outlives the request
        dump = lambda value: dumper(f.schema, hidden_fields(f.schema, current().actor), keys)(value)  # noqa: E731
    if f.many or f.schema.many:
        return lambda values: [dump(value) for value in values or ()]
    return lambda value: None if value is None else dump(value)


def column_names(shown: Mapping[str, fields.Field]) -> list[str] | None:
    """The attributes that these fields read when all are plain values; None where one needs the whole object."""
    if not all(_is_plain(f) for f in shown.values()):
        return None
    return [f.attribute or name for name, f in shown.items()]


def dump_all(dump: Dump, values: Iterable[Any]) -> list[dict[str, Any]]:
    """Each of `values` dumped."""
    return [dump(value) for value in values]


def version_of(value: Any) -> int | None:
    """The row version behind an ETag; None for what has none."""
    if isinstance(value, Mapping):
        return value.get("version")
    version = getattr(value, "version", None)
    return version if isinstance(version, int) else None


def etag(version: int) -> str:
    """The ETag of a row version: `"7"`."""
    return f'"{version}"'
