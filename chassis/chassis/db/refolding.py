"""For migrations: rows are searched for in another normal form from now on."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

from chassis.db.grams import grams_of, normalise

_AT_ONCE = 1000
# Latin letters beyond ASCII, Greek and Cyrillic ones, and accents: all that loses any. Chinese has none.
_ACCENTED = "[\u00c0-\u024f\u0300-\u036f\u0370-\u052f\u1e00-\u1fff]"


def without_accents(connection: Connection, tables: Iterable[str], beside: dict[str, tuple[str, str]]) -> None:
    """Bring what rows of these tables are searched by into normal form again, a thousand at a time. `beside`: of a
    table whose n-grams stand in another, that one and the column of it that names the row."""
    for table in tables:
        grams, key = beside.get(table, (table, "id"))
        for ids, texts in _accented(connection, table):
            one = {"ids": ids, "texts": texts, "grams": [" ".join(grams_of(text_)) for text_ in texts]}
            connection.execute(text(_TEXTS.format(table=table)), one)
            connection.execute(text(_GRAMS.format(table=grams, key=key)), one)


_NEXT = """
SELECT id, search_text FROM {table} WHERE search_text ~ :accented AND id > :last ORDER BY id LIMIT :limit FOR UPDATE
"""
_TEXTS = """
UPDATE {table} AS t SET search_text = now.said
FROM unnest(CAST(:ids AS uuid[]), CAST(:texts AS text[])) AS now (id, said) WHERE t.id = now.id
"""
# N-grams hold no white space.
_GRAMS = """
UPDATE {table} AS t SET search_grams = string_to_array(now.said, ' ')
FROM unnest(CAST(:ids AS uuid[]), CAST(:grams AS text[])) AS now (id, said) WHERE t.{key} = now.id
"""


def _accented(connection: Connection, table: str) -> Iterable[tuple[list[str], list[str]]]:
    last = "00000000-0000-0000-0000-000000000000"
    while True:
        page = {"accented": _ACCENTED, "last": last, "limit": _AT_ONCE}
        rows = connection.execute(text(_NEXT.format(table=table)), page).all()
        if not rows:
            return
        last = str(rows[-1][0])
        yield [str(id_) for id_, _ in rows], ["\n".join(map(normalise, said.split("\n"))) for _, said in rows]
