"""Rows about people who are here already."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis.db.bulk import array_text
from contacts.imports.companies import Companies
from contacts.imports.drafts import Draft
from contacts.imports.matching import Matched
from contacts.imports.plan import Outcome, Plan
from contacts.people.rules import merged_roles, merged_tags
from contacts.points.rules import Point, name_key

_PEOPLE = text(
    "SELECT id, version, name, job_title, department, company_id, company_name, tags, country, region, city, postcode,"
    " address, address_kind, note, owner_id, team_id, partner_id, lifecycle, grade, source, campaign_id, reference,"
    " restricted, roles, custom"
    " FROM people WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE"
)
_POINTS = text(
    "SELECT person_id, kind, value, typed, label, shared FROM contact_points"
    " WHERE person_id = ANY(CAST(:ids AS uuid[])) ORDER BY person_id, kind, position"
)
_TAKEN = text("SELECT key FROM contact_points WHERE key = ANY(CAST(:keys AS text[]))")
_TOUCHED = text(
    "SELECT person_id FROM imported_people WHERE job_id = :job_id AND person_id = ANY(CAST(:ids AS uuid[]))"
)
CHANGED = ("name", "job_title", "department", "company_id", "company_name", "tags", "country", "region", "city",
           "postcode", "address", "address_kind", "note", "roles", "custom")  # fmt: skip
_OVERWRITTEN = ("job_title", "department", "country", "region", "city", "postcode", "address", "address_kind", "note")


class Outdated(Exception):
    """Somebody was merged or deleted between the look-up and the lock: the step is to be done again."""


def read(session: Session, plan: Plan, matched: Matched) -> tuple[dict[UUID, SimpleNamespace], set[UUID]]:
    """The people whom rows were found to be about, locked, with their points; and those whom earlier rows of the same
    file were about. Outdated where one of them is not there any more."""
    if not matched.found:
        return {}, set()
    ids = array_text([str(id_) for id_ in matched.found])
    people = {row.id: SimpleNamespace(**row._mapping, points=[]) for row in session.execute(_PEOPLE, {"ids": ids})}
    if len(people) < len(matched.found):
        raise Outdated
    for owner, *point in session.execute(_POINTS, {"ids": ids}):
        people[owner].points.append(Point(*point))
    return people, set(session.scalars(_TOUCHED, {"ids": ids, "job_id": plan.job_id}))


def apply(
    session: Session,
    people: Mapping[UUID, SimpleNamespace],
    touched: set[UUID],
    matched: Matched,
    companies: Companies,
    outcome: Outcome,
) -> list[SimpleNamespace]:
    """Bring people up to what the rows say; those whom that changes, with the columns as each `was`. What a row leaves
    blank stays. The first row of a file overwrites, a later one about the same person only fills in: so the same file
    again changes nothing."""
    before = {id_: dict(vars(person)) for id_, person in people.items()}
    for id_, drafts in matched.found.items():
        for draft in drafts:
            _merge(people[id_], draft, companies, overwrite=id_ not in touched)
            if id_ in touched:
                outcome.counts.duplicates += 1
            touched.add(id_)
    _keep_free(session, people, matched)
    changed = []
    for id_, person in people.items():
        was = before[id_]
        if vars(person) != was or matched.free.get(id_):
            person.was = {name: was[name] for name in CHANGED if was[name] != getattr(person, name)}
            changed.append(person)
    return changed


def _keep_free(session: Session, people: Mapping[UUID, SimpleNamespace], matched: Matched) -> None:
    """Of the points that rows bring along, those that nobody has under the name that the person goes by now: a row may
    spell it differently, and the key of a point that several people share holds it."""
    named = {id_: person.name for id_, person in people.items()}
    shared = [
        point.key(named[id_])
        for id_, points in matched.free.items()
        if id_ in named
        for point in points
        if point.shared
    ]
    if not shared:
        return
    taken = set(session.scalars(_TAKEN, {"keys": array_text(shared)}))
    for id_ in matched.free.keys() & named.keys():
        kept = [
            point
            for point in matched.free[id_]
            if (key := point.key(named[id_])) not in taken and matched.known.get(key, id_) == id_
        ]
        taken.update(point.key(named[id_]) for point in kept)
        matched.free[id_] = kept


def _merge(person: SimpleNamespace, draft: Draft, companies: Companies, *, overwrite: bool) -> None:
    for field in _OVERWRITTEN:
        value = getattr(draft, field)
        if value is not None and (overwrite or getattr(person, field) is None):
            setattr(person, field, value)
    if overwrite and _may_be_called(person, draft):
        person.name = draft.name
    company = companies.called(draft.company_name)
    if company and (overwrite or person.company_id is None):
        person.company_id, person.company_name = UUID(company.id), company.name
    if draft.custom:
        person.custom = {**person.custom, **draft.custom} if overwrite else {**draft.custom, **person.custom}
    person.tags = merged_tags(person.tags, draft.tags)
    person.roles = merged_roles(person.roles, list(draft.roles))


def _may_be_called(person: SimpleNamespace, draft: Draft) -> bool:
    """A name made up from an address replaces none; and who has a shared contact point is found by the name, so that it
    only changes its spelling."""
    return not draft.name_made_up and (
        name_key(draft.name) == name_key(person.name) or not any(point.shared for point in person.points)
    )
