"""Many people into the database at once: COPY, set-based UPDATE, in the transaction of the step."""

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
from chassis.company_names import company_key
from chassis.db.beside import keep, leave
from chassis.db.bulk import array_text, copy_line, copy_lines, copy_rows
from chassis.db.grams import text_of
from contacts.bundles import Written
from contacts.imports.changing import CHANGED
from contacts.imports.companies import Named
from contacts.imports.drafts import Draft
from contacts.imports.model import ImportChange
from contacts.imports.plan import Plan
from contacts.imports.prepared import ADDED, ALIKE, POINTS, SAID, Preparer, point_lines
from contacts.points.rules import Point
from contacts.searching.model import PersonGrams

_NULL = "\\N"
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


def create(session: Session, plan: Plan, drafts: Sequence[Draft], companies: Mapping[str, Named]) -> list[Written]:
    """Insert new people with their contact points. IntegrityError where somebody else has taken one of the contact
    points meanwhile: the whole step is to be done again."""
    if not drafts:
        return []
    preparer, alike = Preparer(plan), _alike(plan)
    people: list[str] = []
    points: list[str] = []
    written: list[Written] = []
    for draft in drafts:
        _place(draft, companies)
        ready = draft.prepared or preparer.prepare(draft)
        people.append(f"{ready.person}\t{draft.company_id or _NULL}\t{_custom(draft)}\t{alike}")
        points += ready.points
        told = None if draft.custom else ready.told(draft.company_id)
        written.append(Written(draft, 1, draft.points, told))
    copy_lines(session, "people", (*SAID, *ADDED, *ALIKE), people)
    copy_lines(session, "contact_points", POINTS, sorted(points))
    ids = [str(draft.id) for draft in drafts]
    note_touched(session, plan, ids, created=True)
    leave(session, PersonGrams, UUID(min(ids)), UUID(max(ids)), len(ids), plan.job_id)
    return written


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
        points += point_lines(str(person.id), person.name, new, after=person.points)
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
    flag, job_id = "t" if created else "f", str(plan.job_id)
    copy_rows(session, "imported_people", ("job_id", "person_id", "created"), [(job_id, id_, flag) for id_ in ids])


def _place(draft: Draft, companies: Mapping[str, Named]) -> None:
    """Give a new person its company, by the name that is kept of it."""
    company = companies.get(company_key(draft.company_name)) if draft.company_name else None
    if company is not None:
        draft.company_id = company.id
        if company.name != draft.company_name:
            draft.company_name = company.name
            draft.make_searched()


def _alike(plan: Plan) -> str:
    """The columns that all people of a step have alike."""
    owned, now = plan.owned, clock.now().isoformat()
    ids = [_text(id_) for id_ in (plan.who.id, owned.owner_id, owned.team_id, owned.partner_id)]
    return copy_line(("contact", "f", "{}", *ids, "1", now, now))


def _custom(draft: Draft) -> str:
    return copy_line((_value(draft.custom),)) if draft.custom else "{}"


def _value(value: Any) -> str | None:
    if isinstance(value, dict):
        return orjson.dumps(value).decode() if value else "{}"
    return array_text(value) if isinstance(value, list) else _text(value)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
