"""From what a view returns to bytes, by the shortest way: marshmallow says which fields, orjson writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

import marshmallow
from marshmallow import fields

from chassis.actor import Actor
from chassis.context import current
from chassis.custom.definitions import Keys
from chassis.schema.field_types import Custom, Instant

Dump = Callable[[Any], dict[str, Any]]
_PLAIN = (
    fields.String,
    fields.Integer,
    fields.Boolean,
    fields.UUID,
    fields.DateTime,
    fields.Date,
    Instant,
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

    All that need no conversion are read at once, for orjson writes dates, ids and decimals itself; marshmallow's own
    machinery runs only for what is computed or of a type of its own. `keys` says which custom fields of which entity
    are shown; None: all that the row has.
    """
    chosen = {name: f for name, f in schema.dump_fields.items() if name not in hidden}
    shown = dict(keys) if keys is not None else {}
    custom = [
        (name, shown.get(f.entity, ())) for name, f in chosen.items() if keys is not None and isinstance(f, Custom)
    ]
    conversions = [(f.data_key or name, convert) for name, f in chosen.items() if (convert := _conversion(f, keys))]
    rest = [
        (f.data_key or name, name, f) for name, f in chosen.items() if not _is_plain(f) and _conversion(f, keys) is None
    ]
    by_marshmallow = {name for _, name, _ in rest}
    read = _reader(
        {f.data_key or name: f.attribute or name for name, f in chosen.items() if name not in by_marshmallow}
    )

    def dump(value: Any) -> dict[str, Any]:
        out = read(value)
        for name, wanted in custom:
            if values := out.get(name):
                out[name] = {key: values[key] for key in wanted if key in values}
        for key, convert in conversions:
            if key in out:
                out[key] = convert(out[key])
        for key, name, f in rest:
            item = f.serialize(name, value, accessor=schema.get_attribute)
            if item is not marshmallow.missing:
                out[key] = item
        return out

    return dump if custom or conversions or rest else read


def _reader(names: Mapping[str, str]) -> Dump:
    """A function that reads these names (values) of an object, row or mapping, as keys; of a mapping those that it has.
    Of an object or a complete dict it takes all by one call."""
    if not names:
        return lambda _: {}
    keys, first = tuple(names), next(iter(names.values()))
    # The first once more at the end, where `zip` stops before it: a getter of a single name gives no tuple.
    items, attributes = itemgetter(*names.values(), first), attrgetter(*names.values(), first)

    def read(value: Any) -> dict[str, Any]:
        if type(value) is dict:
            try:
                return dict(zip(keys, items(value), strict=False))
            except KeyError:
                pass
        elif not isinstance(value, Mapping):
            return dict(zip(keys, attributes(value), strict=False))
        return {key: value[name] for key, name in names.items() if name in value}

    return read


def _conversion(f: fields.Field, keys: Keys | None) -> Callable[[Any], Any] | None:
    """What makes of an attribute that is no plain value one that orjson writes; None where there is no such way."""
    if type(f) is fields.Nested:
        return _nested(f, keys)
    return _listed if _is_plain_list(f) else None


def _listed(values: Any) -> list[Any] | None:
    return None if values is None else list(values)


def _is_plain_list(f: fields.Field) -> bool:
    return type(f)._serialize is fields.List._serialize and _is_plain(f.inner)  # type: ignore[attr-defined]


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
        return lambda values: list(map(dump, values or ()))
    return lambda value: None if value is None else dump(value)


def column_names(shown: Mapping[str, fields.Field]) -> list[str] | None:
    """The attributes that these fields read when all are plain values or lists of them; None where one needs the whole
    object."""
    if not all(_is_plain(f) or _is_plain_list(f) for f in shown.values()):
        return None
    return [f.attribute or name for name, f in shown.items()]


def dump_all(dump: Dump, values: Iterable[Any]) -> list[dict[str, Any]]:
    """Each of `values` dumped."""
    return list(map(dump, values))


def version_of(value: Any) -> int | None:
    """The row version behind an ETag; None for what has none."""
    if isinstance(value, Mapping):
        return value.get("version")
    version = getattr(value, "version", None)
    return version if isinstance(version, int) else None


def etag(version: int) -> str:
    """The ETag of a row version: `"7"`."""
    return f'"{version}"'
