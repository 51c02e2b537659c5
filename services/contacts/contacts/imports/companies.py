"""The companies that rows name: found or made, many at once."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from chassis import clock
from chassis.company_names import company_key
from chassis.db.bulk import array_text, copy_rows
from chassis.db.search import search_values
from chassis.ids import uuid7
from contacts.imports import telling
from contacts.imports.plan import Outcome, Plan

_KNOWN = "SELECT name_key, id, name FROM companies WHERE name_key = ANY(CAST(:keys AS text[])) AND NOT namesake"
# Who renames one waits for the step: nobody in it bears a name that is not the company's any more.
_HELD = text(f"{_KNOWN} ORDER BY id FOR SHARE")

_COLUMNS = ("id", "name", "name_key", "namesake", "source", "tags", "owner_id", "team_id", "partner_id", "version",
            "created_at", "updated_at", "search_text", "search_grams")  # fmt: skip
_LISTED = ", ".join(_COLUMNS)
_STAGE = text(
    f"CREATE TEMP TABLE new_companies ON COMMIT DROP AS SELECT {_LISTED} FROM companies WITH NO DATA"  # noqa: S608
)
_INSERT = text(
    f"INSERT INTO companies ({_LISTED}) SELECT {_LISTED} FROM new_companies ORDER BY name_key"  # noqa: S608
    " ON CONFLICT DO NOTHING RETURNING id"
)
_NOTE = text("INSERT INTO imported_companies (job_id, company_id) SELECT :job_id, unnest(CAST(:ids AS uuid[]))")


class Named(NamedTuple):
    """A company by the name that is kept of it."""

    id: UUID
    name: str


def ensure(session: Session, plan: Plan, names: Iterable[str | None], outcome: Outcome) -> dict[str, Named]:
    """The company behind each name, by its key. Those that are missing are made, and told of before anybody who works
    there. A name that is nothing but punctuation stands for no company."""
    spelled = _spelled(names)
    known = _known(session, spelled, _HELD)
    missing = sorted(spelled.keys() - known.keys())
    if missing:
        made = _make(session, plan, {key: spelled[key] for key in missing})
        outcome.told = telling.tell_companies(session, plan, made, outcome.told)
        known = _known(session, spelled, _HELD)
    return known


def look_up(session: Session, names: Iterable[str | None]) -> dict[str, Named]:
    """Like `ensure`, but makes none."""
    return _known(session, _spelled(names), text(_KNOWN))


def _spelled(names: Iterable[str | None]) -> dict[str, str]:
    """The first spelling of each company, by its key."""
    spelled: dict[str, str] = {}
    for name in names:
        if name and (key := company_key(name)):
            spelled.setdefault(key, " ".join(name.split()))
    return spelled


def _known(session: Session, spelled: dict[str, str], statement: TextClause) -> dict[str, Named]:
    if not spelled:
        return {}
    rows = session.execute(statement, {"keys": array_text(list(spelled))})
    return {key: Named(id_, name) for key, id_, name in rows}


def _make(session: Session, plan: Plan, spelled: dict[str, str]) -> list[SimpleNamespace]:
    """Insert companies in the order of their keys, so that two imports never wait for each other in a circle; those
    that are new. Who came first with the same name wins."""
    companies = [_company(plan, key, name) for key, name in spelled.items()]
    session.execute(_STAGE)
    copy_rows(session, "new_companies", _COLUMNS, map(_row, companies))
    made = set(session.scalars(_INSERT))
    session.execute(_NOTE, {"job_id": plan.job_id, "ids": array_text([str(id_) for id_ in made])})
    return [company for company in companies if company.id in made]


def _company(plan: Plan, key: str, name: str) -> SimpleNamespace:
    return SimpleNamespace(
        id=uuid7(), name=name, name_key=key, domain=None, industry=None, country=None, postcode=None,
        employees=None, parent_id=None, roles=(), custom={}, version=1,
        source=plan.source, owner_id=plan.owned.owner_id, team_id=plan.owned.team_id, partner_id=plan.owned.partner_id,
    )  # fmt: skip


def _row(company: SimpleNamespace) -> tuple[str | None, ...]:
    now = clock.now().isoformat()
    searched, grams = search_values([company.name])
    owned = (_text(company.owner_id), _text(company.team_id), _text(company.partner_id))
    named = (str(company.id), company.name, company.name_key, "f", company.source, "{}")
    return (*named, *owned, "1", now, now, searched, array_text(grams))


def _text(id_: UUID | None) -> str | None:
    return None if id_ is None else str(id_)
