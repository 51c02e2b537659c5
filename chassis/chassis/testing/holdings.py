"""The test that every service runs over its tables: nothing that names a person is without somebody to erase it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import ARRAY, JSON, Column, LargeBinary, MetaData, String, Table

from chassis.privacy import Holdings
from chassis.privacy.leftovers import APART

_OF_A_PERSON = re.compile(r"(^|_)person_id$|^person_ids$")
_NAMES_ONE = re.compile(r"(^|_)(name|names|e?mails?|phones?|mobile|address|birth\w*|answers|personal|ip|bank\w*|iban)$")
_DERIVED = {"search_text", "search_grams"}


def undeclared(metadata: MetaData, holdings: Holdings, people: str = "people") -> list[str]:
    """What is missing in a service's `holdings.py`, or is there and should not be; one line for each.

    A table is a person's where it has a `person_id`, refers to `people`, or refers to a table that is; a table with a
    column that looks like a name, an address or a number may hold one.
    """
    theirs, apart = _tables_of_people(metadata, people), {**APART, **holdings.apart}
    wrong = [f"{name}: there is no such table (apart)" for name in holdings.apart if name not in metadata.tables]
    declared = {holding.table for holding in holdings}
    for table in metadata.tables.values():
        if table.name in declared:
            wrong += _columns_left(table, holdings)
        elif table.name in apart:
            continue
        elif table.name in theirs:
            wrong.append(f"{table.name}: its rows are of a person; say what becomes of them")
        elif looks := [column.name for column in table.columns if _NAMES_ONE.search(column.name)]:
            wrong.append(f"{table.name}: {', '.join(looks)} may name a person; declare the table, or set it apart")
    return wrong + [f"{name}: both declared and apart" for name in declared & holdings.apart.keys()]


def _tables_of_people(metadata: MetaData, people: str) -> set[str]:
    found = {people} & set(metadata.tables)
    found |= {t.name for t in metadata.tables.values() if any(_OF_A_PERSON.search(c.name) for c in t.columns)}
    while True:
        near = {t.name for t in metadata.tables.values() if any(k.column.table.name in found for k in t.foreign_keys)}
        if near <= found:
            return found
        found |= near


def _columns_left(table: Table, holdings: Holdings) -> list[str]:
    mine = [holding for holding in holdings if holding.table == table.name]
    classified = set().union(*(holding.classified for holding in mine))
    wrong = [f"{table.name}.{name}: there is no such column" for name in classified - set(table.columns.keys())]
    if any(holding.delete or holding.eraser for holding in mine):
        return wrong
    free = {column.name for column in table.columns if _holds_text(column)} - _DERIVED
    return wrong + [
        f"{table.name}.{name}: can hold a text; say what becomes of it" for name in sorted(free - classified)
    ]


def _holds_text(column: Column[Any]) -> bool:
    kind = column.type
    return isinstance(kind, String | JSON | LargeBinary) or (
        isinstance(kind, ARRAY) and isinstance(kind.item_type, String)
    )
