"""A list as a file: `GET /people/export?format=xlsx&country=CN&sort=name&fields=name,emails`.

It takes the filters, `q` and `sort` of the list and obeys the same reach and hidden fields; it has no pages. Rows come
from one snapshot through a server-side cursor: none is missing or there twice, and a million cost no more memory than
a thousand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import Any

from marshmallow import fields as ma
from marshmallow import validate
from sqlalchemy import Select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.custom.definitions import shown_keys
from chassis.errors import BadRequest
from chassis.files.tables import as_csv, as_ndjson
from chassis.files.workbook import as_xlsx
from chassis.http.reading import Complete, Reading
from chassis.http.render import dumper, has_custom
from chassis.http.streaming import Download
from chassis.schema import Schema, fields

BATCH = 500  # rows per fetch
MEDIA = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ndjson": "application/x-ndjson",
}


EXPORT_DOC = """Take a list of {many} away as a file.

CSV (UTF-8), XLSX or NDJSON of all rows within reach, with the filters and the order of the list. Lists in a cell are
joined by `; `; in CSV, text that a spreadsheet would run as a formula has an apostrophe before it.
"""


class ExportQuery(Schema):
    """What an export is asked beside the filters of its list."""

    passes_all = True

    format = fields.String(
        load_default="csv", validate=validate.OneOf(tuple(MEDIA)), metadata={"description": "The kind of file."}
    )
    fields_ = fields.List(
        fields.String(),
        data_key="fields",
        attribute="fields",
        metadata={"description": "The columns, in this order; those of the list where none are named."},
    )
    all_ = fields.Boolean(
        data_key="all", attribute="all", metadata={"description": "Also the columns that there are in files alone."}
    )
    bom = fields.Boolean(metadata={"description": "CSV with the byte-order mark that Excel wants."})
    sort = fields.String()


def export(listed: Reading, session: Session, query: dict[str, str]) -> Download:
    """The whole list of `listed` as a file, within reach and without hidden fields. BadRequest names what is wrong."""
    hidden = listed.refuse_hidden(query)
    shown = listed.export_read() if listed.export_read else listed.shown
    known = {f.data_key or name: name for name, f in shown.dump_fields.items() if name not in hidden}
    usual = [key for key, name in known.items() if name in listed.shown.dump_fields]
    wanted = take_options(query, list(known), usual)
    chosen = {known[key]: shown.dump_fields[known[key]] for key in wanted.columns}
    more = not chosen.keys() <= listed.shown.dump_fields.keys()
    statement = listed.statement(listed.select(listed.columns_of(chosen, completed=more)))
    keys = shown_keys(session) if has_custom(shown) else None
    dump = dumper(shown, frozenset(shown.dump_fields.keys() - chosen.keys()), keys)
    complete = listed.export_complete if more else listed.complete
    objects = map(dump, rows(session, listed.spec.asked(query, session).whole(statement, query), complete))
    filename = f"{listed.path}-{clock.now():%Y-%m-%d}.{wanted.form}"
    return Download(_written(wanted, list(chosen.values()), objects), MEDIA[wanted.form], filename)


@dataclass(frozen=True)
class Options:
    """The kind of file, its columns in their order, and whether a CSV begins with a byte-order mark."""

    form: str
    columns: list[str]
    bom: bool


def take_options(query: dict[str, str], known: Sequence[str], usual: Sequence[str]) -> Options:
    """Takes them out of `query`; the `usual` columns where it names none. BadRequest names a column that is not
    `known`, and what else is wrong."""
    form = query.pop("format", "csv")
    if form not in MEDIA:
        raise BadRequest("format", "not_a_choice", f"Must be one of: {', '.join(MEDIA)}.")
    every = _flag(query, "all")
    chosen = [name for name in query.pop("fields", "").split(",") if name] or list(known if every else usual)
    for name in chosen:
        if name not in known:
            raise BadRequest("fields", "unknown_field", f"There is no field {name!r} here.")
    bom = _flag(query, "bom")
    for name in ("limit", "cursor"):
        if name in query:
            raise BadRequest(name, "unknown_parameter", "An export has no pages.")
    return Options(form, list(dict.fromkeys(chosen)), bom)


def _flag(query: dict[str, str], name: str) -> bool:
    text = query.pop(name, "false").lower()
    if text not in ("true", "false", "1", "0"):
        raise BadRequest(name, "not_valid", "Not a valid boolean.")
    return text in ("true", "1")


def rows(session: Session, statement: Select[Any], complete: Complete | None = None) -> Iterator[Any]:
    """The rows of `statement`, a batch at a time: entities where it selects one, rows where it selects columns, as
    `complete` leaves them where it is given. PostgreSQL takes the statement, or refuses it, at once."""
    result = session.execute(statement, execution_options={"yield_per": BATCH})
    if complete is not None:
        return chain.from_iterable(complete(session, batch) for batch in result.partitions())
    return iter(result.scalars() if len(statement.column_descriptions) == 1 else result)


def _written(wanted: Options, shown: Sequence[ma.Field], objects: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    if wanted.form == "ndjson":
        return as_ndjson(objects)
    table = _table(wanted.columns, [_flat(field) for field in shown], objects)
    return as_xlsx(wanted.columns, table) if wanted.form == "xlsx" else as_csv(wanted.columns, table, bom=wanted.bom)


def _table(
    keys: Sequence[str], flat: Sequence[Callable[[Any], Any] | None], objects: Iterable[dict[str, Any]]
) -> Iterator[list[Any]]:  # fmt: skip
    columns = list(zip(keys, flat, strict=True))
    for entry in objects:
        yield [entry.get(key) if flatten is None else flatten(entry.get(key)) for key, flatten in columns]


def _flat(field: ma.Field) -> Callable[[Any], Any] | None:
    """How a list of objects becomes a cell: by the one of their fields that `Meta.flat` names, where one does."""
    nested = field.inner if isinstance(field, ma.List) else field
    name = getattr(nested.schema.Meta, "flat", None) if isinstance(nested, ma.Nested) else None
    if name is None:
        return None
    pick = itemgetter(name)
    return lambda items: [pick(item) for item in items or ()]
