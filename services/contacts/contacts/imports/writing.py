"""Many people who are here already back into the database: COPY, set-based UPDATE, in the transaction of the step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.beside import keep
from chassis.db.bulk import array_text, copy_line, copy_lines, copy_rows
from chassis.db.grams import text_of
from contacts.bundles import Written
from contacts.imports.changing import CHANGED
from contacts.imports.model import ImportChange
from contacts.imports.plan import Plan
from contacts.points.rules import KINDS, Point
from contacts.searching.model import PersonGrams

POINTS = ("key", "kind", "value", "typed", "label", "shared", "position", "person_id")
_FOUND_BY = frozenset({"name", "company_name"})
_STAGED = ("id", *CHANGED, "search_text")
_STAGE = text(
    f"CREATE TEMP TABLE changed_people ON COMMIT DROP AS SELECT {', '.join(_STAGED)} FROM people WITH NO DATA"  # noqa: S608
)
_SET = ", ".join(f"{column} = changed_people.{column}" for column in _STAGED[1:])
_APPLY = text(
    f"UPDATE people SET version = version + 1, updated_at = :now, {_SET}"  # noqa: S608 - names of columns
    " FROM changed_people WHERE people.id = changed_people.id"
)


def update(
    session: Session, plan: Plan, changed: Sequence[SimpleNamespace], added: Mapping[UUID, list[Point]]
) -> list[Written]:
    """Write people back who were read and changed, with the contact points that they have got besides."""
    if not changed:
        return []
    session.execute(_STAGE)
    rows, points, written, texts = [], [], [], {}
    for person in changed:
        new = added.get(person.id, [])
        everything = [*person.points, *new]
        searched = text_of([person.name, person.company_name, *(point.value for point in everything)])
        if new or not _FOUND_BY.isdisjoint(person.was):
            texts[person.id] = searched
        values = [_value(getattr(person, column)) for column in CHANGED]
        rows.append((str(person.id), *values, searched))
        points += _point_lines(str(person.id), person.name, new, after=person.points)
        written.append(Written(person, person.version + 1, everything))
    note_changed(session, plan, changed, added)
    copy_rows(session, "changed_people", _STAGED, rows)
    session.execute(_APPLY, {"now": clock.now()})
    keep(session, PersonGrams, texts)
    copy_lines(session, "contact_points", POINTS, sorted(points))
    return written


def note_changed(
    session: Session, plan: Plan, changed: Sequence[SimpleNamespace], added: Mapping[UUID, list[Point]]
) -> None:
    """Remember what an undo has to know: how these people were before this import, and which points it gave them."""
    rows = [
        {
            "job_id": plan.job_id,
            "person_id": person.id,
            "version": person.version + 1,
            "before": {name: _plain(value) for name, value in person.was.items()},
            "points": [point.key(person.name) for point in added.get(person.id, ())],
        }
        for person in changed
    ]
    put = insert(ImportChange)
    kept = {
        "version": put.excluded.version,
        "before": put.excluded.before.op("||")(ImportChange.before),  # what it was first
        "points": ImportChange.points + put.excluded.points,
    }
    session.execute(put.on_conflict_do_update(index_elements=["job_id", "person_id"], set_=kept), rows)


def note_touched(session: Session, plan: Plan, ids: Iterable[str], *, created: bool) -> None:
    """Remember whom this import has made or read, for its later rows."""
    alike = copy_line((str(plan.job_id), "t" if created else "f"))
    lines = [f"{alike}\t{id_}" for id_ in ids]
    copy_lines(session, "imported_people", ("job_id", "created", "person_id"), lines)


def _point_lines(id_: str, name: str, points: Sequence[Point], after: Sequence[Point]) -> list[str]:
    """Rows of contact points; the first of each kind is the primary one, unless they have some `after`."""
    places = dict.fromkeys(KINDS, 0)
    for point in after:
        places[point.kind] += 1
    lines: dict[str, str] = {}
    for point in points:
        key, kind = point.key(name), point.kind
        if key not in lines:
            shared = "t" if point.shared else "f"
            lines[key] = copy_line((key, kind, point.value, point.typed, point.label, shared, str(places[kind]), id_))
            places[kind] += 1
    return list(lines.values())


def _value(value: Any) -> str | None:
    if isinstance(value, dict):
        return orjson.dumps(value).decode() if value else "{}"
    return array_text(value) if isinstance(value, list) else _text(value)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
