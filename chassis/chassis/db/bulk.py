"""Many rows at once, in the transaction of a session: PostgreSQL's COPY for imports and rebuilds, and an INSERT of rows
that may be there already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Any

import psycopg
from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from chassis.db.sending import send_rows, send_waiting
from chassis.encoding import to_json

_QUOTED = str.maketrans({"\\": "\\\\", '"': '\\"'})
_BLOCK = 2500  # lines handed to the driver at a time: each time, a thread that computes may keep this one waiting


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Append `rows` to `table`: values in PostgreSQL's text form (`str(uuid)`, `isoformat()`, `"t"`, `array_text()`),
    which costs a fraction of having the driver adapt objects. ORM events and defaults do not run.

    Raises what SQLAlchemy raises for the same fault (IntegrityError for a key that is taken, and so on).
    """
    copy_lines(session, table, columns, map(copy_line, rows))


def copy_lines(session: Session, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    """Like `copy_rows`, of rows that are `copy_line`s already, or several of those joined by tabs."""
    waiting = iter(lines)
    blocks = iter(lambda: list(islice(waiting, _BLOCK)), [])
    copy_text(session, table, columns, (("\n".join(block) + "\n").encode() for block in blocks))


def copy_text(session: Session, table: str, columns: Sequence[str], blocks: Iterable[bytes]) -> None:
    """Like `copy_lines`, of whole blocks of lines, each line with its end, in UTF-8."""
    quoted = ", ".join(f'"{column}"' for column in columns)
    statement = f'COPY "{table}" ({quoted}) FROM STDIN'
    send_waiting(session)
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    try:
        with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for block in blocks:
                copy.write(block)
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


def copy_line(row: Sequence[str | None]) -> str:
    """A row, or some of its columns, as COPY's text format has it, without the end of the line. Few values need
    escaping: looked for once in the line, not in each value."""
    nulls = row.count(None)
    values: Sequence[Any] = ["\\N" if value is None else value for value in row] if nulls else row
    line = "\t".join(values)
    if line.count("\\") != nulls or line.count("\t") != len(row) - 1:
        line = "\t".join(["\\N" if value is None else _escaped(value) for value in row])
    if "\n" in line or "\r" in line:
        line = line.replace("\n", "\\n").replace("\r", "\\r")
    return line


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def array_text(values: Sequence[str]) -> str:
    """A text[] in PostgreSQL's text form."""
    if not values:
        return "{}"
    joined = '","'.join(values)
    if "\\" in joined or joined.count('"') != 2 * len(values) - 2:
        joined = '","'.join([value.translate(_QUOTED) for value in values])
    return '{"' + joined + '"}'


def texts_given(name: str) -> str:
    """SQL of the texts that are the parameter `name` (`array_text`), for `key = ANY(...)`: looked up along the index of
    the column. If PostgreSQL saw how many they are when it plans it would weigh each of them, which takes as long as
    finding it, and read the whole of a table that is not very large."""
    return f"ANY(CAST((SELECT CAST(:{name} AS text[])) AS text[]))"


def one_of(column: Any, ids: Iterable[object]) -> ColumnElement[bool]:
    """Whether the id in a column is one of these: one parameter, where one for each id takes several times as long, and
    an array of objects is adapted one by one."""
    return _one_of(column, literal(_ids_text(ids), NullType()))


def one_of_given(column: Any) -> ColumnElement[bool]:
    """The same of ids that are given when the statement, which is built once, is executed: with `ids_given(ids)`."""
    return _one_of(column, bindparam("ids", type_=NullType()))


def ids_given(ids: Iterable[object]) -> dict[str, str]:
    """The parameter of `one_of_given`."""
    return {"ids": _ids_text(ids)}


def _one_of(column: Any, ids: ColumnElement[Any]) -> ColumnElement[bool]:
    # Of no type of its own: an array that is made from a text would be made again for each row that is looked at.
    given: ColumnElement[Any] = cast(ids, ARRAY(Uuid))
    wanted: ColumnElement[bool] = column == any_(given)
    return wanted


def _ids_text(ids: Iterable[object]) -> str:
    return array_text([str(id_) for id_ in ids])


def insert_rows(table: Table, names: Sequence[str], by: Sequence[str] = ("id",)) -> Insert:
    """An INSERT of however many rows with these columns, to which ON CONFLICT and RETURNING may be added. They go in in
    the order of `by`, their key, or two who write the same would wait for each other in a circle. To be built once, and
    executed with `rows_given(rows)`: one parameter, where one for each value takes several times as long."""
    typed = [column(name, table.c[name].type) for name in names]
    rows = cast(bindparam("rows", type_=Text), JSON)
    given = func.json_to_recordset(rows).table_valued(*typed, name="given").render_derived(with_types=True)
    return insert(table).from_select(
        list(names), select(*given.c).order_by(*(given.c[name] for name in by)), include_defaults=False
    )


def put_rows(session: Session, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """INSERT rows of a model, which all name the same columns, however many: sent with what waits (`send`). Values that
    JSON has, ids and instants; ORM events do not run, and what a column has by default is in the row."""
    if rows:
        send_rows(session, _put(model.__table__, tuple(rows[0])), **rows_given(rows))


@cache
def _put(table: Table, names: tuple[str, ...]) -> Insert:
    return insert_rows(table, names)


def rows_given(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The parameter of `insert_rows`, of values that JSON has, ids, instants and decimals."""
    return {"rows": to_json(rows).decode()}
