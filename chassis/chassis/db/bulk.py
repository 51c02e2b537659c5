"""Many rows at once: PostgreSQL's COPY in the transaction of a session, for imports and rebuilds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

_QUOTED = str.maketrans({"\\": "\\\\", '"': '\\"'})


def copy_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Append `rows` to `table`: values in PostgreSQL's text form (`str(uuid)`, `isoformat()`, `"t"`, `array_text()`),
    which costs a fifth of having the driver adapt objects. ORM events and defaults do not run.

    Raises what SQLAlchemy raises for the same fault (IntegrityError for a key that is taken, and so on).
    """
    quoted = ", ".join(f'"{column}"' for column in columns)
    statement = f'COPY "{table}" ({quoted}) FROM STDIN'
    connection = session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)
    try:
        with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise DBAPIError.instance(statement, None, error, psycopg.Error) from error


def array_text(values: Sequence[str]) -> str:
    """A text[] in PostgreSQL's text form."""
    if not values:
        return "{}"
    joined = "\x00".join(values)
    if "\\" in joined or '"' in joined:
        joined = joined.translate(_QUOTED)
    return '{"' + joined.replace("\x00", '","') + '"}'
