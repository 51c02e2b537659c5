"""Which records may be one? Few by their keys, for a whole batch at once, then scored one by one.

However many records a batch holds, it takes eight statements for people and six for companies; a key is read up to
BLOCK rows, however many bear it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from chassis.db.bulk import array_text, one_of
from contacts.candidates import comparing, records
from contacts.candidates.keys import hashed, keys_of_company, keys_of_person
from contacts.candidates.model import CompanyDuplicate, CompanyKey, Duplicate, PersonKey
from contacts.candidates.rules import WORTH_A_LOOK, Judged, pair
from contacts.companies.model import Company
from contacts.people.model import Person

BLOCK = 30  # what more than so many have in common says nothing about two of them
_BEARERS = """
SELECT b.ids FROM unnest(CAST(:keys AS bigint[])) AS k(key)
CROSS JOIN LATERAL (
    SELECT string_agg(CAST(record_id AS text), ',') AS ids, count(*) AS bearers
    FROM (SELECT record_id FROM {table} WHERE key = k.key LIMIT :block + 1) AS few
) b WHERE b.bearers BETWEEN 2 AND :block
"""
_PUT_KEYS = """
INSERT INTO {table} (key, record_id)
SELECT * FROM unnest(CAST(:keys AS bigint[]), CAST(:ids AS uuid[])) ON CONFLICT DO NOTHING
"""
# Somebody's own number that another has as a shared one: the only way that two have the same and one is its own.
_SAME_VALUE = text(
    """
    SELECT a.person_id, b.person_id FROM contact_points a
    CROSS JOIN LATERAL (
        (SELECT person_id FROM contact_points WHERE a.shared AND NOT shared AND key = a.kind || ':' || a.value)
        UNION ALL
        (SELECT person_id FROM contact_points WHERE NOT a.shared AND shared AND value = a.value AND kind = a.kind
         LIMIT :block)
    ) b WHERE b.person_id <> a.person_id AND a.person_id = ANY(CAST(:ids AS uuid[]))
    """
)


@dataclass(frozen=True)
class Matching:
    """How duplicates of one kind of record are found."""

    noun: str
    model: type[Any]
    pairs: type[Any]
    keys: type[Any]
    load: Callable[[Session, Collection[UUID]], dict[UUID, Any]]
    keys_of: Callable[[Any], set[str]]
    compare: Callable[[Any, Any], Judged]
    also: Callable[[Session, Collection[UUID]], Collection[tuple[UUID, UUID]]]


def alike(session: Session, matching: Matching, ids: Sequence[UUID]) -> dict[tuple[UUID, UUID], Judged]:
    """All pairs worth a look that one of `ids` is part of; their keys are brought up to date first."""
    known, keys = keep_keys(session, matching, ids)
    wanted = {pair(one, other) for one, other in matching.also(session, list(known))}
    for bearers in _blocks(session, matching, keys):
        wanted |= {pair(one, other) for one in bearers if one in known for other in bearers if other != one}
    missing = {id_ for two in wanted for id_ in two} - known.keys()
    known |= matching.load(session, missing) if missing else {}
    _forget(session, matching, missing - known.keys())
    judged = {two: matching.compare(known[two[0]], known[two[1]]) for two in wanted if known.keys() >= set(two)}
    return {two: found for two, found in judged.items() if found.score >= WORTH_A_LOOK}


def keep_keys(
    session: Session, matching: Matching, ids: Sequence[UUID]
) -> tuple[dict[UUID, Any], dict[UUID, set[int]]]:
    """Bring the keys of some records up to date; the records that are there, and their keys. Only what changed is
    written: a record that is only touched costs a read."""
    table, known = matching.keys, matching.load(session, ids)
    keys = {id_: hashed(matching.keys_of(record)) for id_, record in known.items()}
    before: dict[UUID, set[int]] = {}
    for key, id_ in session.execute(select(table.key, table.record_id).where(one_of(table.record_id, ids))):
        before.setdefault(id_, set()).add(key)
    changed = [id_ for id_ in ids if before.get(id_, set()) != keys.get(id_, set())]
    _forget(session, matching, [id_ for id_ in changed if id_ in before])
    rows = [(key, str(id_)) for id_ in changed for key in sorted(keys.get(id_, ()))]
    if rows:
        put = text(_PUT_KEYS.format(table=table.__tablename__))
        columns = array_text([str(key) for key, _ in rows]), array_text([id_ for _, id_ in rows])
        session.execute(put, {"keys": columns[0], "ids": columns[1]})
    return known, keys


def _blocks(session: Session, matching: Matching, keys: dict[UUID, set[int]]) -> list[list[UUID]]:
    """Those who share a key, for each key that more than one and no more than BLOCK bear."""
    wanted = array_text([str(key) for key in sorted({key for of_one in keys.values() for key in of_one})])
    bearers = text(_BEARERS.format(table=matching.keys.__tablename__))
    found = set(session.scalars(bearers, {"keys": wanted, "block": BLOCK}))  # many keys bring the same together
    return [[UUID(id_) for id_ in ids.split(",")] for ids in found]


def _forget(session: Session, matching: Matching, ids: Collection[UUID]) -> None:
    if ids:
        session.execute(delete(matching.keys).where(one_of(matching.keys.record_id, ids)))


def _same_value(session: Session, ids: Collection[UUID]) -> Collection[tuple[UUID, UUID]]:
    found = session.execute(_SAME_VALUE, {"ids": array_text([str(id_) for id_ in ids]), "block": BLOCK})
    return [(one, other) for one, other in found]


PEOPLE = Matching(
    "person", Person, Duplicate, PersonKey, records.people, keys_of_person, comparing.people, _same_value
)  # fmt: skip
COMPANIES = Matching(
    "company", Company, CompanyDuplicate, CompanyKey, records.companies, keys_of_company, comparing.companies,
    lambda _session, _ids: (),
)  # fmt: skip
