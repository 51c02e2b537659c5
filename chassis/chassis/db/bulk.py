"""Many rows at once: PostgreSQL's COPY in the transaction of a session, for imports and rebuilds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_QUOTED = str.maketrans({"\\": "\\\\", '"': '\\"'})
_BLOCK = 500  # lines handed to the driver at a time


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Append `rows` to `table`: values in PostgreSQL's text form (`str(uuid)`, `isoformat()`, `"t"`, `array_text()`),
    which costs a fraction of having the driver adapt objects. ORM events and defaults do not run.

    Raises what SQLAlchemy raises for the same fault (IntegrityError for a key that is taken, and so on).
    """
    quoted = ", ".join(f'"{column}"' for column in columns)
    statement = f'COPY "{table}" ({quoted}) FROM STDIN'
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    try:
        with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            waiting = iter(rows)
            while lines := [_line(row) for row in islice(waiting, _BLOCK)]:
                copy.write("".join(lines).encode())
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


def _line(row: Sequence[str | None]) -> str:
    """A row as COPY's text format has it. Few values need escaping: looked for once in the line, not in each value."""
    nulls = row.count(None)
    line = "\t".join(["\\N" if value is None else value for value in row])
    if line.count("\\") != nulls or line.count("\t") != len(row) - 1:
        line = "\t".join(["\\N" if value is None else _escaped(value) for value in row])
    if "\n" in line or "\r" in line:
        line = line.replace("\n", "\\n").replace("\r", "\\r")
    return line + "\n"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("\t", "\\t")


def array_text(values: Sequence[str]) -> str:
    """A text[] in PostgreSQL's text form."""
    if not values:
        return "{}"
    joined = "\x00".join(values)
    if "\\" in joined or '"' in joined:
        joined = joined.translate(_QUOTED)
    return '{"' + joined.replace("\x00", '","') + '"}'
