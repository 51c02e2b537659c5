"""Many companies into the database at once: COPY, one UPDATE, in the transaction of the step."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert as put
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.bulk import array_text, copy_line, copy_lines
from chassis.db.search import search_values
from contacts.companies.model import Company
from contacts.imports.model import ImportedCompany
from contacts.imports.plan import Plan

_SAID = ("id", "source", "search_text", "search_grams")
_JSON = frozenset({"phones", "emails", "custom"})
_LET_GO = {
    "name": text("UPDATE companies SET name_key = CAST(id AS text) WHERE id = ANY(CAST(:ids AS uuid[]))"),
    "domain": text("UPDATE companies SET domain = NULL WHERE id = ANY(CAST(:ids AS uuid[]))"),
    "custom": text("UPDATE companies SET custom = '{}' WHERE id = ANY(CAST(:ids AS uuid[]))"),
}
_NOTE = text("INSERT INTO imported_companies (job_id, company_id) SELECT :job_id, unnest(CAST(:ids AS uuid[]))")


def let_go(session: Session, handed_on: Mapping[str, Iterable[UUID]]) -> None:
    """Make companies (locked, by columns) let go of what is to be another's: the statement that gives all of them their
    new values would meet the old ones otherwise, in whatever order it takes its rows."""
    for column, ids in handed_on.items():
        session.execute(_LET_GO[column], {"ids": array_text([str(id_) for id_ in ids])})


def insert(session: Session, plan: Plan, made: Sequence[Any], columns: Sequence[str]) -> None:
    """Insert new companies by what they have in `columns`, in the order of their keys, so that two imports never wait
    for each other in a circle. IntegrityError where somebody else has made one of them meanwhile: the whole step is to
    be done again."""
    alike_ = alike(plan)
    end, lines = copy_line(tuple(alike_.values())), []
    for company in sorted(made, key=lambda one: one.name_key):
        searched, grams = search_values(Company.search_terms(company))
        values = [_value(name, getattr(company, name)) for name in columns]
        line = copy_line((str(company.id), company.source, searched, array_text(grams), *values))
        lines.append(f"{line}\t{end}")
    copy_lines(session, "companies", (*_SAID, *columns, *alike_), lines)


def alike(plan: Plan) -> dict[str, str | None]:
    """What all new companies of a step have alike, by column."""
    now = clock.now().isoformat()
    ids = {"entered_by": plan.who.id, "owner_id": plan.owned.owner_id, "team_id": plan.owned.team_id,
           "partner_id": plan.owned.partner_id}  # fmt: skip
    told = {name: _text(id_) for name, id_ in ids.items()}
    return {"namesake": "f", **told, "version": "1", "created_at": now, "updated_at": now}


def note_made(session: Session, plan: Plan, ids: Iterable[str]) -> None:
    """Remember which companies came to be because people work there."""
    session.execute(_NOTE, {"job_id": plan.job_id, "ids": array_text(list(ids))})


def note(session: Session, plan: Plan, notes: Mapping[UUID, Mapping[str, Any]]) -> None:
    """Write down what was done to each company (`created`, `version`, `before`): how it was first, and in which version
    it is left."""
    rows = [{"job_id": plan.job_id, "company_id": id_, **notes[id_]} for id_ in sorted(notes)]
    new = put(ImportedCompany)
    kept = {"version": new.excluded.version, "before": new.excluded.before.op("||")(ImportedCompany.before)}
    if rows:
        session.execute(new.on_conflict_do_update(index_elements=["job_id", "company_id"], set_=kept), rows)


def note_found(session: Session, plan: Plan, ids: Iterable[UUID]) -> None:
    """Remember which companies a dry run has come to."""
    rows = [{"job_id": plan.job_id, "company_id": id_, "created": False} for id_ in sorted(ids)]
    if rows:
        session.execute(put(ImportedCompany).on_conflict_do_nothing(), rows)


def _value(name: str, value: Any) -> str | None:
    if name in _JSON:
        return orjson.dumps(value).decode()
    return array_text(value) if isinstance(value, list) else _text(value)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
