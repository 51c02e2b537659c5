"""Many people into the database at once: COPY, set-based UPDATE, in the transaction of the step."""

from __future__ import annotations

from collections import Counter
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
from chassis.db.bulk import array_text, copy_rows
from chassis.db.search import search_values
from contacts.bundles import Written
from contacts.imports.changing import CHANGED
from contacts.imports.companies import Named
from contacts.imports.model import ImportChange
from contacts.imports.plan import Plan
from contacts.imports.rows import Draft
from contacts.points.rules import Point

PEOPLE = (
    "id", "name", "job_title", "company_id", "company_name", "lifecycle", "reference", "tags", "country", "region",
    "city", "postcode", "address", "note", "source", "utm", "entered_by", "owner_id", "team_id", "partner_id",
    "version", "created_at", "updated_at", "custom", "search_text", "search_grams",
)  # fmt: skip
POINTS = ("key", "person_id", "kind", "value", "typed", "label", "shared", "position")
_STAGED = ("id", *CHANGED, "search_text", "search_grams")
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
    now, entered_by = clock.now().isoformat(), _text(plan.who.id)
    owner, team, partner = _text(plan.owned.owner_id), _text(plan.owned.team_id), _text(plan.owned.partner_id)
    people, points = [], []
    for draft in drafts:
        _place(draft, plan, companies)
        id_ = str(draft.id)
        searched, grams = draft.searched
        people.append((
            id_, draft.name, draft.job_title, _text(draft.company_id), draft.company_name, "contact", "f",
            array_text(draft.tags), draft.country, draft.region, draft.city, draft.postcode, draft.address, draft.note,
            draft.source, "{}", entered_by, owner, team, partner, "1", now, now, _value(draft.custom or {}), searched,
            array_text(grams),
        ))  # fmt: skip
        points += _point_rows(id_, draft.name, draft.points)
    copy_rows(session, "people", PEOPLE, people)
    copy_rows(session, "contact_points", POINTS, sorted(points))
    note_touched(session, plan, [row[0] for row in people], created=True)
    return [Written(draft, 1, draft.points) for draft in drafts]


def update(
    session: Session, plan: Plan, changed: Sequence[SimpleNamespace], added: Mapping[UUID, list[Point]]
) -> list[Written]:
    """Write people back who were read and changed, with the contact points that they have got besides."""
    if not changed:
        return []
    session.execute(_STAGE)
    rows, points, written = [], [], []
    for person in changed:
        new = added.get(person.id, [])
        everything = [*person.points, *new]
        searched, grams = search_values([person.name, person.company_name, *(point.value for point in everything)])
        values = [_value(getattr(person, column)) for column in CHANGED]
        rows.append((str(person.id), *values, searched, array_text(grams)))
        points += _point_rows(str(person.id), person.name, new, after=person.points)
        written.append(Written(person, person.version + 1, everything))
    note_changed(session, plan, changed, added)
    copy_rows(session, "changed_people", _STAGED, rows)
    session.execute(_APPLY, {"now": clock.now()})
    copy_rows(session, "contact_points", POINTS, sorted(points))
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


def _place(draft: Draft, plan: Plan, companies: Mapping[str, Named]) -> None:
    """Give a new person its company and its owner."""
    company = companies.get(company_key(draft.company_name)) if draft.company_name else None
    if company is not None:
        draft.company_id = company.id
        if company.name != draft.company_name:
            draft.company_name = company.name
            draft.make_searched()
    draft.owner_id, draft.team_id, draft.partner_id = plan.owned.owner_id, plan.owned.team_id, plan.owned.partner_id


def _point_rows(id_: str, name: str, points: Sequence[Point], after: Sequence[Point] = ()) -> list[tuple[str, ...]]:
    """Rows of contact points; the first of each kind is the primary one, unless there are some already."""
    places = Counter([point.kind for point in after])
    rows: dict[str, tuple[str, ...]] = {}
    for point in points:
        key, kind = point.key(name), point.kind
        if key not in rows:
            shared = "t" if point.shared else "f"
            rows[key] = (key, id_, kind, point.value, point.typed, point.label, shared, str(places[kind]))
            places[kind] += 1
    return list(rows.values())


def _value(value: Any) -> str | None:
    if isinstance(value, dict):
        return orjson.dumps(value).decode() if value else "{}"
    return array_text(value) if isinstance(value, list) else _text(value)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
