"""The companies that rows name: found or made, many at once."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.db.bulk import array_text
from chassis.db.search import search_values
from chassis.events import Change, emit_many
from chassis.ids import uuid7
from contacts.companies.events import company_data
from contacts.companies.model import Company
from contacts.companies.rules import company_key
from contacts.imports.plan import Plan

_KNOWN = text("SELECT name_key, id, name FROM companies WHERE name_key = ANY(CAST(:keys AS text[])) AND NOT namesake")


class Named(NamedTuple):
    """A company by the name that is kept of it."""

    id: UUID
    name: str


def ensure(session: Session, plan: Plan, names: Iterable[str | None]) -> dict[str, Named]:
    """The company behind each name, by its key. Those that are missing are made, and told of before anybody who works
    there. A name that is nothing but punctuation stands for no company."""
    spelled = _spelled(names)
    known = _known(session, spelled)
    missing = sorted(spelled.keys() - known.keys())
    if missing:
        _make(session, plan, {key: spelled[key] for key in missing})
        known = _known(session, spelled)
    return known


def look_up(session: Session, names: Iterable[str | None]) -> dict[str, Named]:
    """Like `ensure`, but makes none."""
    return _known(session, _spelled(names))


def _spelled(names: Iterable[str | None]) -> dict[str, str]:
    """The first spelling of each company, by its key."""
    spelled: dict[str, str] = {}
    for name in names:
        if name and (key := company_key(name)):
            spelled.setdefault(key, " ".join(name.split()))
    return spelled


def _known(session: Session, spelled: dict[str, str]) -> dict[str, Named]:
    if not spelled:
        return {}
    rows = session.execute(_KNOWN, {"keys": array_text(list(spelled))})
    return {key: Named(id_, name) for key, id_, name in rows}


def _make(session: Session, plan: Plan, spelled: dict[str, str]) -> None:
    """Insert companies in the order of their keys, so that two imports never wait for each other in a circle. Who came
    first with the same name wins."""
    rows = [_row(plan, key, name) for key, name in spelled.items()]
    statement = insert(Company.__table__).on_conflict_do_nothing().returning(Company.__table__.c.id)
    made = set(session.scalars(statement, rows))
    changes = [
        Change(f"companies/{row['id']}", 1, company_data(SimpleNamespace(**row)))  # type: ignore[arg-type]
        for row in rows
        if row["id"] in made
    ]
    emit_many(session, "company.created", changes)


def _row(plan: Plan, key: str, name: str) -> dict[str, Any]:
    now = clock.now()
    searched, grams = search_values([name])
    return {
        "id": uuid7(), "name": name, "name_key": key, "namesake": False, "domain": None, "industry": None,
        "country": None, "postcode": None, "source": plan.source, "tags": [], "owner_id": plan.owned.owner_id,
        "team_id": plan.owned.team_id, "partner_id": plan.owned.partner_id, "version": 1, "created_at": now,
        "updated_at": now, "search_text": searched, "search_grams": grams,
    }  # fmt: skip
