"""The companies that rows name: found or made, many at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from chassis.company_names import company_key
from chassis.db.bulk import array_text
from chassis.ids import uuid7
from contacts.imports import company_writing
from contacts.imports.plan import Outcome, Plan

_KNOWN = (
    "SELECT name_key, CAST(id AS text), name FROM companies"
    " WHERE name_key = ANY(CAST(:keys AS text[])) AND NOT namesake"
)
# Who renames one waits for the step: nobody in it bears a name that is not the company's any more.
_HELD = text(f"{_KNOWN} ORDER BY companies.id FOR SHARE")


class Shared(Exception):
    """A company that is not here yet is named by others, too."""


class Named(NamedTuple):
    """A company by the name that is kept of it; its id as text."""

    id: str
    name: str


class NewCompany:
    """A company of which a row says nothing but the name, as an event tells of it."""

    __slots__ = ("id", "name", "name_key", "owner_id", "partner_id", "source", "team_id")
    domain = industry = country = postcode = employees = parent_id = None
    roles: Sequence[str] = ()
    tags: ClassVar[list[str]] = []
    phones: Sequence[Any] = ()
    emails: Sequence[Any] = ()
    custom: Mapping[str, Any] = MappingProxyType({})
    version = 1

    def __init__(self, id_: UUID, name: str, name_key: str, plan: Plan) -> None:
        owned = plan.owned
        self.id, self.name, self.name_key, self.source = id_, name, name_key, plan.source
        self.owner_id, self.team_id, self.partner_id = owned.owner_id, owned.team_id, owned.partner_id


def ensure(
    session: Session,
    plan: Plan,
    names: Iterable[str | None],
    outcome: Outcome,
    but: Callable[[], Iterable[str | None]] = tuple,
) -> dict[str, Named]:
    """The company behind each name, by its key. Those that are missing are made; IntegrityError where somebody else has
    made one of them meanwhile: the whole step is to be done again. A name that is nothing but punctuation stands for
    no company. Shared where one would be made that is among `but`, which others may be making."""
    spelled = _spelled(names)
    known = _known(session, spelled, _HELD)
    missing = sorted(spelled.keys() - known.keys())
    if missing:
        if not _spelled(but()).keys().isdisjoint(missing):
            raise Shared
        made = [NewCompany(uuid7(), spelled[key], key, plan) for key in missing]
        company_writing.insert(session, plan, made)
        company_writing.note_made(session, plan, [company.id for company in made])
        outcome.companies += made
        known |= {company.name_key: Named(str(company.id), company.name) for company in made}
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
    rows = session.execute(statement, {"keys": array_text(list(spelled))}).all()
    return {key: Named(id_, name) for key, id_, name in rows}
